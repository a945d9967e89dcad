import Deals
import Simulation
import Testing

@Suite struct DealSimulatorTests {
  private func events(_ edit: (inout SimulationSettings) -> Void = { _ in }) -> [SimulatedEvent] {
    var settings = SimulationSettings()
    edit(&settings)
    return Array(DealSimulator(settings))
  }

  private func changes(_ events: [SimulatedEvent]) -> [DealChange] {
    events.compactMap { if case .change(let change) = $0.content { change } else { nil } }
  }

  @Test("a seed gives the same events each time, another seed others")
  func determinism() {
    let first = changes(events())
    #expect(first == changes(events()))
    #expect(first != changes(events { $0.seed = 2 }))
    #expect(first.count == 10_000)
  }

  @Test("events come in the order of time, but for those that are marked")
  func order() {
    var last = Timestamp(milliseconds: .min)
    for event in events({
      $0.lateShare = 0.05; $0.duplicateShare = 0.05
    }) where !event.isLate && !event.isDuplicate {
      #expect(event.time >= last)
      last = event.time
    }
  }

  @Test("late, repeated and malformed events have about the shares that were asked for")
  func shares() {
    let all = events {
      $0.lateShare = 0.05
      $0.duplicateShare = 0.05
      $0.malformedShare = 0.02
      $0.events = 40_000
    }
    let malformed = all.count { if case .malformed = $0.content { true } else { false } }
    #expect((700...900).contains(malformed))
    #expect((1_600...2_400).contains(all.count { $0.isDuplicate }))
    // Only later changes of a deal can be late, not its creation.
    #expect((1_000...2_100).contains(all.count { $0.isLate }))
  }

  @Test("every event that is not malformed reads back as it was written")
  func readable() throws {
    let decoder = ChangeDecoder()
    var writer = JSONWriter()
    for change in changes(events()) {
      writer.removeAll()
      writer.change(change)
      #expect(try writer.bytes.withUnsafeBytes { try decoder.decode($0, now: nil) } == change)
    }
  }

  @Test("a malformed event is refused")
  func malformed() {
    let decoder = ChangeDecoder()
    for event in events({
      $0.malformedShare = 1; $0.events = 200
    }) {
      guard case .malformed(let bytes, _) = event.content else { continue }
      #expect(throws: DecodeFailure.self) { try bytes.withUnsafeBytes { try decoder.decode($0, now: nil) } }
    }
  }

  @Test("outcomes follow the true chances, and a planted effect is in them from its day on")
  func truth() {
    var settings = SimulationSettings()
    settings.events = 200_000
    let day = Day(number: settings.start.number + 400)
    settings.effects = [
      SimulationSettings.Effect(dimension: .industry, value: "EdTech", from: day, change: -0.2)
    ]
    var simulator = DealSimulator(settings)
    var industries: [DealID: Symbol] = [:]
    while let event = simulator.next() {
      if case .change(let change) = event.content { industries[change.dealID] = change.deal.descriptors.industry }
    }
    func mean(_ include: (SimulatedTruth) -> Bool, _ value: (SimulatedTruth) -> Double) -> Double {
      let kept = simulator.truths.filter(include)
      return kept.reduce(0) { $0 + value($1) } / Double(kept.count)
    }
    let rate = mean({ _ in true }, { $0.outcome == .won ? 1 : 0 })
    #expect(abs(rate - mean({ _ in true }, \.winProbability)) < 0.01)
    let before = mean({ industries[$0.dealID] == "EdTech" && $0.closedAt.day < day }, \.winProbability)
    let after = mean({ industries[$0.dealID] == "EdTech" && $0.closedAt.day >= day }, \.winProbability)
    #expect(abs(before - after - 0.2) < 0.02)
  }
}
