import Deals
import Foundation
import Simulation
import Testing

extension EndToEnd {
  @Suite(.serialized) struct KillTests {
    private func settings(events: Int) -> SimulationSettings {
      var settings = SimulationSettings()
      settings.events = events
      settings.dealsPerDay = 60
      // The embedded broker keeps 5 MiB of a partition, and the ledger has one: few of the events may be closes.
      settings.contactShare = 0.8
      settings.lateShare = 0.05
      settings.duplicateShare = 0.05
      settings.malformedShare = 0.001
      return settings
    }

    @Test("a scorer killed twice in 100,000 events ends where one that was never killed does, each score exact")
    func killed() throws {
      let events = Array(DealSimulator(settings(events: 100_000)))
      let calm = try Stream(partitions: 12)
      try calm.produce(events)
      let undisturbed = try calm.scorer()
      #expect(try eventually { try calm.isProcessed() })
      undisturbed.terminate()
      #expect(undisturbed.wait() == 0)

      let rough = try Stream(partitions: 12)
      try rough.produce(events)
      for share in [0.25, 0.6] {
        let victim = try rough.scorer()
        #expect(try eventually { try rough.committed() > Int64(share * 100_000) })
        victim.signal(SIGKILL)
        victim.wait()
      }
      let last = try rough.scorer()
      #expect(try eventually { try rough.isProcessed() })
      last.terminate()
      #expect(last.wait() == 0)

      let (expected, found) = (try StreamOutcome(of: calm), try StreamOutcome(of: rough))
      #expect(!expected.riskEvents.isEmpty)
      #expect(found.riskEvents == expected.riskEvents)
      #expect(found.states == expected.states)
      #expect(found.positions == expected.positions)
      #expect(found.ledger == expected.ledger)
      #expect(found.deadLetters == expected.deadLetters)
      for stream in [calm, rough] {
        let verified = try Program.run("deal-replay", ["verify"] + stream.options)
        #expect(verified.status == 0, "\(verified.output)")
      }
    }

    @Test("scores of another model and playbook verify under the same configuration, and under no other")
    func otherConfiguration() throws {
      let stream = try Stream(partitions: 2)
      try stream.produce(DealSimulator(settings(events: 2_000)))
      let options = ["--set", "scoring.model=points-v1", "--set", "scoring.minimum_deals=10"]
      let scorer = try stream.scorer("one", options)
      #expect(try eventually { try stream.isProcessed() })
      scorer.terminate()
      #expect(scorer.wait() == 0)
      let same = try Program.run("deal-replay", ["verify", "--format", "json"] + stream.options + options)
      #expect(same.status == 0, "\(same.output)")
      #expect(!same.output.contains("\"verified\":0"), "\(same.output)")
      let other = try Program.run("deal-replay", ["verify", "--format", "json"] + stream.options)
      #expect(other.output.contains("\"verified\":0"), "\(other.output)")
    }
  }
}
