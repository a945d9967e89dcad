import Testing

@testable import Deals

/// Texts on their way into symbols and out of them again: of every length around those at which they are kept differently.
@Suite struct SymbolTextTests {
  @Test("a cache of symbols tells texts apart that share length, beginning and end") func cache() {
    let cache = SymbolCache()
    let texts =
      (0...40).map { String(repeating: "x", count: $0) }
      + (0..<3_000).map { "Department of Things \($0 % 10)-\($0)-and some more" }
      + (0..<3_000).map { "rep_\($0)" }
      + ["12345678a12345678", "12345678b12345678", "1234567887654321", "äöü", "\"\\\n"]
    for _ in 0..<2 {
      for text in texts {
        var text = text
        let symbol = text.withUTF8 { cache.symbol(for: UnsafeRawBufferPointer($0)) }
        #expect(symbol == Symbol(text))
      }
    }
  }

  @Test("a symbol is written as its text would be, whatever its length and escapes") func written() {
    let texts =
      (0...70).map { String(repeating: "y", count: $0) } + (20...36).map { "\"" + String(repeating: "é", count: $0) }
    var writer = JSONWriter()
    for _ in 0..<2 {
      for text in texts {
        writer.removeAll()
        writer.symbol(Symbol(text))
        var other = JSONWriter()
        other.string(text)
        #expect(writer.bytes == other.bytes)
      }
    }
  }

  @Test("every name of a member is known, and no other") func names() throws {
    let reader = JSONReader()
    for key in WireKey.allCases {
      for (name, isKnown) in [(key.name, true), (key.name + "x", false), (String(key.name.dropLast()) + "~", false)] {
        let document = Array("{\"\(name)\":{\"unknown\":[1,{}]},\"also unknown, and rather long for a name\":2}".utf8)
        let found = try document.withUnsafeBytes { bytes in
          try reader.read(bytes) { root throws(DecodeFailure) in
            var found: [WireKey] = []
            try root.forEachMember { key, _ throws(DecodeFailure) in found.append(key) }
            return found
          }
        }
        #expect(found == (isKnown ? [key] : []))
      }
    }
  }
}
