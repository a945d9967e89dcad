import Configuration
import Deals

/// What a history would have sent, counted per day, recipient and purpose. A rehearsal sends nothing.
public struct HistoryRehearsal: Sendable {
  /// What of a history is counted together.
  public struct Line: Hashable, Comparable, Sendable {
    /// The day on the team's wall clock.
    public var day: Day
    /// The person's id, or `#` and the receiver's name.
    public var recipient: String
    /// For what.
    public var purpose: MessagePurpose

    /// By day, recipient and purpose.
    public static func < (left: Line, right: Line) -> Bool {
      (left.day.number, left.recipient, left.purpose.rawValue)
        < (right.day.number, right.recipient, right.purpose.rawValue)
    }
  }

  /// Messages of each line.
  public private(set) var messages: [Line: Int] = [:]
  /// Decisions of each kind.
  public private(set) var reasons: [DecisionReason: Int] = [:]
  /// Alerts that ended because nothing was heard of their deal for `quietAfter`.
  public private(set) var quiet = 0
  /// Records that said that a deal was closed or deleted.
  public private(set) var ends = 0
  private var pipeline: AlertPipeline
  private let quietAfter: Milliseconds?
  /// Deals that may have an open alert: when they were heard of last, and when to look whether that is still so.
  private var heardAt: [Fingerprint: Timestamp] = [:]
  private var looks: [(at: Timestamp, fingerprint: Fingerprint)] = []
  private var looked = 0
  /// Time passes in steps of at least so much, as a router's ticks do, and at most an hour.
  private static let step: Int64 = 600_000
  private static let longestStep: Int64 = 3_600_000

  /// A rehearsal.
  ///
  /// - Parameter quietAfter: A deal of which nothing was heard for so long counts as closed; nil where closes are known.
  public init(_ rules: RouterRules, quietAfter: Milliseconds?) {
    pipeline = AlertPipeline(rules)
    self.quietAfter = quietAfter
  }

  /// Plays a history.
  ///
  /// - Parameters:
  ///   - statements: What `deals.risk` and `deals.trends` told, in any order.
  ///   - outcomes: What `deals.outcomes` told, in any order.
  public mutating func play(_ statements: [AlertSource], _ outcomes: [LedgerEntry] = []) {
    let statements = statements.enumerated().sorted {
      ($0.element.occurredAt, $0.offset) < ($1.element.occurredAt, $1.offset)
    }.map(\.element)
    let outcomes = outcomes.enumerated().sorted {
      ($0.element.occurredAt, $0.offset) < ($1.element.occurredAt, $1.offset)
    }.map(\.element)
    let times = [statements.first?.occurredAt, outcomes.first?.occurredAt].compactMap(\.self)
    guard var now = times.min(),
      let last = [statements.last?.occurredAt, outcomes.last?.occurredAt].compactMap(\.self).max()
    else { return }
    var (next, nextOutcome) = (0, 0)
    let end = last.adding(days: 1)
    while now <= end {
      while next < statements.count, statements[next].occurredAt <= now {
        take(statements[next], at: now)
        next += 1
      }
      while nextOutcome < outcomes.count, outcomes[nextOutcome].occurredAt <= now {
        if outcomes[nextOutcome].added != nil { ends += 1 }
        count(pipeline.take(outcomes[nextOutcome], at: now))
        nextOutcome += 1
      }
      endQuiet(at: now)
      let output = pipeline.tick(at: now)
      count(output)
      // Nothing is kept, so nobody asks what has changed.
      _ = pipeline.takeChanges()
      var wanted = pipeline.nextDue ?? .init(milliseconds: .max)
      if next < statements.count { wanted = min(wanted, statements[next].occurredAt) }
      if nextOutcome < outcomes.count { wanted = min(wanted, outcomes[nextOutcome].occurredAt) }
      let latest = now.adding(milliseconds: Self.longestStep)
      now = max(now.adding(milliseconds: Self.step), min(wanted, latest))
    }
  }

  private mutating func take(_ statement: AlertSource, at now: Timestamp) {
    var statement = statement
    // A history is backfill; here it is to be treated as if it were new.
    statement.isBackfill = false
    if statement.signal == .ended, statement.kind == .dealRisk { ends += 1 }
    count(pipeline.take(statement, at: now))
    guard let quietAfter, statement.kind == .dealRisk else { return }
    let fingerprint = statement.fingerprint
    guard pipeline.alert(fingerprint) != nil else {
      heardAt[fingerprint] = nil
      return
    }
    heardAt[fingerprint] = now
    looks.append((now.adding(milliseconds: quietAfter.value), fingerprint))
  }

  private mutating func endQuiet(at now: Timestamp) {
    guard let quietAfter else { return }
    while looked < looks.count, looks[looked].at <= now {
      let (at, fingerprint) = looks[looked]
      looked += 1
      guard let heard = heardAt[fingerprint], heard.adding(milliseconds: quietAfter.value) == at,
        let alert = pipeline.alert(fingerprint)
      else { continue }
      heardAt[fingerprint] = nil
      quiet += 1
      count(pipeline.take(.ended(dealID: alert.source.subject, at: now, outcome: "quiet"), at: now))
    }
  }

  private mutating func count(_ output: PipelineOutput) {
    for message in output.messages {
      let day = pipeline.rules.zone.local(message.madeAt).day
      let line = Line(
        day: day, recipient: message.recipient?.id ?? "#\(message.receiver)", purpose: message.purpose)
      messages[line, default: 0] += 1
    }
    count(output.decisions)
  }

  private mutating func count(_ decisions: [Decision]) {
    for decision in decisions { reasons[decision.reason, default: 0] += 1 }
  }
}
