import Testing

@testable import ScorerRuntime

@Suite struct QueueLimitsTests {
  @Test("while each partition has its own queue, more partitions do not hold more", arguments: 1...120)
  func bounded(partitions: Int) {
    let limits = QueueLimits(partitions: partitions)
    #expect(limits.kibibytes * partitions <= 768 * 1_024)
    #expect(limits.messages * partitions <= 1_200_000)
  }

  @Test("few partitions have librdkafka's own limits, and no queue is so small that it runs dry")
  func wide() {
    #expect(QueueLimits(partitions: 1).messages == 100_000)
    #expect(QueueLimits(partitions: 1).kibibytes == 65_536)
    #expect(QueueLimits(partitions: 12).messages == 100_000)
    #expect(QueueLimits(partitions: 10_000).messages == 5_000)
    #expect(QueueLimits(partitions: 10_000).kibibytes == 2_048)
  }
}
