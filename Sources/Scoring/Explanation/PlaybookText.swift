import Deals

/// A sentence with places for what is known of a deal, such as `{rep}`. Read once, when the playbook is.
public struct PlaybookText: Hashable, Sendable {
  /// What can stand in braces.
  public enum Field: String, CaseIterable, Sendable, Hashable {
    /// The deal's rep.
    case rep
    /// Its industry.
    case industry
    /// Its lead source.
    case leadSource = "lead_source"
    /// Its stage.
    case stage
    /// Its days in that stage.
    case daysInStage = "days_in_stage"
    /// Its age in days.
    case ageDays = "age_days"
    /// Its amount in short.
    case amount
    /// The rep who wins most often in its industry.
    case bestRep = "best_rep"
    /// How often, in per cent.
    case bestRepWinRate = "best_rep_win_rate"
    /// Over how many deals.
    case bestRepDeals = "best_rep_deals"
  }

  /// A place in braces that is none of the fields.
  public struct UnknownField: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stands in the braces.
    public var name: String
    /// What is wrong and what to do.
    public var description: String {
      "unknown field {\(name)}: use one of \(Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", "))"
    }
  }

  private enum Part: Hashable, Sendable {
    case words(String)
    case field(Field)
  }

  /// The text as it was written.
  public let source: String
  private let parts: [Part]

  /// Reads a text.
  ///
  /// - Throws: `UnknownField` where braces hold anything but a field.
  public init(_ source: String) throws(UnknownField) {
    var parts: [Part] = []
    var rest = source[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      guard let field = Field(rawValue: name) else { throw UnknownField(name: name) }
      if open > rest.startIndex { parts.append(.words(String(rest[..<open]))) }
      parts.append(.field(field))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.words(String(rest))) }
    self.source = source
    self.parts = parts
  }

  fileprivate init(words: String) {
    source = words
    parts = [.words(words)]
  }

  func render(_ features: DealFeatures, _ better: RankedRep?) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .words(let words): text += words
      case .field(let field): text += Self.value(of: field, features, better)
      }
    }
    return text
  }

  private static func value(of field: Field, _ features: DealFeatures, _ better: RankedRep?) -> String {
    let unknown = "unknown"
    return switch field {
    case .rep: features.descriptors.rep?.text ?? "an unknown rep"
    case .industry: features.descriptors.industry?.text ?? unknown
    case .leadSource: features.descriptors.leadSource?.text ?? unknown
    case .stage: features.stage.name
    case .daysInStage: String(features.daysInStage)
    case .ageDays: String(features.ageDays)
    case .amount: features.amount?.inShort ?? "an unknown amount"
    case .bestRep: better?.rep.text ?? "another rep"
    case .bestRepWinRate: better.map { "\(RiskReason.WinRate.wholePercent($0.winRate))%" } ?? unknown
    case .bestRepDeals: better.map { String($0.deals) } ?? unknown
    }
  }
}

extension PlaybookText: ExpressibleByStringLiteral {
  /// A text in the program itself. One with an unknown field stays as it is written, braces and all, which a test forbids.
  public init(stringLiteral value: String) {
    do throws(UnknownField) {
      try self.init(value)
    } catch {
      self.init(words: value)
    }
  }
}
