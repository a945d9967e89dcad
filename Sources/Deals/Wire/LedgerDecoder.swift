/// Reads records of `deals.outcomes`. Belongs to one thread.
public final class LedgerDecoder {
  private let reader = JSONReader()
  private let symbols = SymbolCache()

  /// A decoder.
  public init() {}

  /// Reads an entry.
  ///
  /// - Throws: `DecodeFailure`. A ledger that can't be read can't be skipped over in silence: the baselines would differ.
  public func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> LedgerEntry {
    if let entry = canonical(bytes) { return entry }
    return try general(bytes)
  }

  /// The entry of a record as our own writer writes it; nil of any other record.
  func canonical(_ bytes: UnsafeRawBufferPointer) -> LedgerEntry? {
    CanonicalScanner.scan(bytes, symbols) { scanner throws(CanonicalScanner.Deviation) in try scanner.ledgerEntry() }
  }

  /// The entry of any record.
  func general(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> LedgerEntry {
    let symbols = symbols
    return try reader.read(bytes) { root throws(DecodeFailure) in
      var fields = LedgerFields()
      try root.forEachMember { key, value throws(DecodeFailure) in try fields.read(key, value, symbols) }
      return try fields.entry()
    }
  }
}

private struct LedgerFields {
  var partition: Int32?
  var offset: Int64?
  var dealID: DealID?
  var occurredAt: Timestamp?
  var adds: ClosedDeal?
  var retracts: ClosedDeal?

  mutating func read(_ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) {
    switch key {
    case .version: try value.requireVersion()
    case .sourcePartition: partition = try value.integer(key, in: 0...Int32.max)
    case .sourceOffset: offset = try value.integer(key)
    case .dealID: dealID = try value.dealID(key)
    case .occurredAt: occurredAt = try value.timestamp(key)
    case .adds: adds = try ClosedDealFields.read(value, symbols)
    case .retracts: retracts = try ClosedDealFields.read(value, symbols)
    default: return
    }
  }

  func entry() throws(DecodeFailure) -> LedgerEntry {
    guard let partition else { throw missing("source_partition") }
    guard let offset else { throw missing("source_offset") }
    guard let dealID else { throw missing("deal_id") }
    guard let occurredAt else { throw missing("occurred_at") }
    let content: LedgerEntry.Content
    switch (retracts, adds) {
    case (nil, let adds?): content = .adds(adds)
    case (let retracts?, nil): content = .retracts(retracts)
    case (let retracts?, let adds?): content = .amends(from: retracts, to: adds)
    case (nil, nil): throw missing("adds or retracts")
    }
    return LedgerEntry(
      source: SourcePosition(partition: partition, offset: offset), dealID: dealID, occurredAt: occurredAt,
      content: content)
  }
}

private struct ClosedDealFields {
  var outcome: Outcome?
  var closedAt: Timestamp?
  var createdAt: Timestamp?
  var stage: Stage?
  var amount: Money?
  var descriptors = Descriptors()
  var lossReason: Symbol?
  var predictions = Predictions()

  static func read(_ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) -> ClosedDeal {
    var fields = ClosedDealFields()
    try value.forEachMember { key, value throws(DecodeFailure) in try fields.read(key, value, symbols) }
    guard let outcome = fields.outcome else { throw missing("outcome") }
    guard let closedAt = fields.closedAt else { throw missing("closed_at") }
    guard let createdAt = fields.createdAt else { throw missing("created_at") }
    guard let stage = fields.stage else { throw missing("stage") }
    return ClosedDeal(
      outcome: outcome, closedAt: closedAt, createdAt: createdAt, stage: stage, amount: fields.amount,
      descriptors: fields.descriptors, lossReason: fields.lossReason, predictions: fields.predictions)
  }

  mutating func read(_ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) {
    switch key {
    case .outcome: outcome = try value.outcome(key)
    case .closedAt: closedAt = try value.timestamp(key)
    case .createdAt: createdAt = try value.timestamp(key)
    case .stage: stage = try value.stage(key)
    case .amount: amount = value.isNull ? nil : try value.money(key)
    case .lossReason: lossReason = try value.optionalSymbol(key, symbols)
    case .predictions:
      var list = Predictions()
      let isArray = try value.forEachElement { element throws(DecodeFailure) in
        list.append(try element.prediction(symbols))
      }
      guard isArray else { throw value.wrongType(key, "an array") }
      predictions = list
    default: try value.readDescriptor(key, symbols, into: &descriptors)
    }
  }
}

extension JSONValue {
  /// Takes in one of the five describing members; any other is passed over.
  func readDescriptor(
    _ key: WireKey, _ symbols: SymbolCache, into descriptors: inout Descriptors
  ) throws(DecodeFailure) {
    switch key {
    case .repID: descriptors.rep = try optionalSymbol(key, symbols)
    case .industry: descriptors.industry = try optionalSymbol(key, symbols)
    case .region: descriptors.region = try optionalSymbol(key, symbols)
    case .productType: descriptors.productType = try optionalSymbol(key, symbols)
    case .leadSource: descriptors.leadSource = try optionalSymbol(key, symbols)
    default: return
    }
  }

  func prediction(_ symbols: SymbolCache) throws(DecodeFailure) -> Prediction {
    var model: Symbol?
    var winProbability: Double?
    var score: Double?
    var scoredAt: Timestamp?
    var baselineOffset: Int64?
    try forEachMember { key, value throws(DecodeFailure) in
      switch key {
      case .model: model = try value.symbol(key, symbols)
      case .winProbability: winProbability = try value.number(key)
      case .score: score = try value.number(key)
      case .scoredAt: scoredAt = try value.timestamp(key)
      case .baselineOffset: baselineOffset = try value.integer(key)
      default: return
      }
    }
    guard let model, let winProbability, let score, let scoredAt, let baselineOffset else {
      throw missing("a member of a prediction")
    }
    return Prediction(
      model: model, winProbability: Probability(winProbability), score: RiskScore(points: score),
      scoredAt: scoredAt, baselineOffset: baselineOffset)
  }

  func requireVersion() throws(DecodeFailure) {
    let version = try integer(.version)
    guard version == 1 else {
      throw DecodeFailure(
        .unsupportedVersion, "version", "version \(version) is not known here, only 1: update this program")
    }
  }

  func tier(_ key: WireKey) throws(DecodeFailure) -> RiskTier {
    guard let text = string, let tier = RiskTier(name: text) else { throw unknownWord(key) }
    return tier
  }

  func flags(_ key: WireKey) throws(DecodeFailure) -> RiskFlags {
    var flags: RiskFlags = []
    let isArray = try forEachElement { element throws(DecodeFailure) in
      guard let text = element.string, let bit = RiskFlags.names.firstIndex(of: text) else {
        throw element.unknownWord(key)
      }
      flags.insert(RiskFlags(rawValue: 1 << bit))
    }
    guard isArray else { throw wrongType(key, "an array") }
    return flags
  }

  func unknownWord(_ key: WireKey) -> DecodeFailure {
    DecodeFailure(
      .unknownWord, key.name, "\"\((string ?? "").prefix(40))\" is no \(key.name) that this program knows: update it")
  }
}
