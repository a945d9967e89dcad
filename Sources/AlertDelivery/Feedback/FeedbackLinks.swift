import Alerts
import Crypto
import Deals
import Foundation

/// Links by which a person says what they think of a score, signed so that nobody can make one up.
///
/// A link names the deal, the score, the person and its end; the signature is HMAC-SHA256 over these. It stands for one
/// person's word on one score: used twice, the later word holds.
public struct FeedbackLinks: Sendable {
  /// The names under which templates find the links.
  static let names = Set(FeedbackVerdict.allCases.map(\.rawValue))

  private let base: String
  private let key: SymmetricKey
  private let validMilliseconds: Int64

  /// - Parameters:
  ///   - base: Where people reach the router's HTTP interface, such as `https://dealpulse.example.com`.
  ///   - secret: At least 16 bytes that nobody else knows.
  ///   - validMilliseconds: How long a link works.
  public init(base: String, secret: String, validMilliseconds: Int64) {
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    key = SymmetricKey(data: Data(secret.utf8))
    self.validMilliseconds = validMilliseconds
  }

  /// The link for a verdict on an alert's score, nil for what is no deal.
  func link(_ verdict: FeedbackVerdict, on source: AlertSource, by person: String, at now: Timestamp) -> String? {
    guard source.kind == .dealRisk, DealID(source.subject) != nil else { return nil }
    let claim = Claim(
      deal: source.subject, event: source.eventID, by: person, until: now.milliseconds + validMilliseconds)
    let items = [
      ("deal", claim.deal), ("event", claim.event), ("by", claim.by), ("until", String(claim.until)),
      ("sig", signature(claim)), ("verdict", verdict.rawValue),
    ]
    return "\(base)/feedback?" + items.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
  }

  /// The verdict that a request gives.
  ///
  /// - Parameter fields: The link's fields, and `verdict` and `reason` as the person chose them.
  /// - Throws: `FeedbackFault` for what was not signed by us, has ended or is incomplete.
  public func feedback(_ fields: [String: String], at now: Timestamp) throws(FeedbackFault) -> Feedback {
    guard let deal = fields["deal"], let event = fields["event"], let by = fields["by"],
      let until = fields["until"].flatMap({ Int64($0) }), let signature = fields["sig"]
    else { throw .incomplete }
    let claim = Claim(deal: deal, event: event, by: by, until: until)
    guard let code = Self.bytes(hexadecimal: signature),
      HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: claim.bytes, using: key)
    else { throw .forged }
    guard now.milliseconds <= until else { throw .ended }
    guard let id = DealID(deal), let verdict = fields["verdict"].flatMap(FeedbackVerdict.init(rawValue:)) else {
      throw .incomplete
    }
    return Feedback(
      dealID: id, eventID: EventID(text: event), verdict: verdict, reason: fields["reason"], by: by, at: now)
  }

  private func signature(_ claim: Claim) -> String {
    HMAC<SHA256>.authenticationCode(for: claim.bytes, using: key)
      .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private static func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 64, text.utf8.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  private static func escaped(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
      plain.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  private struct Claim {
    var deal: String
    var event: String
    var by: String
    var until: Int64

    /// Lengths stand before the texts, so that no two claims share their bytes.
    var bytes: Data {
      Data(["v1", deal, event, by, String(until)].map { "\($0.utf8.count):\($0)" }.joined().utf8)
    }
  }
}

/// Why a link's word is not taken.
public enum FeedbackFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// Something is missing.
  case incomplete
  /// The signature is not ours.
  case forged
  /// The link's time is over.
  case ended

  /// The words.
  public var description: String {
    switch self {
    case .incomplete: "the link is incomplete: open it from the message once more"
    case .forged: "the link was not made by this router: open it from the message once more"
    case .ended: "the link is too old: answer a newer message, or tell your RevOps team"
    }
  }
}
