import Deals
import Testing

@testable import Trends

@Suite("Reports count the deals that were open at their end") struct OpenDealTests {
  /// Outcomes on three days; what deals.risk says of other deals is handed out beside them.
  private var story: ReportStory {
    var story = ReportStory()
    story.close(at("2026-03-02T10:00:00Z"), .won)
    story.close(at("2026-03-03T10:00:00Z"), .won)
    story.close(at("2026-03-06T10:00:00Z"), .won)
    return story
  }

  private func open(_ scores: [PipelineNews]) throws -> [Double?] {
    try story.reports(.daily, scores: scores).map { try $0.figure("open_deals") }
  }

  @Test("A deal that is created after a day's end is not open on that day, though no outcome came between") func later()
    throws
  {
    let scores: [PipelineNews] = [
      .scored(.of("A", at: at("2026-03-02T09:00:00Z"))), .scored(.of("B", at: at("2026-03-03T00:00:00Z"))),
      .scored(.of("C", at: at("2026-03-04T23:59:59Z"))), .scored(.of("D", at: at("2026-03-06T01:00:00Z"))),
    ]
    // Of the second to the fifth of March.
    #expect(try open(scores) == [1, 2, 3, 3])
  }

  @Test("A deal that was deleted is not open any more, in whatever order the partitions are read") func deleted() throws
  {
    let scores: [PipelineNews] = [
      .scored(.of("A", at: at("2026-03-02T09:00:00Z"))),
      .gone(try #require(DealID("A")), at: at("2026-03-04T12:00:00Z")),
      .scored(.of("B", at: at("2026-03-02T08:00:00Z"))),
    ]
    #expect(try open(scores) == [2, 2, 1, 1])
    #expect(try open(scores.reversed()) == [2, 2, 1, 1])
  }

  @Test("A score that is read after its deal's close does not open the deal again; a reopening does") func lateScore()
    throws
  {
    var story = ReportStory()
    story.close(at("2026-03-02T10:00:00Z"), .won)
    var engine = TrendEngine()
    for (offset, entry) in story.entries.enumerated() { _ = engine.apply(entry, at: Int64(offset)) }
    engine.observe(.of("D0", at: at("2026-03-02T09:00:00Z")))
    #expect(engine.pipeline.deals.isEmpty)
    engine.observe(.of("D0", at: at("2026-03-02T11:00:00Z"), .reopened))
    #expect(engine.pipeline.deals.count == 1)
  }
}
