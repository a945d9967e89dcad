/// A reason for a score: kept as what it says, and put into words where it is written or shown. Most are written once and
/// never looked at, and a text of its own for each would cost more than the score.
public enum RiskReason: Sendable {
  /// The deal has stood in a stage for so many days.
  case standing(Stage, days: Int)
  /// It has moved backwards in the funnel.
  case regressed
  /// So many days old.
  case old(days: Int)
  /// So many days old and still in a stage.
  case stuck(Symbol, days: Int)
  /// A large deal, of so much.
  case large(Money)
  /// Its lead source alone.
  case leadSource(Symbol)
  /// Deals of a segment are won less often than the team's.
  case winRate(WinRate)
  /// The words of a record that was read.
  case words(String)

  /// A segment's win rate beside the team's.
  public struct WinRate: Sendable {
    /// What the segment's deals have in common; nil for a factor that is none of these.
    public var dimension: Dimension?
    /// The segment's value of it.
    public var value: Symbol
    /// The band of the deal's age, which is said in place of the value where the dimension is that.
    public var cycle: CycleBucket
    /// The segment's win rate in whole per cent.
    public var percent: UInt8
    /// The team's.
    public var teamPercent: UInt8
    /// Closed deals behind the segment's.
    public var deals: Int32

    /// A comparison of win rates.
    ///
    /// - Parameters:
    ///   - rate: The segment's win rate, 0 to 1.
    ///   - teamRate: The team's.
    public init(
      _ dimension: Dimension?, _ value: Symbol, cycle: CycleBucket, rate: Double, deals: Int, teamRate: Double
    ) {
      self.dimension = dimension
      self.value = value
      self.cycle = cycle
      self.percent = Self.wholePercent(rate)
      self.teamPercent = Self.wholePercent(teamRate)
      self.deals = Int32(clamping: deals)
    }

    /// Whether rounding leaves a difference that can be told.
    public var tells: Bool { percent != teamPercent }

    /// A share as whole per cent, held in 0...100.
    public static func wholePercent(_ share: Double) -> UInt8 { UInt8(max(0, min(100, (share * 100).rounded()))) }
  }

  /// The reason in words.
  public var text: String {
    if case .words(let text) = self { return text }
    var buffer = TextBuffer()
    var symbols = PlainSymbols()
    buffer.reason(self, &symbols)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }
}

extension RiskReason: Hashable {
  /// Reasons are the same where their words are: a record that was read knows nothing else.
  public static func == (left: RiskReason, right: RiskReason) -> Bool { left.text == right.text }
  /// Takes in the words.
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension RiskReason: CustomStringConvertible, ExpressibleByStringLiteral {
  /// The words.
  public var description: String { text }
  /// A reason in words.
  public init(stringLiteral value: String) { self = .words(value) }
}

extension Money {
  /// The amount in short, as a person writes it: $950, $75K, $1.2M.
  public var inShort: String {
    if units >= 999_500 {
      let tenths = Int((units / 100_000).rounded())
      return tenths % 10 == 0 ? "$\(tenths / 10)M" : "$\(tenths / 10).\(tenths % 10)M"
    }
    return units >= 1_000 ? "$\(Int((units / 1_000).rounded()))K" : "$\(Int(units.rounded()))"
  }
}
