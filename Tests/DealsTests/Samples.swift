import Deals

/// Seeded random values of every message, for round trips.
struct Samples {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func number(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }

  mutating func chance() -> Double { Double(number(1 << 52)) / Double(1 << 52) }
  mutating func pick<Value>(_ values: [Value]) -> Value { values[number(values.count)] }
  mutating func maybe<Value>(_ make: (inout Samples) -> Value) -> Value? { number(3) == 0 ? nil : make(&self) }
  mutating func instant() -> Timestamp { Timestamp(milliseconds: Int64(number(4_102_444_800_000))) }
  mutating func id() -> DealID { DealID(pick(["D1", "a b", "Ü\"x\\", "006Dn000001AbCd"]) + String(number(999)))! }
  mutating func symbol() -> Symbol { Symbol(pick(["rep_1", "North America", "\"q\"\n", "Ωmega", "x\u{1}y"])) }
  mutating func money() -> Money { Money(cents: Int64(number(10_000_000_000))) }
  mutating func event() -> EventID { EventID(high: UInt64(number(.max)), low: UInt64(number(.max))) }

  mutating func descriptors() -> Descriptors {
    Descriptors(
      rep: maybe { $0.symbol() }, industry: maybe { $0.symbol() }, region: maybe { $0.symbol() },
      productType: maybe { $0.symbol() }, leadSource: maybe { $0.symbol() })
  }

  mutating func prediction() -> Prediction {
    Prediction(
      model: "weighted-v1", winProbability: Probability(chance()), score: RiskScore(tenths: number(1_001)),
      scoredAt: instant(), baselineOffset: Int64(number(1_000_000)))
  }

  mutating func change() -> DealChange {
    let created = instant()
    let kind = pick(ChangeKind.allCases)
    let closedAt = created.adding(milliseconds: Int64(number(1_000_000_000)))
    let status: DealStatus
    switch kind {
    case .closed: status = number(2) == 0 ? .won(at: closedAt) : .lost(at: closedAt, reason: maybe { $0.symbol() })
    default: status = .open
    }
    let deal = Deal(
      createdAt: created, stage: pick(Stage.allCases),
      amount: maybe { Amount(units: $0.chance() * 1e6, currency: Currency("EUR")!)! }, descriptors: descriptors(),
      expectedCloseAt: maybe { $0.instant() }, status: status,
      engagement: maybe {
        Engagement(
          lastContactAt: $0.maybe { $0.instant() }, emails30Days: $0.maybe { Int32($0.number(99)) },
          meetings30Days: $0.maybe { Int32($0.number(99)) }, stakeholders: $0.maybe { Int32($0.number(99)) })
      })
    return DealChange(
      eventID: event(), dealID: id(), kind: kind, occurredAt: instant(),
      previousStage: maybe { $0.pick(Stage.allCases) },
      isSynthetic: number(2) == 0, deal: deal)
  }

  mutating func closedDeal() -> ClosedDeal {
    let outcome = pick(Outcome.allCases)
    return ClosedDeal(
      outcome: outcome, closedAt: instant(), createdAt: instant(), stage: pick(Stage.allCases),
      amount: maybe { $0.money() }, descriptors: descriptors(),
      lossReason: outcome == .lost ? maybe { $0.symbol() } : nil,
      predictions: Predictions((0..<number(3)).map { _ in prediction() }))
  }

  mutating func entry() -> LedgerEntry {
    let content: LedgerEntry.Content
    switch number(3) {
    case 0: content = .adds(closedDeal())
    case 1: content = .retracts(closedDeal())
    default: content = .amends(from: closedDeal(), to: closedDeal())
    }
    return LedgerEntry(
      source: SourcePosition(partition: Int32(number(99)), offset: Int64(number(1 << 40))), dealID: id(),
      occurredAt: instant(), content: content)
  }

  mutating func dealState() -> DealState {
    let status: DealStatus
    switch number(3) {
    case 0: status = .open
    case 1: status = .won(at: instant())
    default: status = .lost(at: instant(), reason: maybe { $0.symbol() })
    }
    return DealState(
      createdAt: instant(), stage: pick(Stage.allCases), stageEnteredAt: instant(), amount: maybe { $0.money() },
      descriptors: descriptors(), expectedCloseAt: maybe { $0.instant() }, status: status, lastChangedAt: instant(),
      recentEvents: RecentEvents(first: UInt64(number(.max)), second: UInt64(number(.max))),
      agedSteps: UInt8(number(4)), regressions: UInt8(number(256)), flags: RiskFlags(rawValue: UInt8(number(64))),
      tier: maybe { $0.pick(RiskTier.allCases) }, prediction: maybe { $0.prediction() },
      challenger: maybe { $0.prediction() }, isDeleted: number(4) == 0)
  }

  mutating func risk() -> RiskEvent {
    RiskEvent(
      eventID: event(), dealID: id(), trigger: pick(RiskTrigger.allCases), score: RiskScore(tenths: number(1_001)),
      winProbability: Probability(chance()), tier: pick(RiskTier.allCases),
      percentile: maybe { Double($0.number(1_001)) / 10 }, previousScore: maybe { RiskScore(tenths: $0.number(1_001)) },
      previousTier: maybe { $0.pick(RiskTier.allCases) },
      components: (0..<number(6)).map { _ in
        RiskComponent(
          factor: "rep", value: maybe { $0.symbol() }, winRate: maybe { $0.chance() }, deals: number(999),
          weight: chance(), contribution: chance() * 100)
      }, reasons: (0..<number(4)).map { _ in .words(symbol().text) },
      actions: (0..<number(3)).map { _ in RecommendedAction(id: "a", text: symbol().text) },
      flags: RiskFlags(rawValue: UInt8(number(64))), amount: maybe { $0.money() }, descriptors: descriptors(),
      stage: pick(Stage.allCases), ageDays: number(999), daysInStage: number(999),
      expectedCloseAt: maybe { $0.instant() }, model: "weighted-v1", configurationHash: "default",
      source: SourcePosition(partition: Int32(number(99)), offset: Int64(number(1 << 40))),
      baselineOffset: Int64(number(1 << 40)), occurredAt: instant(), scoredAt: instant(),
      mode: pick(ProcessingMode.allCases))
  }
}
