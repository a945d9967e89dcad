/// Values as the vocabulary's types. Each throws with the field's name where the value is not of the type.
extension JSONValue {
  func string(_ key: WireKey) throws(DecodeFailure) -> String {
    guard let string else { throw wrongType(key, "a string") }
    return string
  }

  func number(_ key: WireKey) throws(DecodeFailure) -> Double {
    guard let number else { throw wrongType(key, "a number") }
    return number
  }

  func integer(_ key: WireKey) throws(DecodeFailure) -> Int64 {
    guard let integer else { throw wrongType(key, "a whole number") }
    return integer
  }

  func boolean(_ key: WireKey) throws(DecodeFailure) -> Bool {
    guard let boolean else { throw wrongType(key, "true or false") }
    return boolean
  }

  func integer<Value: FixedWidthInteger>(
    _ key: WireKey, in range: ClosedRange<Value>
  ) throws(DecodeFailure) -> Value {
    let integer = try integer(key)
    guard let value = Value(exactly: integer), range.contains(value) else {
      throw DecodeFailure(
        .outOfRange, key.name,
        "\(key.name) is \(integer), it must be \(range.lowerBound) to \(range.upperBound): correct it")
    }
    return value
  }

  func timestamp(_ key: WireKey) throws(DecodeFailure) -> Timestamp {
    guard let utf8 else { throw wrongType(key, "a time") }
    guard let instant = Timestamp(rfc3339: utf8) else {
      throw DecodeFailure(
        .invalidTimestamp, key.name,
        "\(key.name) is no RFC 3339 time: write it like 2024-02-10T09:30:00Z")
    }
    return instant
  }

  func stage(_ key: WireKey) throws(DecodeFailure) -> Stage {
    guard let utf8 else { throw wrongType(key, "a stage") }
    // The five stages have five different lengths, so one comparison is enough.
    let stage: Stage? =
      switch utf8.count {
      case 9 where equals("Qualified"): .qualified
      case 4 where equals("Demo"): .demo
      case 8 where equals("Proposal"): .proposal
      case 11 where equals("Negotiation"): .negotiation
      case 6 where equals("Closed"): .closed
      default: nil
      }
    guard let stage else {
      throw DecodeFailure(
        .unknownStage, key.name,
        "the stage \(quoted) does not exist: map it to one of \(Stage.allCases.map(\.name).joined(separator: ", "))")
    }
    return stage
  }

  func changeKind(_ key: WireKey) throws(DecodeFailure) -> ChangeKind {
    // Compared in place: this is read with every change.
    if equals("stage_changed") { return .stageChanged }
    if equals("updated") { return .updated }
    if equals("engagement") { return .engagement }
    if equals("created") { return .created }
    if equals("closed") { return .closed }
    let name = try string(key)
    guard let kind = ChangeKind(name: name) else {
      let names = ChangeKind.allCases.map(\.name).joined(separator: ", ")
      throw DecodeFailure(
        .unknownChange, key.name, "the change \"\(name.prefix(40))\" does not exist: write one of \(names)")
    }
    return kind
  }

  func outcome(_ key: WireKey) throws(DecodeFailure) -> Outcome {
    if equals("won") { return .won }
    if equals("lost") { return .lost }
    let text = try string(key)
    guard let outcome = Outcome.allCases.first(where: { $0.name == text.lowercased() }) else {
      throw DecodeFailure(.unknownOutcome, key.name, "the outcome \(quoted) does not exist: write won or lost")
    }
    return outcome
  }

  func dealID(_ key: WireKey) throws(DecodeFailure) -> DealID {
    guard let utf8 else { throw wrongType(key, "a string") }
    if utf8.isEmpty {
      throw DecodeFailure(.missingDealID, key.name, "the deal id is empty: send the CRM's id of the deal")
    }
    guard let id = DealID(utf8: utf8) else {
      throw DecodeFailure(
        .invalidDealID, key.name,
        "a deal id has 1 to \(DealID.maximumBytes) bytes, no control characters and no # in front: correct it")
    }
    return id
  }

  func money(_ key: WireKey) throws(DecodeFailure) -> Money {
    guard let amount = Money(units: try number(key)) else {
      throw DecodeFailure(.invalidAmount, key.name, "\(key.name) is too large: correct it")
    }
    return amount
  }

  func symbol(_ key: WireKey, _ symbols: SymbolCache) throws(DecodeFailure) -> Symbol {
    guard let utf8 else { throw wrongType(key, "a string") }
    return symbols.symbol(for: utf8)
  }

  /// A symbol, or nil of null and of an empty text: a CRM writes both for a field that was not filled in.
  func optionalSymbol(_ key: WireKey, _ symbols: SymbolCache) throws(DecodeFailure) -> Symbol? {
    if isNull || utf8?.isEmpty == true { return nil }
    return try symbol(key, symbols)
  }

  func wrongType(_ key: WireKey, _ expected: String) -> DecodeFailure {
    DecodeFailure(.wrongType, key.name, "\(key.name) must be \(expected): correct its type")
  }

  /// The beginning of a text for a message, so that a hostile one does not fill the log.
  private var quoted: String { "\"\(String((string ?? "").prefix(40)))\"" }
}
