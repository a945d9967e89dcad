/// Numbers as text, the same on every machine.
enum Figures {
  /// A number with so many decimals.
  static func share(_ value: Double, _ decimals: Int = 2) -> String {
    guard value.isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    let whole = Int(scaled / scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let rest = String(Int(scaled - Double(whole) * scale))
    return "\(sign)\(whole).\(String(repeating: "0", count: decimals - rest.count))\(rest)"
  }

  /// A share as per cent with one decimal.
  static func percent(_ value: Double) -> String { share(100 * value, 1) + "%" }

  /// So many deals: 1 deal, 1,200 deals.
  static func deals(_ count: Int) -> String { "\(self.count(count)) deal\(count == 1 ? "" : "s")" }

  /// A whole number with commas between thousands.
  static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}
