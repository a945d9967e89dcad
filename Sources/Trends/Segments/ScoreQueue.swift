import Deals

/// What deals.risk says of the open deals: a score, or that a deal is gone.
public enum PipelineNews: Sendable {
  /// A deal was scored.
  case scored(PipelineScore)
  /// A deal was deleted, at an instant in its life.
  case gone(DealID, at: Timestamp)

  /// When it happened.
  public var occurredAt: Timestamp {
    switch self {
    case .scored(let score): score.occurredAt
    case .gone(_, let instant): instant
    }
  }

  /// Which deal.
  var dealID: DealID {
    switch self {
    case .scored(let score): score.dealID
    case .gone(let deal, _): deal
    }
  }
}

/// Scores that wait until event time has come to them: they come from many partitions, each in an order of its own.
public struct ScoreQueue: Sendable {
  private typealias Item = (news: PipelineNews, number: Int)

  /// In the order of event time; those before `head` have been handed out.
  private var waiting: [Item] = []
  private var head = 0
  /// What has come since the last look, as it came.
  private var arrived: [Item] = []
  private var count = 0

  /// Those that were handed out are dropped in blocks of at least so many.
  private static let block = 4_096

  /// An empty queue.
  public init() {}

  /// Takes in what has come. Of one deal and one instant what came first is first.
  public mutating func add(_ news: PipelineNews) {
    arrived.append((news, count))
    count += 1
  }

  /// Hands out what happened before an instant and has not been handed out, in the order of event time.
  public mutating func take(before end: Timestamp) -> [PipelineNews] {
    if !arrived.isEmpty { putInOrder() }
    let start = head
    while head < waiting.count, waiting[head].news.occurredAt < end { head += 1 }
    guard head > start else { return [] }
    let taken = waiting[start..<head].map(\.news)
    // Not with every call: what is left would be moved as often as there are outcomes.
    if head >= Self.block, head > waiting.count / 2 {
      waiting.removeFirst(head)
      head = 0
    }
    return taken
  }

  /// Sorts what has come, and what waits after the first of it.
  private mutating func putInOrder() {
    arrived.sort(by: Self.isBefore)
    let first = arrived[0]
    var (low, high) = (head, waiting.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.isBefore(waiting[middle], first) { low = middle + 1 } else { high = middle }
    }
    let isLast = low == waiting.count
    waiting += arrived
    arrived.removeAll(keepingCapacity: true)
    // Two runs that are in order: merged in one pass.
    if !isLast { waiting[low...].sort(by: Self.isBefore) }
  }

  private static func isBefore(_ left: Item, _ right: Item) -> Bool {
    (left.news.occurredAt, left.news.dealID, left.number) < (right.news.occurredAt, right.news.dealID, right.number)
  }
}
