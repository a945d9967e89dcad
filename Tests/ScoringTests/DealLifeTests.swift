import Deals
import Testing

@testable import Scoring

@Suite struct DealLifeTests {
  private let id = DealID("D1")!

  @Test("a new deal, a move in the funnel and a reopening are scored; an update and a close are not")
  func triggers() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.tell(.updated, "D1", on: 1, Story.deal(amount: 20_000))
    story.tell(.stageChanged, "D1", on: 2, Story.deal(.demo))
    story.tell(.closed, "D1", on: 3, Story.deal(.demo, status: .lost(at: Story.day(3), reason: "price")))
    story.tell(.reopened, "D1", on: 4, Story.deal(.demo))
    #expect(story.output.risks.map(\.trigger) == [.created, .stageChange, .reopened])
    #expect(story.output.risks[1].previousScore == story.output.risks[0].score)
  }

  @Test("a close is one entry, an amended close takes the old one back in the same entry, a reopening takes it back")
  func ledgerSigns() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.tell(.closed, "D1", on: 3, Story.deal(.closed, status: .won(at: Story.day(3))))
    story.tell(.closed, "D1", on: 4, Story.deal(.closed, status: .lost(at: Story.day(3), reason: nil)))
    story.tell(.reopened, "D1", on: 5, Story.deal(.proposal))
    story.tell(.closed, "D1", on: 6, Story.deal(.proposal, status: .won(at: Story.day(6))))
    story.tell(.deleted, "D1", on: 7, Story.deal(.proposal, status: .won(at: Story.day(6))))
    let signs = story.ledger.map { ($0.added != nil ? 1 : 0) - ($0.retracted != nil ? 1 : 0) }
    #expect(signs == [1, 0, -1, 1, -1])
    let overall = story.baselines.overallTally(.all)
    #expect(overall == OutcomeTally())
    #expect(story.ledger[0].added?.predictions.first?.model == WeightedModel.name)
  }

  @Test("an update of a closed deal that changes nothing the ledger counts writes no entry")
  func silentUpdate() {
    var story = Story()
    let closed = Story.deal(.closed, status: .won(at: Story.day(3)))
    story.tell(.closed, "D1", on: 3, closed)
    story.tell(.updated, "D1", on: 4, closed)
    #expect(story.ledger.count == 1)
  }

  @Test("a late change alters nothing but its counter and the deal's late mark")
  func late() throws {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.tell(.stageChanged, "D1", on: 5, Story.deal(.proposal))
    let before = try #require(story.engine.state(of: id))
    story.tell(.stageChanged, "D1", on: 3, Story.deal(.demo))
    var after = try #require(story.engine.state(of: id))
    #expect(after.flags.contains(.late))
    after.flags.remove(.late)
    #expect(after == before)
    #expect(story.engine.counters.late == 1)
    #expect(story.output.risks.count == 2)
  }

  @Test("a repeated event counts once, also among several at one instant")
  func duplicates() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal(), event: "a")
    story.tell(.stageChanged, "D1", on: 0, Story.deal(.demo), event: "b")
    story.tell(.created, "D1", on: 0, Story.deal(), event: "a")
    story.tell(.stageChanged, "D1", on: 0, Story.deal(.demo), event: "b")
    #expect(story.engine.counters.duplicates == 2)
    #expect(story.output.risks.count == 2)
    #expect(story.engine.state(of: id)?.stage == .demo)
  }

  @Test("a change below the position is dropped, whatever the client hands out after a seek")
  func position() {
    var story = Story()
    let offset = story.tell(.created, "D1", on: 0, Story.deal())
    let again = DealChange(
      eventID: EventID(text: "other"), dealID: id, kind: .stageChanged, occurredAt: Story.day(9),
      deal: Story.deal(.demo))
    story.engine.apply(again, at: offset, &story.baselines, into: &story.output)
    #expect(story.engine.counters.skipped == 1)
    #expect(story.engine.state(of: id)?.stage == .qualified)
  }

  @Test("a late change does not bring a deleted deal back, a newer one does")
  func deletion() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal())
    story.tell(.deleted, "D1", on: 5, Story.deal())
    story.tell(.stageChanged, "D1", on: 4, Story.deal(.demo))
    #expect(story.engine.state(of: id)?.isDeleted == true)
    story.tell(.created, "D1", on: 6, Story.deal())
    #expect(story.engine.state(of: id)?.isDeleted == false)
    #expect(story.output.risks.count == 2)
  }

  @Test("a move backwards is counted, marked and named among the reasons")
  func regression() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal(.proposal))
    story.tell(.stageChanged, "D1", on: 2, Story.deal(.demo))
    #expect(story.engine.counters.regressions == 1)
    #expect(story.output.risks[1].flags.contains(.regressed))
    #expect(story.output.risks[1].reasons.contains("it has moved backwards in the funnel"))
  }

  @Test("a deal with more than three describing fields missing is scored all the same and marked")
  func missingFields() {
    var story = Story()
    story.tell(.created, "D1", on: 0, Story.deal(amount: nil, rep: nil, industry: nil))
    story.tell(.created, "D2", on: 0, Story.deal(amount: nil, rep: nil, industry: nil, source: nil))
    #expect(story.output.risks.map { $0.flags.contains(.missingFields) } == [false, true])
  }

  @Test("an amount in a currency without a rate counts as none and is marked; one with a rate is converted")
  func currencies() throws {
    let euro = try #require(Currency("EUR"))
    var settings = EngineSettings()
    settings.currencies.rates[euro] = 1.1
    var story = Story(settings: settings)
    var deal = Story.deal()
    deal.amount = Amount(units: 1_000, currency: euro)
    story.tell(.created, "D1", on: 0, deal)
    deal.amount = Amount(units: 1_000, currency: try #require(Currency("XXX")))
    story.tell(.created, "D2", on: 0, deal)
    #expect(story.output.risks[0].amount == Money(cents: 110_000))
    #expect(story.output.risks[1].amount == nil)
    #expect(story.output.risks[1].flags.contains(.unknownCurrency))
  }
}
