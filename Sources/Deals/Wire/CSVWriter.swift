/// Writes a table by RFC 4180, with a line feed at the end of each row, into a buffer that is kept from row to row.
///
/// The caller writes as many fields in each row as the header has; this type knows commas and quotes, not columns.
public struct CSVWriter: ~Copyable, RecordWriter {
  private var buffer = TextBuffer()
  private var needsComma = false
  private var symbols = EscapedSymbols { Array(Self.field($0).utf8) }

  /// An empty writer.
  public init() {}

  /// A text as a field: in quotes where it holds a comma, a quote or a line's end.
  public static func field(_ text: String) -> String {
    var text = text
    guard text.withUTF8({ needsQuotes($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  @inline(__always)
  private static func needsQuotes(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    var found = false
    for byte in utf8 {
      found = found || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    return found
  }

  /// How many bytes were written.
  public var count: Int { buffer.count }

  /// Ends a row.
  public mutating func endLine() {
    buffer.put(0x0A)
    needsComma = false
  }

  /// Gives away what was written, and goes on in the memory of a piece, which must be empty.
  public mutating func exchange(with piece: TextPiece) { buffer.exchange(with: piece) }

  /// A field without a value.
  public mutating func empty() { separate() }

  /// A text that needs no quotes.
  public mutating func plain(_ text: StaticString) {
    separate()
    buffer.word(text)
  }

  /// A word of the wire's vocabulary, which needs no quotes; empty where there is none.
  mutating func word(_ word: String?) {
    separate()
    guard var word else { return }
    word.withUTF8 { buffer.put($0) }
  }

  /// Any text.
  public mutating func text(_ text: String) {
    separate()
    var text = text
    let isPlain = text.withUTF8 { utf8 in
      if Self.needsQuotes(utf8) { return false }
      buffer.put(utf8)
      return true
    }
    if isPlain { return }
    var quoted = Self.field(text)
    quoted.withUTF8 { buffer.put($0) }
  }

  /// A symbol's text, whose quoted form is kept; empty where there is none.
  public mutating func symbol(_ symbol: Symbol?) {
    separate()
    if let symbol { buffer.symbol(symbol, &symbols) }
  }

  /// A whole number.
  public mutating func integer(_ value: Int64) {
    separate()
    buffer.integer(value)
  }

  /// A number in the shortest form that reads back as the same bits; empty where there is none, or it is not finite.
  public mutating func number(_ value: Double?) {
    separate()
    if let value, value.isFinite { buffer.number(value) }
  }

  /// A score, such as 57.3; empty where there is none.
  public mutating func score(_ score: RiskScore?) {
    separate()
    if let score { buffer.tenths(Int(score.tenths)) }
  }

  /// An amount, such as 75000 or 19.99; empty where there is none.
  public mutating func money(_ amount: Money?) {
    separate()
    if let amount { buffer.money(amount) }
  }

  /// An instant as RFC 3339 in UTC.
  public mutating func timestamp(_ instant: Timestamp) {
    separate()
    buffer.timestamp(instant)
  }

  /// An event's identity as a UUID.
  public mutating func eventID(_ id: EventID) {
    separate()
    buffer.uuid(id)
  }

  /// The names of flags with semicolons between them; empty where there are none.
  public mutating func flags(_ flags: RiskFlags) {
    separate()
    var isFirst = true
    for (bit, name) in RiskFlags.names.enumerated() where flags.rawValue & 1 << bit != 0 {
      if !isFirst { buffer.put(UInt8(ascii: ";")) }
      isFirst = false
      var name = name
      name.withUTF8 { buffer.put($0) }
    }
  }

  @inline(__always)
  private mutating func separate() {
    if needsComma { buffer.put(UInt8(ascii: ",")) }
    needsComma = true
  }
}
