import Testing

@testable import ScorerRuntime

/// What a trend processor does when Kafka refuses something: it starts over, and says what it has to say.
@Suite(.serialized) struct TrendProcessorTests {
  /// Kafka's numbers for requests (its protocol guide).
  private enum Request {
    static let produce: Int16 = 0
    static let offsetFetch: Int16 = 9
    static let addPartitions: Int16 = 24
    static let endTransaction: Int16 = 26
  }

  /// Whatever is refused, the processor says what it has to say, and ends when it is asked to.
  private func expectReport(despite request: Int16, _ codes: [Int32]) throws {
    let stage = try TrendStage()
    stage.broker.pushErrors(apiKey: request, codes)
    stage.start()
    #expect(try stage.isReported())
    #expect(!stage.hasEnded)
    try stage.stop()
  }

  @Test("the group's offset is held back by another's transaction for a while: it is asked for again")
  func unstableOffset() throws {
    // One answer each tenth of a second: longer than is waited for one.
    try expectReport(despite: Request.offsetFetch, Array(repeating: 88, count: 150))
  }

  @Test(
    "a transaction of which a request fails is aborted, and what it said is said",
    arguments: [
      (Request.addPartitions, [Int32(55)]), (Request.endTransaction, [59]), (Request.produce, [48]),
      // The abort is refused as well.
      (Request.endTransaction, [59, -1]),
    ]) func failedRequest(key: Int16, codes: [Int32]) throws
  {
    try expectReport(despite: key, codes)
  }

  @Test(
    "a processor whose transactional id was taken from it meanwhile takes it into use again",
    arguments: [(Request.endTransaction, [Int32(90)]), (Request.endTransaction, [47]), (Request.produce, [47])])
  func fenced(key: Int16, codes: [Int32]) throws {
    try expectReport(despite: key, codes)
  }
}
