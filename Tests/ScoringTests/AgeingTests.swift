import Deals
import Testing

@testable import Scoring

@Suite struct AgeingTests {
  private let id = DealID("D1")!

  @Test("a deal that stands still is scored at 45, 60 and 90 days, each once, as of the due instant")
  func thresholds() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.wait(until: 200)
    story.wait(until: 400)
    let aged = story.output.risks.filter { $0.trigger == .ageing }
    #expect(aged.map(\.daysInStage) == [45, 60, 90])
    #expect(aged.map(\.occurredAt) == [45, 60, 90].map { Story.day($0) })
    #expect(aged.allSatisfy { $0.flags.contains(.stale) })
  }

  @Test("a move starts the stay anew")
  func moves() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.tell(.stageChanged, "D1", on: 40, Story.deal(.demo))
    story.wait(until: 80)
    #expect(!story.output.risks.contains { $0.trigger == .ageing })
    story.wait(until: 85)
    #expect(story.output.risks.last?.trigger == .ageing)
  }

  @Test("what came due before a change is scored before it, and names the last record before it as its source")
  func dueBeforeChange() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.tell(.created, "D2", on: 50, Story.deal(created: 50))
    let triggers = story.output.risks.map(\.trigger)
    #expect(triggers == [.created, .ageing, .created])
    #expect(story.output.risks[1].source.offset == 0)
  }

  @Test("time that goes back scores nothing a second time")
  func clockBack() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.wait(until: 50)
    story.wait(until: 10)
    story.wait(until: 50)
    #expect(story.output.risks.count == 2)
  }

  @Test("a due date that passed while nobody ran is honoured at the start, once, under the same identity")
  func afterRestore() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.engine.commit()
    var restored = DealEngine(partition: 0, settings: story.engine.settings)
    restored.restore(id, story.engine.state(of: id))
    restored.restore(story.engine.position)
    restored.finishRestoring()
    story.wait(until: 46)

    var output = EngineOutput()
    var baselines = story.baselines
    restored.advance(to: Story.day(46), &baselines, into: &output)
    restored.advance(to: Story.day(47), &baselines, into: &output)
    #expect(output.risks.count == 1)
    #expect(output.risks.first == story.output.risks.last)
  }

  @Test("the state of a closed deal is kept for 180 days and then given up")
  func retention() {
    var story = Story()
    story.tell(.closed, "D1", on: 0, Story.deal(.closed, created: -10, status: .won(at: Story.day(0))))
    story.engine.commit()
    story.wait(until: 179)
    #expect(story.engine.state(of: id) != nil)
    story.wait(until: 180)
    #expect(story.engine.state(of: id) == nil)
    var tombstones: [DealID] = []
    story.engine.forEachUncommittedDeal { id, state in if state == nil { tombstones.append(id) } }
    #expect(tombstones == [id])
  }

  @Test("deals that come due at one instant are scored in the order of their ids")
  func order() {
    var story = Story()
    for id in ["D3", "D1", "D2"] { story.tell(.created, id, on: 0, Story.deal()) }
    story.output.removeAll()
    story.wait(until: 45)
    #expect(story.output.risks.map(\.dealID.text) == ["D1", "D2", "D3"])
  }
}
