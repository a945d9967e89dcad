/// Why a record can't be used: a stable code for programs, a field, and words for people.
public struct DecodeFailure: Error, Hashable, Sendable {
  /// The stable codes. They stand in the dead-letter headers and in metrics, and never change their meaning.
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// No JSON, or something after its end.
    case malformedJSON = "malformed_json"
    /// JSON that ends too early.
    case truncatedJSON = "truncated_json"
    /// No value at all: in `deals.changes`, the deletion of a deal without saying when.
    case tombstone
    /// Larger than the limit.
    case oversized
    /// Not UTF-8.
    case invalidUTF8 = "invalid_utf8"
    /// Nested deeper than 64 levels.
    case tooDeep = "too_deep"
    /// A field of another type than it must have.
    case wrongType = "wrong_type"
    /// A field that must be there is not.
    case missingField = "missing_field"
    /// No deal id.
    case missingDealID = "missing_deal_id"
    /// A deal id that can't be one.
    case invalidDealID = "invalid_deal_id"
    /// The record's key is not the deal's id.
    case keyMismatch = "key_mismatch"
    /// A kind of change that does not exist.
    case unknownChange = "unknown_change"
    /// A stage that does not exist.
    case unknownStage = "unknown_stage"
    /// An outcome that does not exist.
    case unknownOutcome = "unknown_outcome"
    /// Another word that does not exist (a tier, a trigger, a mode).
    case unknownWord = "unknown_word"
    /// An amount below zero.
    case negativeAmount = "negative_amount"
    /// An amount that is no number, or above 1e15.
    case invalidAmount = "invalid_amount"
    /// A currency that is not three capital letters.
    case invalidCurrency = "invalid_currency"
    /// No RFC 3339 time.
    case invalidTimestamp = "invalid_timestamp"
    /// More than 24 hours ahead of the clock.
    case futureTimestamp = "future_timestamp"
    /// A describing text of more than 256 bytes: what is written about the deal must fit a record.
    case textTooLong = "text_too_long"
    /// A number outside its range.
    case outOfRange = "out_of_range"
    /// A close without an outcome.
    case closeWithoutOutcome = "close_without_outcome"
    /// An open deal with an outcome, or an outcome of a deal that is created or reopened.
    case openWithOutcome = "open_with_outcome"
    /// Closed before it was created.
    case closeBeforeCreation = "close_before_creation"
    /// A version that is newer than this program.
    case unsupportedVersion = "unsupported_version"
  }

  /// The code.
  public var code: Code
  /// The field at fault, as a path; nil where it is the record as a whole.
  public var field: String?
  /// What is wrong and what to do.
  public var text: String

  init(_ code: Code, _ field: String? = nil, _ text: String) {
    self.code = code
    self.field = field
    self.text = text
  }
}

extension DecodeFailure: CustomStringConvertible {
  /// The code, the field and the words.
  public var description: String { "\(code.rawValue)\(field.map { " (\($0))" } ?? ""): \(text)" }
}
