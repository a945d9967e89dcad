import Deals

/// Alerts that wait for a common message: over the budget, in a storm, after a mute, from a backlog.
struct DigestBin: Codable, Hashable, Sendable {
  var purpose: MessagePurpose
  var receiver: String
  var recipientID: String?
  var dueAt: Timestamp
  /// Kept row by row: in a burst there are many, and all of them would be written with each that comes.
  var alerts: Set<Fingerprint> = []

  private enum CodingKeys: String, CodingKey { case purpose, receiver, recipientID, dueAt }
}

/// The rest of what a pipeline remembers: small, kept whole.
struct PipelineLedger: Codable, Hashable, Sendable {
  struct Window: Codable, Hashable, Sendable {
    var startedAt: Timestamp
    var count: Int
  }

  var budget = BudgetBook()
  /// What other routers have sent today, by the router's name: a budget is a person's, not a process's.
  var budgetsElsewhere: [String: BudgetBook] = [:]
  var calendar = DigestCalendar()
  var spike = SpikeDetector()
  var bins: [String: DigestBin] = [:]
  var storms: [String: Window] = [:]
  /// The newest report of each kind and subject, for digests.
  var reports: [String: ReportNote] = [:]
  var resolved: [Alert] = []
  /// Closed alerts are kept for digests so long and no more than so many.
  static let resolvedDays = 35
  static let maximumResolved = 2_000

  mutating func noteResolved(_ alert: Alert, at now: Timestamp) {
    var alert = alert
    alert.isResolved = true
    alert.changedAt = now
    resolved.append(alert)
    if resolved.count > Self.maximumResolved { resolved.removeFirst(resolved.count - Self.maximumResolved) }
  }

  mutating func add(
    _ alerts: some Sequence<Alert>, to purpose: MessagePurpose, receiver: String, recipientID: String?,
    dueAt: Timestamp
  ) {
    let key = Self.binKey(purpose, receiver, recipientID)
    let empty = DigestBin(purpose: purpose, receiver: receiver, recipientID: recipientID, dueAt: dueAt)
    // It is made also where it is empty: what is over waits for it in its groups.
    if bins[key] == nil { bins[key] = empty }
    // In place: a copy of a large bin for each alert would make a burst quadratic.
    for alert in alerts { bins[key, default: empty].alerts.insert(alert.fingerprint) }
  }

  /// The bin of a purpose for a receiver and a person.
  static func binKey(_ purpose: MessagePurpose, _ receiver: String, _ recipientID: String?) -> String {
    "\(purpose.rawValue)|\(receiver)|\(recipientID ?? "-")"
  }
}

/// What a store has to write: the identities of what changed.
public struct PipelineChanges: Hashable, Sendable {
  /// Fingerprints whose memory changed.
  public var memories: Set<Fingerprint> = []
  /// Open alerts that came, changed or went.
  public var alerts: Set<Fingerprint> = []
  /// Groups that came, changed or went.
  public var groups: Set<String> = []
  /// Alerts whose state other routers have to know: what is so, and what was said.
  public var states: Set<Fingerprint> = []
  /// Alerts that were put into common messages, by the message's key.
  public var binned: [String: Set<Fingerprint>] = [:]
  /// Common messages that were made, or that alerts were taken out of: none of their kept alerts is in them, but those in
  /// `binned`.
  public var emptiedBins: Set<String> = []
  /// Alerts of other routers that came, changed or went.
  public var elsewhere: Set<Fingerprint> = []
  /// Deals that closed or were reopened.
  public var closings: Set<Fingerprint> = []
  /// Whether silences changed.
  public var silences = false
  /// Whether acknowledgements changed.
  public var acknowledgements = false
}
