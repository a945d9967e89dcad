/// A risk score from 0 to 100 with one decimal, held as a whole number of tenths; higher is riskier.
public struct RiskScore: Hashable, Comparable, Sendable {
  /// Tenths of a point, 0 to 1,000.
  public let tenths: Int16

  /// The score of so many tenths, held in 0...1000.
  public init(tenths: Int) { self.tenths = Int16(max(0, min(1_000, tenths))) }

  /// A number of points rounded to one decimal, exact ties to the even tenth, as Python's `round(x, 1)` does; NaN is 0.
  ///
  /// `points * 10` may round across a tie, so the part that the product lost is taken into account.
  public init(points: Double) {
    guard points > 0 else {
      self.tenths = 0
      return
    }
    guard points < 100 else {
      self.tenths = 1_000
      return
    }
    let product = points * 10
    let lost = (-product).addingProduct(points, 10)
    let floor = product.rounded(.down)
    let fraction = product - floor
    let up = fraction == 0.5 ? (lost == 0 ? Int(floor) % 2 == 1 : lost > 0) : fraction > 0.5
    self.tenths = Int16(floor) + (up ? 1 : 0)
  }

  /// Points, 0 to 100.
  public var points: Double { Double(tenths) / 10 }

  /// Scores order by risk.
  public static func < (left: RiskScore, right: RiskScore) -> Bool { left.tenths < right.tenths }
}

/// How urgent a score is.
public enum RiskTier: UInt8, CaseIterable, Sendable, Hashable, Comparable {
  /// Nothing to do.
  case low
  /// Watch.
  case medium
  /// Act this week.
  case high
  /// Act today.
  case critical

  /// The name on the wire: Low, Medium, High, Critical.
  public var name: String {
    switch self {
    case .low: "Low"
    case .medium: "Medium"
    case .high: "High"
    case .critical: "Critical"
    }
  }

  /// The tier of a name on the wire, else nil.
  public init?(name: String) {
    guard let tier = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = tier
  }

  /// Tiers order by urgency.
  public static func < (left: RiskTier, right: RiskTier) -> Bool { left.rawValue < right.rawValue }
}

/// A chance, 0 to 1.
public struct Probability: Hashable, Comparable, Sendable {
  /// 0 to 1.
  public let value: Double

  /// The chance, held in 0...1; NaN is 0.
  public init(_ value: Double) { self.value = value > 0 ? min(value, 1) : 0 }

  /// Chances order by size.
  public static func < (left: Probability, right: Probability) -> Bool { left.value < right.value }
}
