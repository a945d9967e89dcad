import TestSupport
import Testing

@testable import Deals

@Suite struct FeedbackTests {
  private func feedback(_ reason: String?) throws -> Feedback {
    Feedback(
      dealID: try #require(DealID("D 1")), eventID: EventID(text: "e1"), verdict: .wrong, reason: reason, by: "max",
      at: Timestamp(milliseconds: 1_772_452_800_000))
  }

  @Test("a verdict is written as its schema says and read back as it was", arguments: [nil, "they \"signed\"\n", ""])
  func roundTrip(_ reason: String?) throws {
    let feedback = try feedback(reason)
    var writer = JSONWriter()
    writer.feedback(feedback)
    #expect(try JSONSchema(file: "feedback.schema.json").faults(writer.bytes) == [])
    #expect(try writer.bytes.withUnsafeBytes { try FeedbackDecoder().decode($0) } == feedback)
  }

  @Test("one person's words on one score share an id, another's do not; a long reason is cut between characters")
  func identity() throws {
    let first = try feedback(nil)
    var other = Feedback(
      dealID: first.dealID, eventID: first.eventID, verdict: .accurate, by: "max", at: first.at.adding(days: 1))
    #expect(other.id == first.id)
    other = Feedback(dealID: first.dealID, eventID: first.eventID, verdict: .wrong, by: "ann", at: first.at)
    #expect(other.id != first.id)
    let long = try feedback(String(repeating: "é", count: 3_000)).reason
    #expect(long?.utf8.count == Feedback.maximumReason)
  }

  @Test("a verdict that there is not, and a record of another version, are refused")
  func refused() throws {
    var writer = JSONWriter()
    writer.feedback(try feedback(nil))
    let text = String(decoding: writer.bytes, as: UTF8.self)
    for (wrong, code) in [
      (text.replacing("\"wrong\"", with: "\"maybe\""), DecodeFailure.Code.unknownWord),
      (text.replacing("\"version\":1", with: "\"version\":2"), .unsupportedVersion),
      (text.replacing("\"by\"", with: "\"from\""), .missingField),
    ] {
      let failure = #expect(throws: DecodeFailure.self) {
        try Array(wrong.utf8).withUnsafeBytes { try FeedbackDecoder().decode($0) }
      }
      #expect(failure?.code == code)
    }
  }
}
