/// How the bytes of a table are read as text.
public enum TableEncoding: String, CaseIterable, Hashable, Sendable {
  /// UTF-8.
  case utf8 = "utf-8"
  /// The code page of Western Europe, as spreadsheets on Windows write it.
  case windows1252 = "windows-1252"
  /// ISO 8859-1.
  case latin1

  /// The text of some bytes; nil where they are none in this encoding.
  func text(_ bytes: ArraySlice<UInt8>) -> String? {
    switch self {
    case .utf8: return String(validating: bytes, as: UTF8.self)
    case .latin1: return String(String.UnicodeScalarView(bytes.lazy.map { Unicode.Scalar($0) }))
    case .windows1252:
      var scalars = String.UnicodeScalarView()
      for byte in bytes {
        guard let scalar = Self.scalar1252(byte) else { return nil }
        scalars.append(scalar)
      }
      return String(scalars)
    }
  }

  /// Between 0x80 and 0x9F the code page has signs of its own, and five places without one; else it is ISO 8859-1.
  ///
  /// Source: the table of windows-1252 in the Unicode consortium's mappings.
  private static func scalar1252(_ byte: UInt8) -> Unicode.Scalar? {
    guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
    let own: [UInt16] = [
      0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
      0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
      0x0178,
    ]
    let code = own[Int(byte) - 0x80]
    return code == 0 ? nil : Unicode.Scalar(code)
  }
}
