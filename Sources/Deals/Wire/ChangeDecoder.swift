/// Reads records of `deals.changes`. Belongs to one thread.
public final class ChangeDecoder {
  private let reader: JSONReader
  private let symbols = SymbolCache()
  /// How far ahead of the clock a change may be, in milliseconds: a later one would freeze stream time.
  private static let tolerance: Int64 = 24 * 3_600_000

  /// A decoder that reads records of at most so many bytes.
  public init(maximumBytes: Int = 1_000_000) { reader = JSONReader(maximumBytes: maximumBytes) }

  /// Reads a change.
  ///
  /// - Parameters:
  ///   - bytes: The record's value.
  ///   - now: The clock against which times in the future are refused; nil to accept any.
  /// - Throws: `DecodeFailure`; the record belongs to the dead letters then.
  public func decode(_ bytes: UnsafeRawBufferPointer, now: Timestamp?) throws(DecodeFailure) -> DealChange {
    let change = if let change = canonical(bytes) { change } else { try general(bytes) }
    if let now { try Self.refuseFuture(change, after: now.adding(milliseconds: Self.tolerance)) }
    return change
  }

  /// The change of a record as our own writer writes it; nil of any other record.
  @inline(__always)
  func canonical(_ bytes: UnsafeRawBufferPointer) -> DealChange? {
    guard bytes.count <= reader.maximumBytes else { return nil }
    return CanonicalScanner.scan(bytes, symbols) { scanner throws(CanonicalScanner.Deviation) in try scanner.change() }
  }

  /// The change of any record.
  func general(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> DealChange {
    let symbols = symbols
    return try reader.read(bytes) { root throws(DecodeFailure) in
      guard root.isObject else {
        throw DecodeFailure(.wrongType, nil, "a change must be a JSON object: send one in each record")
      }
      var fields = ChangeFields()
      try root.forEachMember { key, value throws(DecodeFailure) in try fields.read(key, value, symbols) }
      return try fields.change()
    }
  }

  /// Reads a record of `deals.changes` with its key.
  ///
  /// A tombstone is the deletion of the deal that the key names, at the record's own time. A key that is not the deal's
  /// id is refused: the record may lie in another partition than the deal's others.
  ///
  /// - Parameters:
  ///   - key: The record's key, nil for none.
  ///   - value: The record's value, nil for a tombstone.
  ///   - timestamp: The record's time, nil where it has none.
  ///   - source: Where the record stands: it identifies a tombstone.
  ///   - now: See `decode(_:now:)`.
  public func decode(
    key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Timestamp?, source: SourcePosition,
    now: Timestamp?
  ) throws(DecodeFailure) -> DealChange {
    guard let value else {
      let deletion = try Self.deletion(key, timestamp, source)
      if let now { try Self.refuseFuture(deletion, after: now.adding(milliseconds: Self.tolerance)) }
      return deletion
    }
    let change = try decode(value, now: now)
    if let key, !key.elementsEqual(change.dealID.text.utf8) {
      throw DecodeFailure(
        .keyMismatch, "deal_id", "the record's key is not its deal_id: produce changes with the deal_id as key")
    }
    return change
  }

  private static func deletion(
    _ key: UnsafeRawBufferPointer?, _ timestamp: Timestamp?, _ source: SourcePosition
  ) throws(DecodeFailure) -> DealChange {
    guard let key, let dealID = DealID(String(decoding: key, as: UTF8.self)), let timestamp else {
      throw DecodeFailure(
        .tombstone, nil, "a record without a value deletes a deal, but names none by its key: set the key")
    }
    guard Timestamp.writable.contains(timestamp) else {
      throw DecodeFailure(
        .invalidTimestamp, nil,
        "the time of the record lies beyond the year 9999 or before 0: correct the producer's clock")
    }
    let id = EventID(high: UInt64(UInt32(bitPattern: source.partition)), low: UInt64(bitPattern: source.offset))
    return DealChange(
      eventID: id, dealID: dealID, kind: .deleted, occurredAt: timestamp,
      deal: Deal(createdAt: timestamp, stage: .qualified))
  }

  private static func refuseFuture(_ change: DealChange, after limit: Timestamp) throws(DecodeFailure) {
    if change.occurredAt > limit { throw future("occurred_at", change.occurredAt) }
    if let closedAt = change.deal.status.closedAt, closedAt > limit { throw future("closed_at", closedAt) }
    if change.deal.createdAt > limit { throw future("created_at", change.deal.createdAt) }
  }

  private static func future(_ field: String, _ instant: Timestamp) -> DecodeFailure {
    DecodeFailure(
      .futureTimestamp, field,
      "\(field) is \(instant.rfc3339), more than 24 hours ahead of the clock: correct the source's clock or zone")
  }
}

/// The members of a change as they are met.
private struct ChangeFields {
  var eventID: EventID?
  var dealID: DealID?
  var kind: ChangeKind?
  var occurredAt: Timestamp?
  var previousStage: Stage?
  var isSynthetic = false
  var deal = DealFields()
  var hasDeal = false

  mutating func read(_ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) {
    switch key {
    case .eventID:
      guard let utf8 = value.utf8, !utf8.isEmpty else { throw value.wrongType(key, "a non-empty string") }
      eventID = EventID(utf8: utf8)
    case .dealID: if !value.isNull { dealID = try value.dealID(key) }
    case .change: kind = try value.changeKind(key)
    case .occurredAt: occurredAt = try value.timestamp(key)
    case .previousStage: previousStage = value.isNull ? nil : try value.stage(key)
    case .synthetic: isSynthetic = try value.boolean(key)
    case .version:
      let version = try value.integer(key)
      guard version == 1 else {
        throw DecodeFailure(
          .unsupportedVersion, key.name, "version \(version) is not known here, only 1: update this program")
      }
    case .deal:
      guard !value.isNull else { return }
      guard value.isObject else { throw value.wrongType(key, "an object") }
      // Read where it lies: copies of so many members cost more than some of them.
      if hasDeal { deal = DealFields() }
      hasDeal = true
      try value.forEachMember { key, value throws(DecodeFailure) in try deal.read(key, value, symbols) }
    default: return
    }
  }

  func change() throws(DecodeFailure) -> DealChange {
    guard let dealID else {
      throw DecodeFailure(.missingDealID, "deal_id", "there is no deal_id: send the CRM's id of the deal")
    }
    guard let eventID else { throw missing("event_id") }
    guard let kind else { throw missing("change") }
    guard let occurredAt else { throw missing("occurred_at") }
    let whole: Deal
    if hasDeal {
      whole = try deal.deal(kind, occurredAt)
    } else if kind == .deleted {
      // A CRM that deleted a deal may know nothing more of it; the engine keeps what it knew.
      whole = Deal(createdAt: occurredAt, stage: .qualified)
    } else {
      throw missing("deal")
    }
    return DealChange(
      eventID: eventID, dealID: dealID, kind: kind, occurredAt: occurredAt, previousStage: previousStage,
      isSynthetic: isSynthetic, deal: whole)
  }
}

/// The members of the deal within a change as they are met.
struct DealFields {
  var createdAt: Timestamp?
  var stage: Stage?
  var units: Double?
  var currency = Currency.usd
  var descriptors = Descriptors()
  var expectedCloseAt: Timestamp?
  var outcome: Outcome?
  var closedAt: Timestamp?
  var lossReason: Symbol?
  var engagement: Engagement?

  mutating func read(_ key: WireKey, _ value: JSONValue, _ symbols: SymbolCache) throws(DecodeFailure) {
    switch key {
    case .createdAt: createdAt = try value.timestamp(key)
    case .stage: stage = try value.stage(key)
    case .amount: units = value.isNull ? nil : try amount(value)
    case .currency: if !value.isNull { currency = try currency(value) }
    case .repID: descriptors.rep = try Self.describing(value, key, symbols)
    case .industry: descriptors.industry = try Self.describing(value, key, symbols)
    case .region: descriptors.region = try Self.describing(value, key, symbols)
    case .productType: descriptors.productType = try Self.describing(value, key, symbols)
    case .leadSource: descriptors.leadSource = try Self.describing(value, key, symbols)
    case .expectedCloseAt: expectedCloseAt = value.isNull ? nil : try value.timestamp(key)
    case .outcome: outcome = value.isNull ? nil : try value.outcome(key)
    case .closedAt: closedAt = value.isNull ? nil : try value.timestamp(key)
    case .lossReason: lossReason = try Self.describing(value, key, symbols)
    case .engagement: engagement = value.isNull ? nil : try Self.engagement(value)
    default: return
    }
  }

  /// The longest describing text, in bytes. A score repeats it several times, and each risk record must fit a message.
  private static let longestText = 256

  private static func describing(
    _ value: JSONValue, _ key: WireKey, _ symbols: SymbolCache
  ) throws(DecodeFailure) -> Symbol? {
    if let size = value.utf8?.count, size > longestText {
      throw DecodeFailure(
        .textTooLong, key.name, "\(key.name) has \(size) bytes, at most \(longestText) are kept: send it shorter")
    }
    return try value.optionalSymbol(key, symbols)
  }

  private func amount(_ value: JSONValue) throws(DecodeFailure) -> Double {
    let units = try value.number(.amount)
    if units < 0 {
      throw DecodeFailure(.negativeAmount, "amount", "the amount is \(units): send it as 0 or more, or null")
    }
    guard units <= 1e15 else {
      throw DecodeFailure(.invalidAmount, "amount", "the amount is \(units), above 1e15: correct it")
    }
    return units
  }

  private func currency(_ value: JSONValue) throws(DecodeFailure) -> Currency {
    guard let utf8 = value.utf8, let currency = Currency(utf8: utf8) else {
      throw DecodeFailure(
        .invalidCurrency, "currency", "the currency must be three capital letters, such as USD: correct it")
    }
    return currency
  }

  private static func engagement(_ value: JSONValue) throws(DecodeFailure) -> Engagement {
    guard value.isObject else { throw value.wrongType(.engagement, "an object") }
    var engagement = Engagement()
    try value.forEachMember { key, value throws(DecodeFailure) in
      guard !value.isNull else { return }
      switch key {
      case .lastContactAt: engagement.lastContactAt = try value.timestamp(key)
      case .emails30Days: engagement.emails30Days = try value.integer(key, in: 0...Int32.max)
      case .meetings30Days: engagement.meetings30Days = try value.integer(key, in: 0...Int32.max)
      case .stakeholders: engagement.stakeholders = try value.integer(key, in: 0...Int32.max)
      default: return
      }
    }
    return engagement
  }

  func deal(_ kind: ChangeKind, _ occurredAt: Timestamp) throws(DecodeFailure) -> Deal {
    guard let createdAt else { throw missing("deal.created_at") }
    guard let stage else { throw missing("deal.stage") }
    return Deal(
      createdAt: createdAt, stage: stage, amount: units.flatMap { Amount(units: $0, currency: currency) },
      descriptors: descriptors, expectedCloseAt: expectedCloseAt,
      status: try status(kind, createdAt, occurredAt), engagement: engagement)
  }

  private func status(
    _ kind: ChangeKind, _ createdAt: Timestamp, _ occurredAt: Timestamp
  ) throws(DecodeFailure) -> DealStatus {
    guard let outcome else {
      if kind == .closed {
        throw DecodeFailure(
          .closeWithoutOutcome, "outcome", "a closed deal needs an outcome: send won or lost")
      }
      if closedAt != nil {
        throw DecodeFailure(
          .closeWithoutOutcome, "closed_at", "there is a closed_at but no outcome: send both or neither")
      }
      return .open
    }
    if kind == .created && closedAt == nil || kind == .reopened {
      throw DecodeFailure(
        .openWithOutcome, "outcome",
        "a deal that is \(kind.name) is open and has no outcome: send null, or the change closed")
    }
    guard let closedAt = closedAt ?? (kind == .closed ? occurredAt : nil) else {
      throw DecodeFailure(
        .openWithOutcome, "closed_at", "there is an outcome but no closed_at: send both or neither")
    }
    guard closedAt >= createdAt else {
      throw DecodeFailure(
        .closeBeforeCreation, "closed_at", "the deal closed before it was created: correct one of the two")
    }
    return outcome == .won ? .won(at: closedAt) : .lost(at: closedAt, reason: lossReason)
  }
}

/// A failure for a member that is not there.
func missing(_ field: String) -> DecodeFailure {
  DecodeFailure(.missingField, field, "\(field) is missing: send it with every record")
}
