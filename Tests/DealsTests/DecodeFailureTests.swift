import Deals
import Testing

@Suite struct DecodeFailureTests {
  private static let good = """
    {"event_id":"e","deal_id":"D1","change":"created","occurred_at":"2024-01-02T00:00:00Z",\
    "deal":{"created_at":"2024-01-01T00:00:00Z","stage":"Demo","amount":10,"currency":"USD","outcome":null,\
    "engagement":{"emails_30d":1}}}
    """

  private func failure(_ bytes: [UInt8], maximum: Int = 1_000_000) -> DecodeFailure? {
    do throws(DecodeFailure) {
      _ = try bytes.span.bytes.withUnsafeBytes { bytes throws(DecodeFailure) in
        try ChangeDecoder(maximumBytes: maximum).decode(bytes, now: Timestamp(rfc3339: "2024-06-01T00:00:00Z"))
      }
      return nil
    } catch {
      return error
    }
  }

  private func failure(_ edit: (String) -> String) -> DecodeFailure? { failure(Array(edit(Self.good).utf8)) }

  @Test("the good record is good")
  func good() { #expect(failure { $0 } == nil) }

  @Test(
    "a deletion whose time lies in the future, or beyond what can be written, is refused as any other change",
    arguments: [
      (253_402_300_800_000, DecodeFailure.Code.invalidTimestamp), (-62_167_219_200_001, .invalidTimestamp),
      (1_717_286_400_001, .futureTimestamp), (1_717_286_400_000, DecodeFailure.Code?.none),
    ])
  func deletions(milliseconds: Int, code: DecodeFailure.Code?) {
    var found: DecodeFailure.Code?
    do throws(DecodeFailure) {
      _ = try Array("D1".utf8).span.bytes.withUnsafeBytes { key throws(DecodeFailure) in
        try ChangeDecoder().decode(
          key: key, value: nil, timestamp: Timestamp(milliseconds: Int64(milliseconds)),
          source: SourcePosition(partition: 0, offset: 0), now: Timestamp(rfc3339: "2024-06-01T00:00:00Z"))
      }
    } catch {
      found = error.code
    }
    #expect(found == code)
  }

  @Test("each fault has its code")
  func codes() {
    func expect(_ code: DecodeFailure.Code, _ old: String, _ new: String) {
      #expect(failure { $0.replacing(old, with: new) }?.code == code, "\(old) → \(new)")
    }
    expect(.malformedJSON, "\"deal_id\":", "\"deal_id\"")
    expect(.wrongType, "\"amount\":10", "\"amount\":\"10\"")
    expect(.wrongType, "\"deal\":{", "\"deal\":3,\"x\":{")
    expect(.missingField, "\"event_id\":\"e\",", "")
    expect(.missingField, "\"stage\":\"Demo\",", "")
    expect(.missingDealID, "\"deal_id\":\"D1\",", "")
    expect(.missingDealID, "\"D1\"", "\"\"")
    expect(.invalidDealID, "D1", "#1")
    expect(.unknownChange, "created\"", "made\"")
    expect(.unknownStage, "Demo", "demo")
    expect(.unknownOutcome, "\"outcome\":null", "\"outcome\":\"maybe\"")
    expect(.negativeAmount, ":10", ":-10")
    expect(.invalidAmount, ":10", ":1e16")
    expect(.invalidCurrency, "USD", "usd")
    expect(.invalidTimestamp, "2024-01-02T00:00:00Z", "2024-02-30T00:00:00Z")
    expect(.invalidTimestamp, "\"outcome\":null", "\"expected_close_at\":\"9999-12-31T23:59:59-05:00\"")
    expect(.futureTimestamp, "2024-01-02T00:00:00Z", "2025-01-02T00:00:00Z")
    expect(.outOfRange, "\"emails_30d\":1", "\"emails_30d\":-1")
    expect(.closeWithoutOutcome, "created\"", "closed\"")
    expect(.closeWithoutOutcome, "\"outcome\":null", "\"closed_at\":\"2024-02-01T00:00:00Z\"")
    expect(.openWithOutcome, "\"outcome\":null", "\"outcome\":\"won\"")
    expect(
      .closeBeforeCreation, "\"outcome\":null", "\"outcome\":\"won\",\"closed_at\":\"2023-01-01T00:00:00Z\"")
    expect(.unsupportedVersion, "\"event_id\"", "\"version\":2,\"event_id\"")
    #expect(failure(Array(Self.good.utf8), maximum: 100)?.code == .oversized)
    #expect(failure([])?.code == .truncatedJSON)
    #expect(failure(Array(Self.good.utf8) + [0xFF])?.code == .invalidUTF8)
    let deep = String(repeating: "[", count: 80) + String(repeating: "]", count: 80)
    #expect(failure { $0.replacing("\"USD\"", with: deep) }?.code == .tooDeep)
    #expect(failure(Array("[]".utf8))?.code == .wrongType)
    #expect(failure { $0 + "{}" }?.code == .malformedJSON)
  }

  @Test("a record cut off anywhere is refused")
  func truncation() {
    let bytes = Array(Self.good.utf8)
    for length in 0..<bytes.count { #expect(failure(Array(bytes.prefix(length))) != nil, "\(length) bytes") }
  }

  @Test("no bytes, however broken, do more than be refused", arguments: 0..<20)
  func fuzz(seed: UInt64) {
    var samples = Samples(seed: seed)
    let decoders = (ChangeDecoder(), LedgerDecoder(), StateDecoder(), RiskDecoder())
    for _ in 0..<300 {
      var writer = JSONWriter()
      switch samples.number(4) {
      case 0: writer.change(samples.change())
      case 1: writer.ledgerEntry(samples.entry())
      case 2: writer.dealState(samples.dealState())
      default: writer.riskEvent(samples.risk())
      }
      var bytes = writer.bytes
      for _ in 0..<(1 + samples.number(4)) {
        let place = samples.number(bytes.count)
        switch samples.number(3) {
        case 0: bytes[place] = UInt8(samples.number(256))
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8(samples.number(256)), at: place)
        }
      }
      bytes.withUnsafeBytes { bytes in
        _ = try? decoders.0.decode(bytes, now: nil)
        _ = try? decoders.1.decode(bytes)
        _ = try? decoders.2.decode(key: bytes, value: bytes)
        _ = try? decoders.3.decode(bytes)
      }
    }
  }

  @Test(
    "times are read with zones and fractions, and nothing else is a time",
    arguments: [
      ("2024-02-10T09:30:00Z", "2024-02-10T09:30:00Z"), ("2024-02-10T09:30:00.5+02:00", "2024-02-10T07:30:00.500Z"),
      ("2024-02-10t09:30:00.123456z", "2024-02-10T09:30:00.123Z"), ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
      ("2024-02-10T09:30:00-05:30", "2024-02-10T15:00:00Z"), ("2024-02-10", nil), ("2024-02-10T24:00:00Z", nil),
      ("2024-02-10T09:30:00", nil), ("2024-02-10T09:30:00+2:00", nil), ("2024-02-10T09:30:00.Z", nil),
    ])
  func times(text: String, expected: String?) { #expect(Timestamp(rfc3339: text)?.rfc3339 == expected) }
}
