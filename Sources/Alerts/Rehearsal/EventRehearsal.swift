import Deals

/// What would become of some statements: they are taken in at one moment, and time passes until each of their groups has said
/// something or has said why not. A rehearsal sends nothing.
public struct EventRehearsal: Sendable {
  /// What happened at a moment.
  public struct Step: Sendable {
    /// When.
    public var at: Timestamp
    /// Messages and decisions.
    public var output: PipelineOutput
  }

  /// What became of one alert on one route.
  public struct Outcome: Hashable, Sendable {
    /// The alert's kind and subject.
    public var kind: AlertKind
    /// See `kind`.
    public var subject: String
    /// The route, nil for what was refused before one was asked.
    public var routeID: String?
    /// What was decided, in its order; that it waits in a group is left out.
    public var decisions: [Decision] = []
    /// Whether it was still waiting at the end.
    public var isWaiting = false
  }

  private struct Place: Hashable {
    var fingerprint: Fingerprint
    var routeID: String?
    var recipientID: String?
  }

  /// The router as it would be.
  public private(set) var pipeline: AlertPipeline
  private var now: Timestamp
  private var places: [Place] = []
  private var found: [Place: Outcome] = [:]
  /// No quiet time of a route is longer than a holiday with the weekends around it.
  public static let days = 14
  private let end: Timestamp

  /// A rehearsal with a router that knows nothing, from a moment on.
  public init(_ rules: RouterRules, at now: Timestamp) {
    pipeline = AlertPipeline(rules)
    self.now = now
    end = now.adding(days: Self.days)
  }

  /// Takes in a statement.
  public mutating func take(_ statement: AlertSource) -> [Decision] {
    let decisions = pipeline.take(statement, at: now)
    decisions.forEach { note($0) }
    return decisions
  }

  /// Lets time pass until something happens; nil where every group has spoken, or nothing more happens within two weeks.
  public mutating func next() -> Step? {
    while found.values.contains(where: \.isWaiting), let due = pipeline.nextDue, due <= end {
      now = max(now, due)
      let output = pipeline.tick(at: now)
      output.decisions.forEach { note($0) }
      forgetWhatIsOver()
      if !output.decisions.isEmpty || !output.messages.isEmpty { return Step(at: now, output: output) }
    }
    return nil
  }

  /// What became of each alert, in the order in which they were taken in.
  public var outcomes: [Outcome] { places.compactMap { found[$0] } }

  private mutating func note(_ decision: Decision) {
    for place in places(of: decision) {
      if found[place] == nil {
        places.append(place)
        found[place] = Outcome(kind: decision.kind, subject: decision.subject, routeID: place.routeID)
      }
      // Who is muted is told at the end of the mute.
      found[place]?.isWaiting = decision.reason == .grouped || decision.reason == .muted
      if decision.reason != .grouped { found[place]?.decisions.append(decision) }
    }
  }

  /// A digest has no route: it speaks for every group of the alert that is muted.
  private func places(of decision: Decision) -> [Place] {
    let place = Place(
      fingerprint: decision.fingerprint, routeID: decision.routeID, recipientID: decision.recipientID)
    guard decision.routeID == nil else { return [place] }
    let known = places.filter { $0.fingerprint == decision.fingerprint && $0.routeID != nil }
    guard decision.reason == .digested else { return known.isEmpty ? [place] : known }
    return known.filter { found[$0]?.decisions.last?.reason == .muted }
  }

  /// What resolves before its group has spoken is dropped without a word.
  private mutating func forgetWhatIsOver() {
    for place in places where found[place]?.isWaiting == true && pipeline.groupKeys[place.fingerprint] == nil {
      found[place]?.isWaiting = false
    }
  }
}
