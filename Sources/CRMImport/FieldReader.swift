import Deals

/// Reads dates and numbers as CRMs and spreadsheets write them.
struct FieldReader {
  let settings: ImportSettings

  /// The text without spaces around it; nil where it stands for no value.
  func text(_ field: String) -> String? {
    var text = Substring(field)
    while let first = text.unicodeScalars.first, first.properties.isWhitespace { text.unicodeScalars.removeFirst() }
    while let last = text.unicodeScalars.last, last.properties.isWhitespace { text.unicodeScalars.removeLast() }
    return settings.nulls.contains(text.lowercased()) ? nil : String(text)
  }

  /// RFC 3339, 2024-02-10, 2024-02-10 09:30[:00], 02/10/2024 or 10.2.2024, each with or without a time of day.
  func instant(_ text: String) -> Timestamp? {
    if let instant = Timestamp(rfc3339: text) { return instant }
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
    guard let date = parts.first, parts.count <= 3, let day = day(String(date)) else { return nil }
    guard parts.count > 1 else { return local(day, seconds: 0) }
    guard let seconds = timeOfDay(parts.dropFirst().joined(separator: " ")) else { return nil }
    return local(day, seconds: seconds)
  }

  private func local(_ day: Day, seconds: Int) -> Timestamp? {
    let instant = Timestamp(day).adding(milliseconds: Int64(seconds - settings.zoneMinutes * 60) * 1_000)
    return Timestamp.writable.contains(instant) ? instant : nil
  }

  private func day(_ text: String) -> Day? {
    let separators: Set<Character> = ["-", "/", "."]
    let parts = text.split(whereSeparator: { separators.contains($0) })
    let numbers = parts.compactMap { Int($0) }
    guard parts.count == 3, numbers.count == 3 else { return nil }
    if parts[0].count == 4 { return Day(year: numbers[0], month: numbers[1], day: numbers[2]) }
    guard parts[2].count == 4 else { return nil }
    // A point between the parts is how those write who put the day first.
    if settings.dateOrder == .dayFirst || text.contains(".") {
      return Day(year: numbers[2], month: numbers[1], day: numbers[0])
    }
    return Day(year: numbers[2], month: numbers[0], day: numbers[1])
  }

  private func timeOfDay(_ text: String) -> Int? {
    let lower = text.lowercased()
    let isAfternoon = lower.hasSuffix("pm")
    let hasHalf = isAfternoon || lower.hasSuffix("am")
    let clock = hasHalf ? lower.dropLast(2).filter { $0 != " " } : lower
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0.prefix { $0 != "." }) }
    guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1], minute < 60 else { return nil }
    guard let second = parts.count == 3 ? parts[2] : 0, second < 60 else { return nil }
    guard hasHalf ? (1...12).contains(hour) : (0..<24).contains(hour) else { return nil }
    return (hasHalf ? hour % 12 + (isAfternoon ? 12 : 0) : hour) * 3_600 + minute * 60 + second
  }

  /// 75000, 75,000.50, $75K, 1.2M, EUR 75.000,50 with a decimal comma, (500) for −500.
  func number(_ text: String) -> Double? { WrittenNumber.value(of: text, hasDecimalComma: settings.hasDecimalComma) }
}
