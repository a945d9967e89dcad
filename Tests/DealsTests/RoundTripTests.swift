import Deals
import Testing

@Suite struct RoundTripTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    write(&writer)
    return writer.bytes
  }

  @Test("every message reads back as it was written", arguments: 0..<200)
  func roundTrips(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    let change = samples.change()
    let changeBytes = written { $0.change(change) }
    #expect(try changeBytes.withUnsafeBytes { try ChangeDecoder().decode($0, now: nil) } == change, "seed \(seed)")

    let entry = samples.entry()
    let entryBytes = written { $0.ledgerEntry(entry) }
    #expect(try entryBytes.withUnsafeBytes { try LedgerDecoder().decode($0) } == entry, "seed \(seed)")

    let state = samples.dealState()
    let key = Array("D1".utf8)
    let stateBytes = written { $0.dealState(state) }
    let record = try key.withUnsafeBytes { key in
      try stateBytes.withUnsafeBytes { try StateDecoder().decode(key: key, value: $0) }
    }
    #expect(record == .deal(DealID("D1")!, state), "seed \(seed)")

    let risk = samples.risk()
    let riskBytes = written { $0.riskEvent(risk) }
    #expect(try riskBytes.withUnsafeBytes { try RiskDecoder().decode($0) } == risk, "seed \(seed)")
  }

  @Test("the position is a record of its own, and a tombstone is no deal")
  func positions() throws {
    let decoder = StateDecoder()
    let position = ChangelogPosition(nextOffset: 42, streamTime: Timestamp(milliseconds: 1_500), isLive: true)
    let key = Array(ChangelogPosition.key.utf8)
    // Records of older versions, and those written without a transaction, name no writer; and the former no partitions.
    for (writer, partitions) in [(nil, nil), (nil, 12), ("scorer-1-0", nil), ("scorer-1-0", 12)] {
      let bytes = written { $0.position(position, writer: writer, partitions: partitions) }
      #expect(
        try key.withUnsafeBytes { key in try bytes.withUnsafeBytes { try decoder.decode(key: key, value: $0) } }
          == .position(position, writer: writer, partitions: partitions))
    }
    let deal = Array("D1".utf8)
    #expect(try deal.withUnsafeBytes { try decoder.decode(key: $0, value: nil) } == .deal(DealID("D1")!, nil))
  }

  @Test("the design's example reads as what it says")
  func example() throws {
    let text = """
      {"event_id":"0192f3c4-7e1a-7c3e-9b0e-0d8f6a2b1c11","deal_id":"D04521","change":"stage_changed",
       "occurred_at":"2024-02-10T09:30:00Z","previous_stage":"Demo","unknown":{"a":[1,2,{"b":null}]},
       "deal":{"created_at":"2023-11-20T00:00:00Z","stage":"Proposal","amount":75000,"currency":"USD","rep_id":"rep_22",
        "industry":"EdTech","region":"Europe","product_type":"Pro","lead_source":"Partner",
        "expected_close_at":"2024-03-31T00:00:00Z","outcome":null,"closed_at":null,"loss_reason":null,
        "engagement":{"last_contact_at":"2024-02-01T00:00:00Z","emails_30d":3,"meetings_30d":1,"stakeholders":2}}}
      """
    let change = try Array(text.utf8).withUnsafeBytes { try ChangeDecoder().decode($0, now: nil) }
    #expect(change.eventID.description == "0192f3c4-7e1a-7c3e-9b0e-0d8f6a2b1c11")
    #expect(change.kind == .stageChanged)
    #expect(change.previousStage == .demo)
    #expect(change.occurredAt.rfc3339 == "2024-02-10T09:30:00Z")
    #expect(change.deal.stage == .proposal)
    #expect(change.deal.amount == Amount(units: 75_000, currency: .usd))
    #expect(change.deal.descriptors.rep == "rep_22")
    #expect(change.deal.engagement?.stakeholders == 2)
    #expect(change.deal.status == .open)
  }

  @Test("a number is written in the shortest form that reads back as the same bits", arguments: 0..<50)
  func doubles(seed: UInt64) {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let value = Double(bitPattern: UInt64(samples.number(.max)) << 1)
      guard value.isFinite else { continue }
      let text = String(decoding: written { $0.number(value) }, as: UTF8.self)
      #expect(Double(text)?.bitPattern == value.bitPattern, "seed \(seed): \(text)")
    }
    for thousandths in [1, 10, 50, 999, 1_000, 1_001, 57_300, 999_999_999] {
      let value = Double(thousandths) / 1_000
      let text = String(decoding: written { $0.number(value) }, as: UTF8.self)
      #expect(Double(text)?.bitPattern == value.bitPattern)
      #expect(!text.hasSuffix("0") || !text.contains("."))
    }
    #expect(written { $0.number(.nan) } == Array("null".utf8))
    for (value, text) in [(1e5, "100000"), (2.5e6, "2500000"), (123_456.7, "123456.7"), (-0.0, "-0"), (0.1, "0.1")] {
      #expect(String(decoding: written { $0.number(value) }, as: UTF8.self) == text)
    }
  }

  @Test("amounts and tenths are exact decimals")
  func decimals() {
    func text(_ write: (inout JSONWriter) -> Void) -> String { String(decoding: written(write), as: UTF8.self) }
    #expect(text { $0.money(Money(cents: 1_999)) } == "19.99")
    #expect(text { $0.money(Money(cents: 7_500_000)) } == "75000")
    #expect(text { $0.money(Money(cents: -5)) } == "-0.05")
    #expect(text { $0.tenths(573) } == "57.3")
    #expect(text { $0.tenths(1_000) } == "100")
    #expect(text { $0.integer(.min) } == "-9223372036854775808")
  }

  @Test("a whole number is written digit for digit, whatever its length", arguments: 0..<10) func integers(seed: UInt64)
  {
    var samples = Samples(seed: seed)
    var values: [Int64] = [0, .max, -1]
    var power: Int64 = 1
    for _ in 0..<18 {
      power *= 10
      values += [power - 1, power, power + 1, -power, Int64(samples.number(Int(power)))]
    }
    for value in values {
      #expect(String(decoding: written { $0.integer(value) }, as: UTF8.self) == "\(value)", "seed \(seed)")
    }
  }

  @Test("a reason is the same in a record and in words, whatever it is about") func reasons() throws {
    let odd: Symbol = "Ü\"x\\\n"
    let long: Symbol = "Department of \"Long\" Names, and of Those That Are Longer Still"
    let dimensions: [Dimension?] = Dimension.allCases + [nil]
    var reasons = dimensions.map { dimension in
      RiskReason.winRate(
        RiskReason.WinRate(dimension, odd, cycle: .long, rate: 0.301, deals: 12_345, teamRate: 0.4526))
    }
    reasons += [
      .standing(.proposal, days: 60), .regressed, .old(days: 7), .stuck(odd, days: 41),
      .large(Money(cents: 120_000_000)),
      .leadSource(long), .words("as it was \"read\""),
    ]
    var samples = Samples(seed: 1)
    var event = samples.risk()
    event.reasons = reasons
    let bytes = written { $0.riskEvent(event) }
    let read = try bytes.withUnsafeBytes { try RiskDecoder().decode($0) }
    #expect(read.reasons.map(\.text) == reasons.map(\.text))
    #expect(reasons[0].text == "Ü\"x\\\n wins 30% of 12345 deals, the team 45%")
    #expect(
      reasons[Int(Dimension.cycleBucket.rawValue)].text
        == "deals with a cycle of 61 to 90 days are won in 30% of 12345 deals, the team 45%")
    #expect(
      reasons.suffix(7).map(\.text).prefix(5) == [
        "it has stood in Proposal for 60 days", "it has moved backwards in the funnel", "it is 7 days old",
        "it is 41 days old and still in Ü\"x\\\n", "it is a large deal of $1.2M",
      ])
  }
}
