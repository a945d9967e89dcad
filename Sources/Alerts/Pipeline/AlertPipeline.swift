import Deals

/// The router's pure half: statements in, decisions and messages out. It has no clock and does no I/O.
///
/// classify → deduplicate → route → group, then at each tick: inhibit → silence → mute → budget → message. A value: a copy
/// shows what would happen without anything happening.
public struct AlertPipeline: Sendable {
  /// What a person decided.
  public internal(set) var rules: RouterRules
  /// What is known of each fingerprint.
  public internal(set) var deduplicator: Deduplicator
  /// What a store has to keep since it was asked last.
  public internal(set) var changes = PipelineChanges()
  var inhibitor: Inhibitor
  var silencer = Silencer()
  var open: [Fingerprint: Alert] = [:]
  var groups: [String: AlertGroup] = [:]
  var groupKeys: [Fingerprint: Set<String>] = [:]
  var acknowledgements: [Fingerprint: Acknowledgement] = [:]
  var ledger = PipelineLedger()
  var routes: [String: Route]
  /// The partitions whose alerts are this router's to speak of; nil for all there are.
  public internal(set) var owned: Set<Origin>?
  /// Open alerts of partitions that another router reads, as it last told of them.
  var elsewhere: [Fingerprint: AlertState] = [:]
  /// What people said here that other routers have to know.
  var newWords: [SharedRecord] = []
  /// Deals that closed lately: a score from before that, read late, opens nothing.
  var closings: [Fingerprint: Closing] = [:]
  /// While the input is behind, statements are taken in but nothing is sent.
  public internal(set) var isCatchingUp = false

  /// A pipeline that knows nothing.
  public init(_ rules: RouterRules) {
    self.rules = rules
    deduplicator = Deduplicator(rules.deduplication)
    inhibitor = Inhibitor(rules.inhibitions)
    routes = Self.index(rules.tree)
  }

  static func index(_ tree: RoutingTree) -> [String: Route] {
    Dictionary(tree.all.map { ($0.id, $0) }) { first, _ in first }
  }

  /// Open alerts of this router's partitions, most dollars first.
  public var openAlerts: [Alert] { open.values.sortedByDollars() }

  /// How many alerts of this router are open.
  public var openCount: Int { open.count }

  /// Whether an alert of this router is open.
  public func isOpen(_ kind: AlertKind, _ subject: String) -> Bool {
    open[Fingerprint(kind: kind, subject: subject)] != nil
  }

  /// Open alerts of all routers.
  public var everythingOpen: [Alert] { Array(open.values) + elsewhere.values.compactMap(\.openAlert) }

  mutating func note(_ fingerprint: Fingerprint) {
    changes.alerts.insert(fingerprint)
    changes.states.insert(fingerprint)
  }

  /// The groups, by key.
  public var allGroups: [AlertGroup] { groups.values.sorted { $0.key < $1.key } }

  /// Takes in a statement.
  public mutating func take(_ statement: AlertSource, at now: Timestamp) -> [Decision] {
    let fingerprint = statement.fingerprint
    if statement.isBackfill {
      return [Decision(.backfill, "history never alerts", statement, fingerprint, at: now)]
    }
    if statement.signal == .firing, let position = statement.position, let closing = closings[fingerprint],
      closing.position > position
    {
      return [Decision(.closed, "the deal has closed since this score", statement, fingerprint, at: now)]
    }
    if open[fingerprint] == nil, statement.signal == .firing, let why = rules.threshold.reasonToHoldBack(statement) {
      return [Decision(.belowThreshold, why, statement, fingerprint, at: now)]
    }
    let verdict = deduplicator.take(statement, fingerprint, at: now)
    if verdict == .notUrgent {
      return [Decision(.notUrgent, notUrgentText(statement), statement, fingerprint, at: now)]
    }
    changes.memories.insert(fingerprint)
    return follow(verdict, enriched(statement), fingerprint, at: now)
  }

  private mutating func follow(
    _ verdict: Deduplicator.Verdict, _ source: AlertSource, _ fingerprint: Fingerprint, at now: Timestamp
  ) -> [Decision] {
    switch verdict {
    case .notUrgent: return []
    case .opened:
      return opened(source, fingerprint, news: isEndUnsaid(fingerprint) ? "open again" : "new", at: now)
    case .startedFlapping(let openings):
      let news = "at risk again for the \(openings)th time within days; further swings are not reported"
      return opened(source, fingerprint, news: openings == 2 || openings == 3 ? Self.ordinal(news) : news, at: now)
    case .worsened(let tier, let score): return worsened(source, fingerprint, from: tier, score, at: now)
    case .flapping:
      refresh(source, fingerprint, at: now)
      return [Decision(.flapping, "it opens and closes too often, which was said", source, fingerprint, at: now)]
    case .unchanged:
      refresh(source, fingerprint, at: now)
      return [Decision(.deduplicated, "open already, and not worse by a tier or a step", source, fingerprint, at: now)]
    case .recovering(let until):
      refresh(source, fingerprint, at: now)
      return [
        Decision(.recovering, "it has recovered, and closes at \(until) at the earliest", source, fingerprint, at: now)
      ]
    case .resolved: return resolved(fingerprint, source, at: now)
    }
  }

  private static func ordinal(_ text: String) -> String {
    text.replacing("the 2th", with: "the 2nd").replacing("the 3th", with: "the 3rd")
  }

  private func notUrgentText(_ source: AlertSource) -> String {
    source.signal == .ended ? "it is over, and no alert was open" : "\(source.tier.name) is below the tier that opens"
  }

  private func enriched(_ statement: AlertSource) -> AlertSource {
    var source = statement
    if source.labels["manager"] == nil, let rep = source.labels["rep_id"] {
      source.labels["manager"] = rules.owners.people[rep]?.managerID
    }
    return source
  }

  private mutating func opened(
    _ source: AlertSource, _ fingerprint: Fingerprint, news: String, at now: Timestamp
  ) -> [Decision] {
    var alert = Alert(source, fingerprint, news: news, at: now)
    // Counted on from what its groups have said: where its end was not said yet, its opening is news all the same.
    let known = [open[fingerprint]].compactMap(\.self) + copies(of: fingerprint)
    alert.revision = (known.map(\.revision).max() ?? 0) + 1
    open[fingerprint] = alert
    note(fingerprint)
    acknowledgements[fingerprint] = nil
    inhibitor.opened(source, fingerprint)
    return place(alert, at: now) + noticeSpike(source, at: now)
  }

  /// An alert as its groups have it.
  private func copies(of fingerprint: Fingerprint) -> [Alert] {
    (groupKeys[fingerprint] ?? []).compactMap { groups[$0]?.alerts[fingerprint] }
  }

  /// Whether a reader still takes an alert that is over for open.
  private func isEndUnsaid(_ fingerprint: Fingerprint) -> Bool {
    (groupKeys[fingerprint] ?? []).contains { groups[$0]?.said[fingerprint] != nil }
  }

  private mutating func worsened(
    _ source: AlertSource, _ fingerprint: Fingerprint, from tier: RiskTier, _ score: RiskScore?, at now: Timestamp
  ) -> [Decision] {
    let scores = score.flatMap { before in
      source.score.map { "\(Wording.decimal(before.points)) → \(Wording.decimal($0.points))" }
    }
    let news = "worse: \(source.tier > tier ? "\(tier.name) → \(source.tier.name), " : "")\(scores ?? source.tier.name)"
    guard var alert = open[fingerprint] else { return opened(source, fingerprint, news: news, at: now) }
    alert.restate(source, at: now)
    alert.revision += 1
    alert.changedAt = now
    alert.news = news
    open[fingerprint] = alert
    note(fingerprint)
    if source.tier > tier { acknowledgements[fingerprint] = nil }
    inhibitor.opened(source, fingerprint)
    return place(alert, at: now)
  }

  /// Keeps the newest statement of an open alert, so that the next message says what is so then.
  private mutating func refresh(_ source: AlertSource, _ fingerprint: Fingerprint, at now: Timestamp) {
    guard var alert = open[fingerprint] else {
      // A flapping deal that opened again: it is open, but no news.
      open[fingerprint] = Alert(source, fingerprint, news: "flapping", at: now)
      inhibitor.opened(source, fingerprint)
      note(fingerprint)
      return
    }
    alert.restate(source, at: now)
    open[fingerprint] = alert
    note(fingerprint)
    for key in groupKeys[fingerprint] ?? [] {
      groups[key]?.alerts[fingerprint]?.restate(source, at: now)
      changes.groups.insert(key)
    }
  }

  mutating func resolved(_ fingerprint: Fingerprint, _ source: AlertSource?, at now: Timestamp) -> [Decision] {
    guard var alert = open.removeValue(forKey: fingerprint) else { return [] }
    alert.news = source?.signal == .ended ? source?.labels["outcome"] ?? "closed" : "recovered"
    note(fingerprint)
    changes.memories.insert(fingerprint)
    acknowledgements[fingerprint] = nil
    inhibitor.closed(fingerprint)
    ledger.noteResolved(alert, at: now)
    var decisions: [Decision] = []
    for key in (groupKeys[fingerprint] ?? []).sorted() {
      guard var group = groups.removeValue(forKey: key) else { continue }
      group.alerts[fingerprint]?.isResolved = true
      group.alerts[fingerprint]?.isHandedOn = nil
      group.alerts[fingerprint]?.news = alert.news
      if let source, source.signal == .firing { group.alerts[fingerprint]?.source = source }
      group.wake(at: nextMoment(group, at: now))
      store(group)
      decisions.append(
        Decision(.grouped, "over; the group says so next", alert.source, fingerprint, at: now, group: group))
    }
    return decisions
  }

  mutating func noticeSpike(_ source: AlertSource, at now: Timestamp) -> [Decision] {
    // What comes late in a heap is no spike of today.
    guard source.kind == .dealRisk, !isCatchingUp,
      let count = ledger.spike.opened(at: now, count: rules.spikeCount, window: rules.spikeWindow), isLeader
    else { return [] }
    var spike = AlertSource(
      eventID: "spike@\(now.milliseconds)", kind: .volumeSpike, subject: "high-risk deals", tier: .critical,
      occurredAt: now)
    let minutes = rules.spikeWindow.value / 60_000
    spike.title = "High-risk volume spike: \(count) deals turned risky within \(minutes) minutes"
    spike.amount = everythingOpen.filter { $0.source.kind == .dealRisk }.dollars
    spike.origin = .leader
    return take(spike, at: now)
  }
}
