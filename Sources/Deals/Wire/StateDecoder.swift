/// A record of `deals.state`.
public enum ChangelogRecord: Hashable, Sendable {
  /// A deal; nil is its tombstone.
  case deal(DealID, DealState?)
  /// How far the twin partition was processed, the group's member that wrote so within a transaction (nil without one), and
  /// how many partitions deals.changes had then (nil in records of older versions).
  case position(ChangelogPosition, writer: String?, partitions: Int?)
}

/// Reads records of `deals.state`. Belongs to one thread.
public final class StateDecoder {
  private let reader = JSONReader()
  private let symbols = SymbolCache()

  /// A decoder.
  public init() {}

  /// Reads a record; `value` is nil for a tombstone.
  ///
  /// - Throws: `DecodeFailure`. A state that can't be read must stop the start: going on would forget deals.
  public func decode(
    key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?
  ) throws(DecodeFailure) -> ChangelogRecord {
    let keyText = String(decoding: key, as: UTF8.self)
    if keyText == ChangelogPosition.key {
      guard let value else { throw DecodeFailure(.tombstone, nil, "the position was deleted: restore the topic") }
      return try position(value)
    }
    guard let id = DealID(keyText) else {
      throw DecodeFailure(.invalidDealID, nil, "the key is no deal id: is this topic deals.state?")
    }
    guard let value else { return .deal(id, nil) }
    if let state = canonical(value) { return .deal(id, state) }
    return .deal(id, try general(value))
  }

  /// The state of a record as our own writer writes it; nil of any other record.
  func canonical(_ bytes: UnsafeRawBufferPointer) -> DealState? {
    CanonicalScanner.scan(bytes, symbols) { scanner throws(CanonicalScanner.Deviation) in try scanner.dealState() }
  }

  /// The state of any record.
  func general(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> DealState {
    let symbols = symbols
    return try reader.read(bytes) { root throws(DecodeFailure) in
      var fields = StateFields()
      try root.forEachMember { key, value throws(DecodeFailure) in try fields.read(key, value, symbols) }
      return try fields.state()
    }
  }

  private func position(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> ChangelogRecord {
    try reader.read(bytes) { root throws(DecodeFailure) in
      var nextOffset: Int64?
      var streamTime: Timestamp?
      var isLive = false
      var writer: String?
      var partitions: Int?
      try root.forEachMember { key, value throws(DecodeFailure) in
        switch key {
        case .version: try value.requireVersion()
        case .nextOffset: nextOffset = try value.integer(key)
        case .streamTime: streamTime = try value.timestamp(key)
        case .live: isLive = try value.boolean(key)
        case .writer: writer = try value.string(key)
        case .partitions: partitions = try value.integer(key, in: 1...Int(Int32.max))
        default: return
        }
      }
      guard let nextOffset else { throw missing("next_offset") }
      return .position(
        ChangelogPosition(nextOffset: nextOffset, streamTime: streamTime, isLive: isLive), writer: writer,
        partitions: partitions)
    }
  }
}

private struct StateFields {
  var createdAt: Timestamp?
  var stage: Stage?
  var stageEnteredAt: Timestamp?
  var amount: Money?
  var descriptors = Descriptors()
  var expectedCloseAt: Timestamp?
  var outcome: Outcome?
  var closedAt: Timestamp?
  var lossReason: Symbol?
  var lastChangedAt: Timestamp?
  var recentEvents = RecentEvents()
  var agedSteps: UInt8 = 0
  var regressions: UInt8 = 0
  var flags: RiskFlags = []
  var tier: RiskTier?
  var prediction: Prediction?
  var challenger: Prediction?
  var isDeleted = false

  mutating func read(_ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) {
    switch key {
    case .version: try value.requireVersion()
    case .createdAt: createdAt = try value.timestamp(key)
    case .stage: stage = try value.stage(key)
    case .stageEnteredAt: stageEnteredAt = try value.timestamp(key)
    case .amount: amount = try value.money(key)
    case .expectedCloseAt: expectedCloseAt = try value.timestamp(key)
    case .outcome: outcome = try value.outcome(key)
    case .closedAt: closedAt = try value.timestamp(key)
    case .lossReason: lossReason = try value.optionalSymbol(key, symbols)
    case .lastChangedAt: lastChangedAt = try value.timestamp(key)
    case .recentEvents: recentEvents = try Self.recentEvents(value)
    case .agedSteps: agedSteps = try value.integer(key, in: 0...UInt8.max)
    case .regressions: regressions = try value.integer(key, in: 0...UInt8.max)
    case .flags: flags = try value.flags(key)
    case .tier: tier = try value.tier(key)
    case .prediction: prediction = try value.prediction(symbols)
    case .challenger: challenger = try value.prediction(symbols)
    case .deleted: isDeleted = try value.boolean(key)
    default: try value.readDescriptor(key, symbols, into: &descriptors)
    }
  }

  private static func recentEvents(_ value: JSONValue) throws(DecodeFailure) -> RecentEvents {
    var words: [UInt64] = []
    let isArray = try value.forEachElement { element throws(DecodeFailure) in
      guard let utf8 = element.utf8, let word = UInt64(hexadecimal: utf8) else {
        throw element.wrongType(.recentEvents, "16 hexadecimal digits")
      }
      words.append(word)
    }
    guard isArray, words.count == 2 else { throw value.wrongType(.recentEvents, "an array of two") }
    return RecentEvents(first: words[0], second: words[1])
  }

  func state() throws(DecodeFailure) -> DealState {
    guard let createdAt else { throw missing("created_at") }
    guard let stage else { throw missing("stage") }
    guard let stageEnteredAt else { throw missing("stage_entered_at") }
    guard let lastChangedAt else { throw missing("last_changed_at") }
    let status: DealStatus
    switch (outcome, closedAt) {
    case (.won, let closedAt?): status = .won(at: closedAt)
    case (.lost, let closedAt?): status = .lost(at: closedAt, reason: lossReason)
    case (nil, _): status = .open
    case (_, nil): throw missing("closed_at")
    }
    return DealState(
      createdAt: createdAt, stage: stage, stageEnteredAt: stageEnteredAt, amount: amount, descriptors: descriptors,
      expectedCloseAt: expectedCloseAt, status: status, lastChangedAt: lastChangedAt, recentEvents: recentEvents,
      agedSteps: agedSteps, regressions: regressions, flags: flags, tier: tier, prediction: prediction,
      challenger: challenger, isDeleted: isDeleted)
  }
}

extension UInt64 {
  /// The number of 16 hexadecimal digits in lower case, else nil.
  init?(hexadecimal digits: UnsafeRawBufferPointer) {
    guard digits.count == 16 else { return nil }
    var word: UInt64 = 0
    for byte in digits {
      switch byte {
      case 0x30...0x39: word = word << 4 | UInt64(byte - 0x30)
      case 0x61...0x66: word = word << 4 | UInt64(byte - 0x61 + 10)
      default: return nil
      }
    }
    self = word
  }
}
