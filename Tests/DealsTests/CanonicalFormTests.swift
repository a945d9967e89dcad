import Testing

@testable import Deals

/// The fast way of reading says yes only where the general one does, and then to the same value.
@Suite struct CanonicalFormTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    write(&writer)
    return writer.bytes
  }

  /// A record whose sample texts need no escapes any more, so that a mutation is all by which it deviates.
  private func withoutEscapes(_ record: [UInt8]) -> [UInt8] {
    let text = String(decoding: record, as: UTF8.self)
    let plain = text.replacing(#"Ü\"x\\"#, with: "D").replacing(#"\"q\"\n"#, with: "q").replacing(
      #"x\u0001y"#, with: "xy")
    return Array(plain.utf8)
  }

  private static let reason: Symbol = "price"

  private static func deal(_ outcome: Outcome, predictions: Int) -> ClosedDeal {
    let instant = Timestamp(milliseconds: 1_700_000_000_250)
    let prediction = Prediction(
      model: "weighted-v1", winProbability: Probability(0.49339702446379596), score: RiskScore(tenths: 507),
      scoredAt: Timestamp(milliseconds: 1_699_000_000_000), baselineOffset: 21_912)
    return ClosedDeal(
      outcome: outcome, closedAt: instant, createdAt: instant.adding(days: -40), stage: .proposal,
      amount: Money(cents: 1_234_567),
      descriptors: Descriptors(
        rep: "rep_1", industry: "SaaS", region: "Österreich", productType: "Pro", leadSource: "Inbound"),
      lossReason: outcome == .lost ? reason : nil,
      predictions: Predictions(Array(repeating: prediction, count: predictions)))
  }

  @Test(
    "an entry as we write it is read the fast way, once its symbols are known",
    arguments: [
      LedgerEntry.Content.adds(deal(.won, predictions: 1)), .adds(deal(.lost, predictions: 0)),
      .retracts(deal(.lost, predictions: 3)),
      .amends(from: deal(.won, predictions: 1), to: deal(.lost, predictions: 2)),
    ])
  func entries(content: LedgerEntry.Content) throws {
    let entry = LedgerEntry(
      source: SourcePosition(partition: 11, offset: 12_345_678_901), dealID: try #require(DealID("006Dn000001AbCdEFG")),
      occurredAt: Timestamp(milliseconds: 1_700_000_000_000), content: content)
    let bytes = written { $0.ledgerEntry(entry) }
    let decoder = LedgerDecoder()
    let before = bytes.withUnsafeBytes { decoder.canonical($0) }
    #expect(before == nil)
    #expect(try bytes.withUnsafeBytes { try decoder.decode($0) } == entry)
    let after = bytes.withUnsafeBytes { decoder.canonical($0) }
    #expect(after == entry)
  }

  @Test("a state as we write it is read the fast way, once its symbols are known", arguments: 0..<8)
  func states(number: Int) throws {
    var samples = Samples(seed: UInt64(number))
    var state = samples.dealState()
    let deal = Self.deal(.won, predictions: 1)
    (state.descriptors, state.prediction, state.challenger) = (deal.descriptors, deal.predictions[0], nil)
    if case .lost(let instant, _) = state.status { state.status = .lost(at: instant, reason: Self.reason) }
    let bytes = written { $0.dealState(state) }
    let decoder = StateDecoder()
    #expect(try bytes.withUnsafeBytes { try decoder.general($0) } == state)
    let after = bytes.withUnsafeBytes { decoder.canonical($0) }
    #expect(after == state)
  }

  @Test("a change as we write it is read the fast way, once its symbols are known", arguments: 0..<40)
  func changes(number: Int) throws {
    var samples = Samples(seed: UInt64(number))
    var change = samples.change()
    let deal = Self.deal(.won, predictions: 0)
    (change.dealID, change.deal.descriptors) = (try #require(DealID("006Dn000001AbCdEFG")), deal.descriptors)
    change.deal.amount = Amount(units: 75_000.5, currency: try #require(Currency("EUR")))
    if case .lost(let instant, _) = change.deal.status { change.deal.status = .lost(at: instant, reason: Self.reason) }
    let bytes = written { $0.change(change) }
    let decoder = ChangeDecoder()
    // What is refused is no change, and only the general reader says so.
    guard let expected = try? bytes.withUnsafeBytes({ try decoder.general($0) }) else {
      return #expect(bytes.withUnsafeBytes { decoder.canonical($0) } == nil)
    }
    let after = bytes.withUnsafeBytes { decoder.canonical($0) }
    #expect(after == expected)
  }

  @Test("the contract's example, with its nulls, is read the fast way") func example() throws {
    let record = Array(
      #"""
      {"event_id":"0192f3c4-7e1a-7c3e-9b0e-0d8f6a2b1c11","deal_id":"D04521","change":"stage_changed",\#
      "occurred_at":"2024-02-10T09:30:00Z","previous_stage":"Demo",\#
      "deal":{"created_at":"2023-11-20T00:00:00Z","stage":"Proposal","amount":75000,"currency":"USD","rep_id":"rep_22",\#
      "industry":"EdTech","region":"Europe","product_type":"Pro","lead_source":"Partner",\#
      "expected_close_at":"2024-03-31T00:00:00Z","outcome":null,"closed_at":null,"loss_reason":null,\#
      "engagement":{"last_contact_at":"2024-02-01T00:00:00Z","emails_30d":3,"meetings_30d":1,"stakeholders":2}}}
      """#.utf8)
    let decoder = ChangeDecoder()
    let expected = try record.withUnsafeBytes { try decoder.general($0) }
    #expect(expected.deal.engagement?.stakeholders == 2)
    let found = record.withUnsafeBytes { decoder.canonical($0) }
    #expect(found == expected)
  }

  @Test("a change that deviates in any byte is read as the general reader reads it, or not at all", arguments: 0..<20)
  func deviatingChanges(seed: UInt64) {
    let decoder = ChangeDecoder()
    expectAlike(
      seed, { mutations in written { $0.change(mutations.samples.change()) } }, { try decoder.general($0) },
      { decoder.canonical($0) })
  }

  @Test("an entry that deviates in any byte is read as the general reader reads it, or not at all", arguments: 0..<20)
  func deviatingEntries(seed: UInt64) {
    let decoder = LedgerDecoder()
    expectAlike(
      seed, { mutations in written { $0.ledgerEntry(mutations.samples.entry()) } }, { try decoder.general($0) },
      { decoder.canonical($0) })
  }

  @Test("a state that deviates in any byte is read as the general reader reads it, or not at all", arguments: 0..<20)
  func deviatingStates(seed: UInt64) {
    let decoder = StateDecoder()
    expectAlike(
      seed, { mutations in written { $0.dealState(mutations.samples.dealState()) } }, { try decoder.general($0) },
      { decoder.canonical($0) })
  }

  /// Holds what the reader of the canonical form takes of mutated records against the general reader.
  private func expectAlike<Value: Equatable>(
    _ seed: UInt64, _ record: (inout Mutations) -> [UInt8], _ general: (UnsafeRawBufferPointer) throws -> Value,
    _ canonical: (UnsafeRawBufferPointer) -> Value?
  ) {
    var mutations = Mutations(seed: seed)
    var taken = 0
    for _ in 0..<100 {
      let record = withoutEscapes(record(&mutations))
      _ = try? record.withUnsafeBytes { try general($0) }
      for _ in 0..<30 {
        let bytes = mutations.mutate(record)
        bytes.withUnsafeBytes { bytes in
          let expected = try? general(bytes)
          guard let found = canonical(bytes) else { return }
          taken += 1
          #expect(found == expected, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
    // Many a digit of a record may be another digit.
    #expect(taken > 50, "seed \(seed)")
  }

  @Test(
    "a number is read to the same bits, or left to the general reader",
    arguments: [
      "0", "-0", "-1", "00", "01", "007", "1.", ".5", "0.5", "00.5", "1e1", "1E1", "0.5e-1", "1.0", "10.50", "0x1", "",
      "0.1", "0.30000000000000004", "0.49339702446379596", "0.9999999999999999", "0.99999999999999999999",
      "0.0000000000000000001", "0.00000000000000000001", "0.9007199254740992", "0.9007199254740993",
      "0.90071992547409931", "0.90071992547409935", "0.6004799503160661", "123456789012345678",
      "1234567890123456789", "9223372036854775808", "18446744073709551616", "99999999999999999999",
      "90071992547.409935", "1000000000000000.5", "4503599627370497.5", "0.5 ", " 0.5", "0.5,", "0..5", "0.5.5",
    ])
  func numbers(text: String) throws {
    let entry = LedgerEntry(
      source: SourcePosition(partition: 0, offset: 1), dealID: try #require(DealID("D1")),
      occurredAt: Timestamp(milliseconds: 0), content: .adds(Self.deal(.won, predictions: 1)))
    let record = String(decoding: written { $0.ledgerEntry(entry) }, as: UTF8.self)
    let decoder = LedgerDecoder()
    _ = try Array(record.utf8).withUnsafeBytes { try decoder.decode($0) }
    for old in ["0.49339702446379596", ":12345.67,", ":50.7,", ":21912}", ":1,\"source_offset", ":0,", ":1,\"deal_id"] {
      let value = old.drop { $0 == ":" }.prefix { $0.isNumber || $0 == "." }
      let changed = Array(record.replacing(old, with: old.replacing(value, with: text)).utf8)
      changed.withUnsafeBytes { bytes in
        guard let canonical = decoder.canonical(bytes) else { return }
        let general = try? decoder.general(bytes)
        #expect(canonical == general, "\(old) → \(text)")
      }
    }
  }

  @Test("a time in our own form is read as every other form of it", arguments: 0..<20)
  func times(seed: UInt64) {
    var mutations = Mutations(seed: seed)
    for _ in 0..<2_000 {
      let text = Array(mutations.samples.instant().rfc3339.utf8)
      for bytes in [text, mutations.mutate(text)] {
        let plain = bytes.withUnsafeBytes { Timestamp(plain: $0) }
        guard let plain else {
          #expect(bytes != text)
          continue
        }
        let zoned = bytes.dropLast() + Array("+00:00".utf8)
        #expect(Timestamp(rfc3339: String(decoding: zoned, as: UTF8.self)) == plain, "seed \(seed)")
      }
    }
  }
}

/// Small changes to a record's bytes, mostly to such as a scanner could stumble over.
private struct Mutations {
  var samples: Samples
  private static let tempting = Array("0123456789.-+eE\"\\/{}[]:,TZtz #\t\n\u{0}\u{7F}\u{80}é".utf8) + [0xFF, 0xC0]

  init(seed: UInt64) { samples = Samples(seed: seed) }

  mutating func mutate(_ record: [UInt8]) -> [UInt8] {
    var bytes = record
    for _ in 0...samples.number(2) {
      let place = samples.number(bytes.count)
      let byte = samples.number(4) == 0 ? UInt8(samples.number(256)) : samples.pick(Self.tempting)
      switch samples.number(6) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(byte, at: place)
      case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + samples.number(20))], at: place)
      case 3: bytes.swapAt(place, samples.number(bytes.count))
      default: bytes[place] = byte
      }
    }
    return bytes
  }
}
