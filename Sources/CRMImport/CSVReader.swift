/// Reads RFC 4180 CSV row by row: quoted fields with line breaks and doubled quotes, CRLF or LF, a byte order mark.
///
/// Our own, because the library at hand gives neither line numbers nor rows one at a time, and a reject needs its line.
public struct CSVReader: Sequence, IteratorProtocol {
  /// One row as it stands in the file.
  public struct Row: Hashable, Sendable {
    /// The line on which it begins, from 1.
    public var line: Int
    /// Its fields.
    public var fields: [String]
    /// The row ended within a quoted field, or had text behind a closing quote.
    public var isMalformed: Bool
    /// It has bytes that are no text in the encoding of the file; in its fields they are replaced.
    public var isMisencoded = false
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  private let encoding: TableEncoding
  private var position = 0
  private var line = 1

  /// A reader of a file's bytes. One that begins with the byte order mark of UTF-8 is in UTF-8, whatever is said.
  public init(_ bytes: [UInt8], separator: Character = ",", encoding: TableEncoding = .utf8) {
    self.bytes = bytes
    self.separator = separator.asciiValue ?? UInt8(ascii: ",")
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    self.encoding = hasMark ? .utf8 : encoding
    if hasMark { position = 3 }
  }

  /// The next row that is not empty, nil at the end.
  public mutating func next() -> Row? {
    while position < bytes.count {
      let row = readRow()
      if row.fields != [""] || row.isMalformed { return row }
    }
    return nil
  }

  private mutating func readRow() -> Row {
    var row = Row(line: line, fields: [], isMalformed: false)
    while true {
      let (field, isSound) =
        position < bytes.count && bytes[position] == UInt8(ascii: "\"") ? readQuoted() : readPlain()
      if let text = encoding.text(field) {
        row.fields.append(text)
      } else {
        row.fields.append(String(decoding: field, as: UTF8.self))
        row.isMisencoded = true
      }
      if !isSound { row.isMalformed = true }
      guard position < bytes.count else { return row }
      let byte = bytes[position]
      position += 1
      if byte == separator { continue }
      if byte == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
      line += 1
      return row
    }
  }

  private mutating func readPlain() -> (ArraySlice<UInt8>, Bool) {
    let start = position
    while position < bytes.count, !endsField(bytes[position]) { position += 1 }
    return (bytes[start..<position], true)
  }

  private mutating func readQuoted() -> (ArraySlice<UInt8>, Bool) {
    position += 1
    var field: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte == UInt8(ascii: "\"") else {
        field.append(byte)
        continue
      }
      if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
        field.append(byte)
        position += 1
        continue
      }
      let isSound = position == bytes.count || endsField(bytes[position])
      while position < bytes.count, !endsField(bytes[position]) {
        field.append(bytes[position])
        position += 1
      }
      return (field[...], isSound)
    }
    return (field[...], false)
  }

  private func endsField(_ byte: UInt8) -> Bool {
    byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
