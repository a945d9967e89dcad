/// An amount in the base currency of the configuration, in hundredths (cents). Exact, so that sums never drift.
public struct Money: Hashable, Comparable, Sendable {
  /// Hundredths of the base currency's unit.
  public var cents: Int64

  /// That many hundredths.
  public init(cents: Int64) { self.cents = cents }

  /// Units of the currency rounded to hundredths (half away from zero); nil where it does not fit or is not finite.
  public init?(units: Double) {
    let cents = (units * 100).rounded()
    guard cents.isFinite, abs(cents) < 9.0e18 else { return nil }
    self.cents = Int64(cents)
  }

  /// Units of the currency.
  public var units: Double { Double(cents) / 100 }

  /// Nothing.
  public static let zero = Money(cents: 0)

  /// The sum, held at the ends of the range.
  public static func + (left: Money, right: Money) -> Money {
    let (sum, overflow) = left.cents.addingReportingOverflow(right.cents)
    return Money(cents: overflow ? (left.cents > 0 ? .max : .min) : sum)
  }

  /// Amounts order by size.
  public static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }
}

/// A three-letter currency code (ISO 4217), such as USD.
public struct Currency: Hashable, Sendable {
  private let packed: UInt32

  /// The currency of a code of three capital letters, else nil.
  public init?(_ code: String) {
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
    self.packed = code.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The currency of three bytes of capital letters, else nil.
  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 3, bytes.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
    self.packed = bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private init(packed: UInt32) { self.packed = packed }

  /// The three letters.
  public var code: String {
    String(decoding: [UInt8(packed >> 16 & 0xFF), UInt8(packed >> 8 & 0xFF), UInt8(packed & 0xFF)], as: UTF8.self)
  }

  /// United States dollar, the default base currency.
  public static let usd = Currency(packed: 0x55_5344)
}

/// What a CRM says a deal is worth, in the currency in which it says so.
public struct Amount: Hashable, Sendable {
  /// Units of the currency, finite and not negative.
  public let units: Double
  /// The currency.
  public let currency: Currency

  /// The amount, or nil where the units are negative, not finite, or above 1e15.
  public init?(units: Double, currency: Currency) {
    guard units >= 0, units <= 1e15 else { return nil }
    self.units = units
    self.currency = currency
  }
}
