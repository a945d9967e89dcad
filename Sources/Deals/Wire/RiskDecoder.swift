/// Reads records of `deals.risk`. Belongs to one thread.
public final class RiskDecoder {
  private let reader = JSONReader()
  private let symbols = SymbolCache()

  /// A decoder.
  public init() {}

  /// Reads a risk event.
  ///
  /// - Throws: `DecodeFailure`.
  public func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> RiskEvent {
    let symbols = symbols
    return try reader.read(bytes) { root throws(DecodeFailure) in
      var fields = RiskFields()
      try root.forEachMember { key, value throws(DecodeFailure) in try fields.read(key, value, symbols) }
      return try fields.event()
    }
  }
}

private struct RiskFields {
  var eventID: EventID?
  var dealID: DealID?
  var trigger: RiskTrigger?
  var score: RiskScore?
  var winProbability: Probability?
  var tier: RiskTier?
  var percentile: Double?
  var previousScore: RiskScore?
  var previousTier: RiskTier?
  var components: [RiskComponent] = []
  var reasons: [RiskReason] = []
  var actions: [RecommendedAction] = []
  var flags: RiskFlags = []
  var amount: Money?
  var descriptors = Descriptors()
  var stage: Stage?
  var ageDays = 0
  var daysInStage = 0
  var expectedCloseAt: Timestamp?
  var model: Symbol?
  var configurationHash: Symbol?
  var partition: Int32?
  var offset: Int64?
  var baselineOffset: Int64?
  var occurredAt: Timestamp?
  var scoredAt: Timestamp?
  var mode: ProcessingMode?

  mutating func read(_ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) {
    if value.isNull { return }
    switch key {
    case .eventID: eventID = EventID(text: try value.string(key))
    case .dealID: dealID = try value.dealID(key)
    case .trigger: trigger = try value.word(key, RiskTrigger.allCases, \.name)
    case .mode: mode = try value.word(key, ProcessingMode.allCases, \.name)
    case .tier: tier = try value.tier(key)
    case .previousTier: previousTier = try value.tier(key)
    case .score: score = RiskScore(points: try value.number(key))
    case .previousScore: previousScore = RiskScore(points: try value.number(key))
    case .winProbability: winProbability = Probability(try value.number(key))
    case .percentile: percentile = try value.number(key)
    case .components:
      components = try value.array(key) { element throws(DecodeFailure) in
        try element.component(symbols)
      }
    case .reasons:
      reasons = try value.array(key) { element throws(DecodeFailure) in
        .words(try element.string(key))
      }
    case .actions: actions = try value.array(key) { element throws(DecodeFailure) in try element.action(symbols) }
    case .flags: flags = try value.flags(key)
    default: try readDealAndOrigin(key, value, symbols)
    }
  }

  private mutating func readDealAndOrigin(
    _ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache
  ) throws(DecodeFailure) {
    switch key {
    case .amount: amount = try value.money(key)
    case .stage: stage = try value.stage(key)
    case .ageDays: ageDays = Int(try value.integer(key))
    case .daysInStage: daysInStage = Int(try value.integer(key))
    case .expectedCloseAt: expectedCloseAt = try value.timestamp(key)
    case .model: model = try value.symbol(key, symbols)
    case .configurationHash: configurationHash = try value.symbol(key, symbols)
    case .sourcePartition: partition = try value.integer(key, in: 0...Int32.max)
    case .sourceOffset: offset = try value.integer(key)
    case .baselineOffset: baselineOffset = try value.integer(key)
    case .occurredAt: occurredAt = try value.timestamp(key)
    case .scoredAt: scoredAt = try value.timestamp(key)
    default: try value.readDescriptor(key, symbols, into: &descriptors)
    }
  }

  func event() throws(DecodeFailure) -> RiskEvent {
    guard let eventID else { throw missing("event_id") }
    guard let dealID else { throw missing("deal_id") }
    guard let trigger else { throw missing("trigger") }
    guard let score else { throw missing("score") }
    guard let winProbability else { throw missing("win_probability") }
    guard let tier else { throw missing("tier") }
    guard let stage else { throw missing("stage") }
    guard let model else { throw missing("model") }
    guard let configurationHash else { throw missing("configuration_hash") }
    guard let partition else { throw missing("source_partition") }
    guard let offset else { throw missing("source_offset") }
    guard let baselineOffset else { throw missing("baseline_offset") }
    guard let occurredAt else { throw missing("occurred_at") }
    guard let scoredAt else { throw missing("scored_at") }
    guard let mode else { throw missing("mode") }
    return RiskEvent(
      eventID: eventID, dealID: dealID, trigger: trigger, score: score, winProbability: winProbability, tier: tier,
      percentile: percentile, previousScore: previousScore, previousTier: previousTier, components: components,
      reasons: reasons, actions: actions, flags: flags, amount: amount, descriptors: descriptors, stage: stage,
      ageDays: ageDays, daysInStage: daysInStage, expectedCloseAt: expectedCloseAt, model: model,
      configurationHash: configurationHash, source: SourcePosition(partition: partition, offset: offset),
      baselineOffset: baselineOffset, occurredAt: occurredAt, scoredAt: scoredAt, mode: mode)
  }
}

extension JSONValue {
  fileprivate func word<Word>(
    _ key: WireKey, _ words: [Word], _ name: (Word) -> String
  ) throws(DecodeFailure) -> Word {
    let text = try string(key)
    guard let word = words.first(where: { name($0) == text }) else { throw unknownWord(key) }
    return word
  }

  fileprivate func array<Element>(
    _ key: WireKey, _ read: (JSONValue) throws(DecodeFailure) -> Element
  ) throws(DecodeFailure) -> [Element] {
    var elements: [Element] = []
    let isArray = try forEachElement { element throws(DecodeFailure) in elements.append(try read(element)) }
    guard isArray else { throw wrongType(key, "an array") }
    return elements
  }

  fileprivate func component(_ symbols: SymbolCache) throws(DecodeFailure) -> RiskComponent {
    var component = RiskComponent(
      factor: Symbol(""), value: nil, winRate: nil, deals: 0, weight: 0, contribution: 0)
    try forEachMember { key, value throws(DecodeFailure) in
      if value.isNull { return }
      switch key {
      case .factor: component.factor = try value.symbol(key, symbols)
      case .value: component.value = try value.symbol(key, symbols)
      case .winRate: component.winRate = try value.number(key)
      case .deals: component.deals = Int(try value.integer(key))
      case .weight: component.weight = try value.number(key)
      case .contribution: component.contribution = try value.number(key)
      default: return
      }
    }
    return component
  }

  fileprivate func action(_ symbols: SymbolCache) throws(DecodeFailure) -> RecommendedAction {
    var id: Symbol?
    var text = ""
    try forEachMember { key, value throws(DecodeFailure) in
      switch key {
      case .id: id = try value.symbol(key, symbols)
      case .text: text = try value.string(key)
      default: return
      }
    }
    guard let id else { throw missing("actions.id") }
    return RecommendedAction(id: id, text: text)
  }
}
