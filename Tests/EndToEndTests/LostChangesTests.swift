import Deals
import Foundation
import Simulation
import Testing

extension EndToEnd {
  /// What is left of deals.changes does not hold what a scorer must read next.
  @Suite(.serialized) struct LostChangesTests {
    @Test(
      "changes that are deleted before a running scorer has read them end it, with what to do",
      .enabled(if: isEmbedded, "needs the embedded broker")) func overtaken() throws
    {
      let stream = try Stream(partitions: 1)
      var settings = SimulationSettings()
      settings.events = 200
      try stream.produce(DealSimulator(settings))
      let scorer = try stream.scorer()
      #expect(try eventually { try stream.isProcessed() })
      scorer.signal(SIGSTOP)
      // The broker keeps five mebibytes of a partition, as they were compressed.
      let noise = (0..<125_000).flatMap { _ in withUnsafeBytes(of: UInt64.random(in: 0...(.max)), Array.init) }
      for _ in 0..<12 { try stream.produce(key: "x", noise) }
      scorer.signal(SIGCONT)
      #expect(eventually { !scorer.isRunning }, "it stands still: \(scorer.output.suffix(2_000))")
      #expect(scorer.wait() == 4)
      #expect(scorer.output.contains("were deleted unread. Restore the topic"))
    }

    @Test("a deals.changes that was made anew stops the start, with what to do") func madeAnew() throws {
      let stream = try Stream(partitions: 1)
      var writer = JSONWriter()
      writer.position(ChangelogPosition(nextOffset: 1_000, streamTime: nil, isLive: true))
      try stream.produce(topic: stream.topics.state, key: ChangelogPosition.key, writer.bytes)
      let scorer = try stream.scorer()
      #expect(eventually { !scorer.isRunning }, "it stands still: \(scorer.output.suffix(2_000))")
      #expect(scorer.wait() == 4)
      #expect(scorer.output.contains("but it ends at 0"))
    }
  }
}
