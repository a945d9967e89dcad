import Deals
import Foundation
import TestSupport
import Testing

@Suite struct SchemaTests {
  @Test("what the codecs write is valid against the schemas", arguments: 0..<60)
  func valid(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    func faults(_ file: String, _ write: (inout JSONWriter) -> Void) throws -> [String] {
      var writer = JSONWriter()
      write(&writer)
      return try JSONSchema(file: file).faults(writer.bytes)
    }
    let (change, entry, state, risk) = (samples.change(), samples.entry(), samples.dealState(), samples.risk())
    #expect(try faults("change.schema.json") { $0.change(change) } == [], "seed \(seed)")
    #expect(try faults("outcome.schema.json") { $0.ledgerEntry(entry) } == [], "seed \(seed)")
    #expect(try faults("state.schema.json") { $0.dealState(state) } == [], "seed \(seed)")
    #expect(try faults("risk.schema.json") { $0.riskEvent(risk) } == [], "seed \(seed)")
    let position = ChangelogPosition(nextOffset: 1, streamTime: samples.instant(), isLive: false)
    #expect(try faults("state.schema.json") { $0.position(position) } == [])
    #expect(try faults("state.schema.json") { $0.position(position, writer: "scorer-1-0") } == [])
    #expect(try faults("state.schema.json") { $0.position(position, partitions: 12) } == [])
  }

  @Test("the schemas refuse what is wrong")
  func invalid() throws {
    let schema = try JSONSchema(file: "risk.schema.json")
    var samples = Samples(seed: 1)
    var writer = JSONWriter()
    writer.riskEvent(samples.risk())
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(try !schema.faults(Array(text.replacing("\"trigger\":", with: "\"trugger\":").utf8)).isEmpty)
    #expect(try !schema.faults(Array(text.replacing("\"flags\":", with: "\"flags\":3,\"f\":").utf8)).isEmpty)
    #expect(try !schema.faults(Array("{}".utf8)).isEmpty)
  }
}
