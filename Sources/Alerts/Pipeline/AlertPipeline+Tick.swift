import Deals

/// What a tick brought about.
public struct PipelineOutput: Hashable, Sendable {
  /// To be rendered and delivered, in this order.
  public var messages: [OutgoingMessage] = []
  /// To be logged.
  public var decisions: [Decision] = []

  /// Messages and decisions.
  public init(messages: [OutgoingMessage] = [], decisions: [Decision] = []) {
    self.messages = messages
    self.decisions = decisions
  }
}

extension AlertPipeline {
  /// Lets time pass: what has waited long enough becomes messages.
  ///
  /// Alerts on the way out pass inhibition, silences, acknowledgements, mute intervals, the storm limit and the budget, the
  /// most dollars first.
  public mutating func tick(at now: Timestamp) -> PipelineOutput {
    var output = PipelineOutput()
    guard !isCatchingUp else { return output }
    for fingerprint in deduplicator.settle(at: now) {
      output.decisions += resolved(fingerprint, open[fingerprint]?.source, at: now)
    }
    for fingerprint in deduplicator.steady(at: now) { output.decisions += calmed(fingerprint, at: now) }
    if ledger.spike.hasEnded(at: now, count: rules.spikeCount, window: rules.spikeWindow), isLeader {
      output.decisions += endSpike(at: now)
    }
    var drafts: [Draft] = []
    for group in groups.values where group.dueAt.map({ $0 <= now }) == true {
      if let draft = look(at: group, at: now, &output.decisions) { drafts.append(draft) }
    }
    for draft in drafts.sorted(by: Draft.comesFirst) { dispatch(draft, at: now, &output) }
    if isLeader { makeDigests(at: now, &output) }
    flushBins(at: now, &output)
    return output
  }

  /// From here on nothing is sent until `endCatchUp`.
  public mutating func beginCatchUp() { isCatchingUp = true }

  /// The input has caught up: what is old goes into one digest for each recipient, the rest goes its way.
  public mutating func endCatchUp(at now: Timestamp) -> [Decision] {
    guard isCatchingUp else { return [] }
    isCatchingUp = false
    var decisions: [Decision] = []
    let limit = now.adding(milliseconds: -rules.backlogAge.value)
    for group in allGroups { gatherBacklog(of: group, before: limit, at: now, &decisions) }
    return decisions
  }

  /// Puts the old news of a group into one digest. What a mute, a silence or another alert holds back stays held back, and
  /// what was held back before is no backlog: the router was there, and decided on it.
  private mutating func gatherBacklog(
    of original: AlertGroup, before limit: Timestamp, at now: Timestamp, _ decisions: inout [Decision]
  ) {
    var group = original
    let old = group.alerts.values.filter {
      !$0.isResolved && group.isNews($0) && $0.source.occurredAt < limit && group.heldBack[$0.fingerprint] == nil
    }
    guard !old.isEmpty, let route = routes[group.routeID] else { return }
    defer { store(group) }
    if let quiet = rules.quiet(route, at: now) {
      mute(&group, quiet, at: now, &decisions)
      return
    }
    let fingerprints = Set(old.map(\.fingerprint))
    let alerts = speakable(&group, at: now, &decisions).filter { fingerprints.contains($0.fingerprint) }
    guard !alerts.isEmpty else { return }
    gather(alerts, of: &group, to: .backlog, dueAt: now, at: now)
    for alert in alerts {
      decisions.append(
        Decision(.backlog, "it came while the router was away", alert.source, alert.fingerprint, at: now, group: group))
    }
  }

  /// An alert flaps no more. Where its last opening was passed over as one swing among many, it is said now.
  private mutating func calmed(_ fingerprint: Fingerprint, at now: Timestamp) -> [Decision] {
    changes.memories.insert(fingerprint)
    changes.states.insert(fingerprint)
    guard var alert = open[fingerprint], groupKeys[fingerprint] == nil else { return [] }
    alert.revision += 1
    alert.changedAt = now
    alert.news = "still at risk, and steady now"
    open[fingerprint] = alert
    note(fingerprint)
    deduplicator.noteSaid(alert.source, fingerprint)
    return place(alert, at: now)
  }

  private mutating func endSpike(at now: Timestamp) -> [Decision] {
    var spike = AlertSource(
      eventID: "spike-end@\(now.milliseconds)", kind: .volumeSpike, subject: "high-risk deals", tier: .low,
      occurredAt: now)
    spike.signal = .ended
    spike.origin = .leader
    return take(spike, at: now)
  }

  /// When the pipeline wants its next tick at the latest, nil where nothing waits.
  public var nextDue: Timestamp? {
    (groups.values.compactMap(\.dueAt) + ledger.bins.values.map(\.dueAt)).min()
  }
}

/// A message that a group would like to make.
struct Draft {
  var group: AlertGroup
  var purpose: MessagePurpose
  var alerts: [Alert]
  var resolved: [Alert]
  /// How far above the group's recipient it goes: 0 for the first person above, where it goes above at all.
  var level = 0

  /// The most dollars first, then by key so that every machine does alike.
  static func comesFirst(_ left: Draft, _ right: Draft) -> Bool {
    let (leftDollars, rightDollars) = (left.alerts.dollars, right.alerts.dollars)
    return leftDollars == rightDollars ? left.group.key < right.group.key : leftDollars > rightDollars
  }
}
