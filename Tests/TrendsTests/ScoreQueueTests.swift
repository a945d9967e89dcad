import Deals
import Testing

@testable import Trends

@Suite("Scores wait until event time has come to them") struct ScoreQueueTests {
  private let start = at("2026-03-02T00:00:00Z")

  @Test("What comes in any order between looks is handed out once, in the order of event time", arguments: [1, 2, 3])
  func order(seed: UInt64) {
    var (queue, random) = (ScoreQueue(), Seeded(seed))
    // The definition: everything before the instant that has not been handed out, sorted.
    var waiting: [(news: PipelineNews, number: Int)] = []
    var (number, now, handedOut) = (0, start, 0)
    for _ in 0..<40 {
      // A partition runs a day ahead, another is read from its beginning.
      for _ in 0..<random.number(60) {
        let instant = start.adding(milliseconds: Int64(random.number(200)) * 600_000)
        let news = PipelineNews.scored(.of("D\(random.number(40))", at: instant))
        queue.add(news)
        waiting.append((news, number))
        number += 1
      }
      now = now.adding(milliseconds: Int64(random.number(30)) * 100_000)
      let due = waiting.filter { $0.news.occurredAt < now }.sorted {
        ($0.news.occurredAt, $0.news.dealID, $0.number) < ($1.news.occurredAt, $1.news.dealID, $1.number)
      }
      waiting.removeAll { $0.news.occurredAt < now }
      let taken = queue.take(before: now)
      handedOut += taken.count
      #expect(taken.map(\.key) == due.map(\.news.key), "seed \(seed)")
    }
    let rest = queue.take(before: start.adding(days: 3))
    #expect(handedOut + rest.count == number, "seed \(seed)")
    #expect(queue.take(before: start.adding(days: 3)).isEmpty)
  }

  @Test("Of one deal and one instant what came first is first, however much has been handed out before") func stable() {
    var queue = ScoreQueue()
    for number in 0..<9_000 {
      queue.add(.scored(.of("A\(number)", at: start.adding(milliseconds: Int64(number)))))
    }
    for number in 1...8_500 { #expect(queue.take(before: start.adding(milliseconds: Int64(number))).count == 1) }
    let instant = start.adding(days: 1)
    queue.add(.scored(.of("B", at: instant)))
    queue.add(.gone(PipelineNews.scored(.of("B", at: instant)).dealID, at: instant))
    #expect(queue.take(before: instant).count == 500)
    let last = queue.take(before: instant.adding(milliseconds: 1))
    #expect(last.map(\.isGone) == [false, true])
  }
}

extension PipelineNews {
  /// What tells one from another in these tests.
  fileprivate var key: [Int64] { [occurredAt.milliseconds, Int64(bitPattern: dealID.hash(seed: 0))] }

  fileprivate var isGone: Bool {
    switch self {
    case .scored: false
    case .gone: true
    }
  }
}
