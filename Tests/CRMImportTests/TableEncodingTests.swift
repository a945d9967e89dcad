import CRMImport
import Deals
import Foundation
import Testing

@Suite("A table is read in its encoding, and bytes that are no text in it are told")
struct TableEncodingTests {
  private static let header = "deal_id,created_date,deal_stage,sales_rep_id\n"

  /// A table of reps, each as bytes.
  private func table(_ reps: [[UInt8]]) -> [UInt8] {
    Array(Self.header.utf8)
      + reps.enumerated().flatMap { Array("D\($0.offset),2024-01-01,Demo,".utf8) + $0.element + [0x0A] }
  }

  private func reps(_ export: CRMExport) -> [String?] { export.changes.map { $0.deal.descriptors.rep?.text } }

  /// M?ller, with a byte between.
  private func name(_ byte: UInt8) -> [UInt8] { [0x4D, byte] + Array("ller".utf8) }

  private func settings(_ encoding: TableEncoding) -> ImportSettings {
    var settings = ImportSettings()
    settings.encoding = encoding
    return settings
  }

  @Test("rows that are not UTF-8 are left out with their lines: two names must not become one")
  func notUTF8() throws {
    let export = try CRMExport(table([name(0xFC), Array("Müller".utf8), name(0xF6)]), name: "x.csv")
    #expect(export.rejects.map(\.line) == [2, 4])
    #expect(export.rejects.allSatisfy { $0.rejection.code == .encoding && $0.rejection.text.contains("csv.encoding") })
    #expect(reps(export) == ["Müller"])
    // In quotes too.
    let quoted = try CRMExport(table([[0x22] + name(0xFC) + [0x22]]), name: "x.csv")
    #expect(quoted.rejects.map(\.rejection.code) == [.encoding])
  }

  @Test(
    "Windows-1252 and Latin-1 are read where the configuration names them",
    arguments: [TableEncoding.windows1252, .latin1])
  func western(encoding: TableEncoding) throws {
    let export = try CRMExport(
      table([name(0xFC), name(0xF6), name(0xDF)]), name: "x.csv", settings: settings(encoding))
    #expect(reps(export) == ["Müller", "Möller", "Mßller"] && export.rejects.isEmpty)
  }

  @Test("Windows-1252 has signs of its own, and places without any")
  func signs() throws {
    let export = try CRMExport(
      table([[0x80], [0x8A], [0x93, 0x41, 0x94], [0x9F], [0x81]]), name: "x.csv", settings: settings(.windows1252))
    #expect(reps(export) == ["€", "Š", "“A”", "Ÿ"])
    #expect(export.rejects.map(\.line) == [6])
  }

  @Test("a byte order mark says UTF-8, whatever the configuration says")
  func mark() throws {
    let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + table([Array("Müller".utf8)])
    #expect(reps(try CRMExport(bytes, name: "x.csv", settings: settings(.windows1252))) == ["Müller"])
  }

  @Test("a header in another encoding is an error: no column would have its name")
  func header() {
    let utf16: [UInt8] = [0xFF, 0xFE] + Self.header.utf8.flatMap { [$0, 0] }
    #expect {
      try CRMExport(utf16, name: "x.csv")
    } throws: {
      "\($0)".contains("the header of x.csv is not utf-8") && "\($0)".contains("csv.encoding")
    }
  }

  @Test("connector.yaml names the encoding, and one that is not known is a fault with its line")
  func configuration() throws {
    let path = NSTemporaryDirectory() + "connector-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for encoding in TableEncoding.allCases {
      try Data("csv:\n  separator: \";\"\n  encoding: \(encoding.rawValue)\n".utf8).write(to: URL(filePath: path))
      let settings = try ImportSettings(file: path)
      #expect(settings.encoding == encoding && settings.separator == ";")
    }
    try Data("csv:\n  encoding: ebcdic\n".utf8).write(to: URL(filePath: path))
    #expect {
      try ImportSettings(file: path)
    } throws: {
      "\($0)".contains(":2") && "\($0)".contains("utf-8, windows-1252, latin1")
    }
  }
}
