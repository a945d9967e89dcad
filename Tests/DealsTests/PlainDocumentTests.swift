import Deals
import Testing

/// Usual documents are read from the places that simdjson's first stage finds; all others, and all that are wrong, by
/// simdjson as a whole. Blanks before a colon are of the second kind, and mean nothing.
@Suite("A document is read alike by the short way and by the long one")
struct PlainDocumentTests {
  private static let beginning = "{\"event_id\":"

  private let decoder = ChangeDecoder()

  private func read(_ bytes: [UInt8]) -> Result<DealChange, DecodeFailure> {
    do throws(DecodeFailure) {
      return .success(
        try bytes.span.bytes.withUnsafeBytes { bytes throws(DecodeFailure) in try decoder.decode(bytes, now: nil) })
    } catch {
      return .failure(error)
    }
  }

  private func expectAlike(_ document: [UInt8], _ comment: String) {
    let text = String(decoding: document, as: UTF8.self)
    let long = Array("{\"event_id\" :".utf8) + document.dropFirst(Self.beginning.utf8.count)
    #expect(read(document) == read(long), "\(comment): \(text)")
  }

  private func document(_ amount: String = "10") -> [UInt8] {
    Array(
      """
      {"event_id":"e","deal_id":"D1","change":"created","occurred_at":"2024-01-02T00:00:00Z","synthetic":true,\
      "note":[1,2.5,"x",{"a":null},[false]],"deal":{"created_at":"2024-01-01T00:00:00Z","stage":"Demo",\
      "amount":\(amount),"currency":"USD","outcome":null,"engagement":{"emails_30d":1}}}
      """.utf8)
  }

  @Test("a document is good")
  func good() throws {
    let change = try read(document("1234.56")).get()
    #expect(change.isSynthetic && change.deal.amount?.units == 1_234.56 && change.deal.engagement?.emails30Days == 1)
  }

  @Test(
    "numbers of every form",
    arguments: [
      "0", "7", "00", "01", "0.0", "0.1", "1.", ".5", "-1", "-0", "1e3", "1E-2", "+1", "1.2.3", "0x1", "NaN", "1 2",
      "999999999999999", "9999999999999999", "123456789012345678901", "0.000000000000001", "0.1234567890123456",
      "1234567.89012345", "4.35", "0.3", "179.99", "1_000", "12\"a\"", "tru", "true", "truee", "nul", "null", "[", "]",
      "{}", "[]", "\"10\"", "\"", "",
    ])
  func numbers(amount: String) { expectAlike(document(amount), amount) }

  @Test("decimals are the nearest doubles", arguments: [31, 32] as [UInt64])
  func decimals(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    for _ in 0..<5_000 {
      let text = "\(samples.number(100_000_000)).\(samples.number(10_000_000))"
      let amount = try read(document(text)).get().deal.amount
      #expect(amount?.units == Double(text), "seed \(seed): \(text)")
    }
  }

  @Test("documents with random faults", arguments: [33, 34, 35] as [UInt64])
  func faults(seed: UInt64) {
    var samples = Samples(seed: seed)
    let pieces = ["{", "}", "[", "]", ",", ":", "\"", "1", " ", "\n", "null", "true", "\\", "\"x\"", "\u{1}", "é", "0"]
      .map { Array($0.utf8) }
    for _ in 0..<4_000 {
      var writer = JSONWriter()
      writer.change(samples.change())
      var bytes = samples.number(3) == 0 ? document() : writer.bytes
      for _ in 0...samples.number(3) {
        let place = Self.beginning.utf8.count + samples.number(bytes.count - Self.beginning.utf8.count)
        switch samples.number(5) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(samples.number(256))
        case 2: bytes.insert(contentsOf: samples.pick(pieces), at: place)
        case 3: bytes.replaceSubrange(place...place, with: samples.pick(pieces))
        default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + samples.number(40)))
        }
        if bytes.count <= Self.beginning.utf8.count { break }
      }
      expectAlike(bytes, "seed \(seed)")
    }
  }

  @Test("nested to the limit and beyond")
  func depth() {
    for depth in 55...70 {
      let nested = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
      expectAlike(document(nested), "depth \(depth)")
      expectAlike(document(String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)), "")
    }
  }
}
