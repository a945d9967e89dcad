/// A number as people and spreadsheets write it. What is not plainly one is none: a range or a date that was read as an
/// amount would be believed.
struct WrittenNumber {
  private var rest: Substring
  private var isNegative = false
  private var hasSign = false
  private var isInParentheses = false
  private var scale: Double?

  /// The value of a text: digits, in groups or not, between what may stand at their ends, which is one sign or a pair of
  /// parentheses, a currency, and K, M or B behind; nil of anything else.
  static func value(of text: String, hasDecimalComma: Bool) -> Double? {
    var number = WrittenNumber(rest: Substring(text))
    guard number.takeFront(), number.takeBack(),
      let magnitude = magnitude(number.rest, decimalSign: hasDecimalComma ? "," : ".")
    else { return nil }
    let value = magnitude * (number.scale ?? 1) * (number.isNegative ? -1 : 1)
    return value.isFinite ? value : nil
  }

  private init(rest: Substring) { self.rest = rest }

  /// Takes away what stands before the digits; false where that belongs to no number.
  private mutating func takeFront() -> Bool {
    var letters = 0
    var previous: Character?
    while let first = rest.first, !Self.isDigit(first) {
      // The point of Rs.500 is no decimal point.
      if first == "." || first == "," { return previous?.isLetter != true }
      previous = rest.removeFirst()
      if first == "(" {
        guard takeSign("-") else { return false }
        isInParentheses = true
      } else if first.isLetter {
        // USD, kr, A$; a longer word is none.
        letters += 1
        guard letters <= 3 else { return false }
      } else if !first.isWhitespace, !first.isCurrencySymbol {
        guard takeSign(first) else { return false }
      }
    }
    return true
  }

  /// Takes away what stands behind them.
  private mutating func takeBack() -> Bool {
    while let last = rest.last, !Self.isDigit(last), last != ".", last != "," {
      rest.removeLast()
      if last == ")" {
        guard isInParentheses else { return false }
        isInParentheses = false
      } else if last.isLetter {
        let scales: [Character: Double] = ["k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "b": 1e9, "B": 1e9]
        guard scale == nil, let factor = scales[last] else { return false }
        scale = factor
      } else if !last.isWhitespace, !last.isCurrencySymbol {
        guard takeSign(last) else { return false }
      }
    }
    return !isInParentheses
  }

  /// One sign is taken, before the digits or behind them; false of a second one and of anything else.
  private mutating func takeSign(_ sign: Character) -> Bool {
    guard !hasSign, "+-\u{2212}".contains(sign) else { return false }
    hasSign = true
    isNegative = sign != "+"
    return true
  }

  private static func magnitude(_ text: Substring, decimalSign: Character) -> Double? {
    var (mantissa, power) = (text, "")
    if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      guard let exponent = Int8(text[text.index(after: mark)...]) else { return nil }
      (mantissa, power) = (text[..<mark], "e\(exponent)")
    }
    let parts = mantissa.split(separator: decimalSign, maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    guard let whole = parts.first.flatMap({ ungrouped($0, groupSign: decimalSign == "," ? "." : ",") }),
      fraction.allSatisfy(isDigit), !whole.isEmpty || !fraction.isEmpty
    else { return nil }
    return Double("0\(whole).\(fraction)0\(power)")
  }

  /// The digits without what stands between their groups. The last group has three, those before it two in India.
  private static func ungrouped(_ text: Substring, groupSign: Character) -> String? {
    let groups = text.split(omittingEmptySubsequences: false) {
      $0 == groupSign || $0 == "'" || $0 == "\u{2019}" || $0.isWhitespace
    }
    guard groups.allSatisfy({ $0.allSatisfy(isDigit) }) else { return nil }
    guard groups.count > 1 else { return String(text) }
    guard let first = groups.first, (1...3).contains(first.count), groups.last?.count == 3,
      groups.dropFirst().allSatisfy({ (2...3).contains($0.count) })
    else { return nil }
    return groups.joined()
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
}
