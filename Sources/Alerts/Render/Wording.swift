import Deals

/// Numbers as a person would write them.
public enum Wording {
  /// Dollars in short: $950, $75K, $1.2M, $3.4B, $5.6T.
  public static func dollars(_ amount: Money) -> String {
    let units = Double(amount.cents.magnitude) / 100
    let sign = amount.cents < 0 ? "-" : ""
    // No deal has so many, but a sum or a typing error may.
    if units >= 999_950_000_000_000 { return "\(sign)$1000T or more" }
    if units >= 999_950_000_000 { return "\(sign)$\(decimal(units / 1_000_000_000_000))T" }
    if units >= 999_500_000 { return "\(sign)$\(decimal(units / 1_000_000_000))B" }
    if units >= 999_500 { return "\(sign)$\(decimal(units / 1_000_000))M" }
    if units >= 9_950 { return "\(sign)$\(Int((units / 1_000).rounded()))K" }
    if units >= 1_000 { return "\(sign)$\(decimal(units / 1_000))K" }
    return "\(sign)$\(Int(units.rounded()))"
  }

  /// One decimal, which is left out where it is 0.
  public static func decimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let tenths = Int64((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let size = tenths.magnitude
    return size % 10 == 0 ? "\(sign)\(size / 10)" : "\(sign)\(size / 10).\(size % 10)"
  }

  /// A count with its noun.
  public static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
