import CRMImport
import Testing

@Suite struct CSVReaderTests {
  private func rows(_ text: String) -> [[String]] { CSVReader(Array(text.utf8)).map(\.fields) }

  @Test("quotes, doubled quotes, line breaks in fields, CRLF and a byte order mark are read as RFC 4180 says")
  func rfc4180() {
    #expect(rows("a,b\r\n1,2\r\n") == [["a", "b"], ["1", "2"]])
    #expect(rows("\u{FEFF}a,b\n1,2") == [["a", "b"], ["1", "2"]])
    #expect(rows("\"a \"\"b\"\"\",\"c,d\"\n") == [["a \"b\"", "c,d"]])
    #expect(rows("\"a\nb\",c\nd,e") == [["a\nb", "c"], ["d", "e"]])
    #expect(rows("a,,\n,,") == [["a", "", ""], ["", "", ""]])
    #expect(rows("a\n\n\nb\n") == [["a"], ["b"]])
    #expect(rows("") == [])
  }

  @Test("a row knows the line on which it begins, also behind fields with line breaks")
  func lines() {
    #expect(CSVReader(Array("h\n\"a\nb\"\nc\r\nd".utf8)).map(\.line) == [1, 2, 4, 5])
  }

  @Test("a quote that does not end, and text behind one, are seen")
  func malformed() {
    #expect(CSVReader(Array("a,\"b".utf8)).map(\.isMalformed) == [true])
    #expect(CSVReader(Array("\"a\"b,c\nd,e".utf8)).map(\.isMalformed) == [true, false])
  }

  @Test("whatever is written as CSV is read back", arguments: 0..<200)
  func roundTrip(seed: UInt64) {
    var state = seed &* 2_654_435_761 &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let alphabet = Array("ab,\"\n\r é")
    let table = (0..<(1 + random(5))).map { _ in
      // A row of one empty field is an empty line, which is no row.
      ["x"] + (0..<random(4)).map { _ in String((0..<random(6)).map { _ in alphabet[random(alphabet.count)] }) }
    }
    let text = table.map { row in
      row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
    }.joined(separator: "\r\n")
    #expect(rows(text) == table, "seed \(seed)")
  }
}
