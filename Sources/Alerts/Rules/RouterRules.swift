import Configuration
import Deals

/// All that a person decides about the router, from `config/router.yaml`.
public struct RouterRules: Hashable, Sendable {
  /// Who hears of what.
  public var tree: RoutingTree
  /// How to reach them, by name.
  public var receivers: [String: ReceiverSettings]
  /// What may mute or activate routes, by name.
  public var intervals: [String: TimeInterval] = [:]
  /// What speaks for what.
  public var inhibitions: [InhibitionRule] = []
  /// From which size on something is worth a message.
  public var threshold = Threshold()
  /// When alerts open, worsen and close.
  public var deduplication = DeduplicationRules()
  /// Recurring messages.
  public var digests: [DigestSchedule] = []
  /// Who owns deals.
  public var owners = Owners()
  /// The zone of the team.
  public var zone: Zone = .utc
  /// Messages a person gets in a day at most; what is over goes to the digest.
  public var dailyBudget = 15
  /// From this tier on messages do not count against the budget; nil for never.
  public var budgetExempt: RiskTier?
  /// Messages to one receiver within `stormWindow` from which on they are gathered in one.
  public var stormLimit = 30
  /// See `stormLimit`.
  public var stormWindow = Milliseconds(600_000)
  /// Deals that turn risky within `spikeWindow` from which on the CRO is told.
  public var spikeCount = 20
  /// See `spikeCount`.
  public var spikeWindow = Milliseconds(3_600_000)
  /// What is older than this when the router comes back goes to a digest.
  public var backlogAge = Milliseconds(3_600_000)
  /// After how long without a record the router says so itself; nil for never.
  public var silentAfter: Milliseconds? = Milliseconds(1_800_000)
  /// The intervals in which records are expected, by name; empty for at all times. Time outside of them is no silence.
  public var expectedDuring: [String] = []
  /// Is asked for each minute while all is well: an outside watch that misses it raises the alarm.
  public var heartbeatURL: String?
  /// Links by which people judge scores, nil for none.
  public var feedback: FeedbackSettings?
  /// How long closed alerts are remembered.
  public var retention = Milliseconds(90 * 86_400_000)

  /// One route that takes everything to one receiver.
  public init(tree: RoutingTree, receivers: [String: ReceiverSettings]) {
    self.tree = tree
    self.receivers = receivers
  }

  func route(_ id: String) -> Route? { tree.all.first { $0.id == id } }

  /// Whether a receiver makes an incident of each group, which stays open until the group's end is said.
  func keepsIncidents(_ receiver: String) -> Bool {
    if case .pagerDuty = receivers[receiver]?.transport { true } else { false }
  }

  /// The interval by which a route is quiet at a moment, nil where it is not.
  func quiet(_ route: Route, at now: Timestamp) -> String? {
    if let name = route.mutedDuring.first(where: { intervals[$0]?.contains(now) == true }) { return "muted by \(name)" }
    guard !route.activeDuring.isEmpty else { return nil }
    let isActive = route.activeDuring.contains { intervals[$0]?.contains(now) == true }
    return isActive ? nil : "outside of \(route.activeDuring.joined(separator: ", "))"
  }

  /// Whether a stream without records would be silent at a moment, and not at rest.
  public func expectsRecords(at now: Timestamp) -> Bool {
    expectedDuring.isEmpty || expectedDuring.contains { intervals[$0]?.contains(now) == true }
  }

  func zone(of person: Person) -> Zone { person.zoneName.flatMap(Zone.init) ?? zone }
}
