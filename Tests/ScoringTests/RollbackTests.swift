import Deals
import Testing

@testable import Scoring

@Suite struct RollbackTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private func states(_ engine: DealEngine) -> [DealID: DealState] {
    var states: [DealID: DealState] = [:]
    engine.forEachDeal { states[$0] = $1 }
    return states
  }

  private func step(_ story: inout Story, _ day: Int, using random: inout Generator) {
    let id = "D\(Int.random(in: 0..<20, using: &random))"
    let stage = Stage.allCases.randomElement(using: &random)!
    let at = day - Int.random(in: 0...2, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: story.tell(.deleted, id, on: at, Story.deal(stage, created: at - 5))
    case 1, 2:
      story.tell(.closed, id, on: at, Story.deal(stage, created: at - 5, status: .won(at: Story.day(at))))
    case 3: story.wait(until: day)
    default: story.tell(.stageChanged, id, on: at, Story.deal(stage, created: at - 5))
    }
  }

  @Test(
    "rolled back, an engine holds what it held at the last commit and goes on as if nothing had been", arguments: 0..<40
  )
  func property(seed: UInt64) {
    var random = Generator(state: seed)
    var story = Story()
    for day in 0..<60 { step(&story, day * 5, using: &random) }
    story.engine.commit()
    let states = states(story.engine)
    let position = story.engine.position
    let saved = story

    var randomAhead = random
    for day in 60..<90 { step(&story, day * 5, using: &randomAhead) }
    story.engine.rollback()
    #expect(self.states(story.engine) == states, "seed \(seed)")
    #expect(story.engine.position == position)
    #expect(!story.engine.hasUncommittedChanges)

    // The same steps again, from the rolled-back engine and from an untouched copy.
    var again = saved
    again.engine = story.engine
    var untouched = saved
    var first = random
    var second = random
    for day in 60..<120 {
      step(&again, day * 5, using: &first)
      step(&untouched, day * 5, using: &second)
    }
    #expect(again.output.risks == untouched.output.risks, "seed \(seed)")
    #expect(self.states(again.engine) == self.states(untouched.engine))
  }

  @Test("an engine restored from what was written at each commit is the engine that wrote it", arguments: 0..<40)
  func changelog(seed: UInt64) {
    var random = Generator(state: seed &+ 1_000)
    var story = Story()
    var changelog: [DealID: DealState] = [:]
    for day in 0..<200 {
      step(&story, day * 3, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 {
        story.engine.forEachUncommittedDeal { changelog[$0] = $1 }
        story.engine.commit()
      }
    }
    story.engine.forEachUncommittedDeal { changelog[$0] = $1 }
    story.engine.commit()
    #expect(changelog == states(story.engine), "seed \(seed)")

    var restored = story
    restored.engine = DealEngine(partition: 0, settings: story.engine.settings)
    for (id, state) in changelog { restored.engine.restore(id, state) }
    restored.engine.restore(story.engine.position)
    restored.engine.finishRestoring()
    var first = random
    var second = random
    for day in 200..<260 {
      step(&restored, day * 3, using: &first)
      step(&story, day * 3, using: &second)
    }
    #expect(restored.output.risks == story.output.risks, "seed \(seed)")
  }
}
