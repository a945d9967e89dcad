import Deals

/// What deals.risk says of the open deals: a score, or that a deal is gone.
public enum PipelineNews: Sendable {
  /// A deal was scored.
  case scored(RiskEvent)
  /// A deal was deleted, at an instant in its life.
  case gone(DealID, at: Timestamp)

  /// When it happened.
  public var occurredAt: Timestamp {
    switch self {
    case .scored(let event): event.occurredAt
    case .gone(_, let instant): instant
    }
  }

  /// Which deal.
  var dealID: DealID {
    switch self {
    case .scored(let event): event.dealID
    case .gone(let deal, _): deal
    }
  }
}

/// Scores that wait until event time has come to them: they come from many partitions, each in an order of its own.
public struct ScoreQueue: Sendable {
  private var waiting: [(news: PipelineNews, number: Int)] = []
  private var count = 0
  private var isSorted = true

  /// An empty queue.
  public init() {}

  /// Takes in what has come. Of one deal and one instant what came first is first.
  public mutating func add(_ news: PipelineNews) {
    if let last = waiting.last, last.news.occurredAt > news.occurredAt { isSorted = false }
    waiting.append((news, count))
    count += 1
  }

  /// Hands out what happened before an instant and has not been handed out, in the order of event time.
  public mutating func take(before end: Timestamp) -> [PipelineNews] {
    if !isSorted {
      waiting.sort { left, right in
        (left.news.occurredAt, left.news.dealID, left.number) < (right.news.occurredAt, right.news.dealID, right.number)
      }
      isSorted = true
    }
    guard let first = waiting.first, first.news.occurredAt < end else { return [] }
    let count = waiting.firstIndex { $0.news.occurredAt >= end } ?? waiting.count
    let taken = waiting[..<count].map(\.news)
    waiting.removeFirst(count)
    return taken
  }
}
