import Deals
import Foundation
import Kafka
import Simulation
import TestSupport
import Testing

extension EndToEnd {
  @Suite(.serialized) struct WrongInputTests {
    private func change(_ id: String, _ edit: (String) -> String = { $0 }) -> [UInt8] {
      Array(
        edit(
          """
          {"event_id":"\(id)-1","deal_id":"\(id)","change":"created","occurred_at":"2024-01-01T00:00:00Z",\
          "deal":{"created_at":"2024-01-01T00:00:00Z","stage":"Demo","amount":10,"currency":"USD","outcome":null}}
          """
        ).utf8)
    }

    @Test("whatever can't be used becomes a dead letter with its code, and the next good change is scored")
    func deadLetters() throws {
      let stream = try Stream(partitions: 1)
      let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
      let wrong: [(code: String, key: String?, value: [UInt8]?)] = [
        ("malformed_json", "x", Array("no json".utf8)),
        ("truncated_json", "x", []),
        ("oversized", "x", change("x") { $0.replacing("Demo", with: String(repeating: "y", count: 1_010_000)) }),
        ("wrong_type", "x", change("x") { $0.replacing("\"amount\":10", with: "\"amount\":\"10\"") }),
        ("invalid_utf8", "x", change("x") + [0xFF]),
        ("too_deep", "x", change("x") { $0.replacing("\"USD\"", with: deep) }),
        ("unknown_stage", "x", change("x") { $0.replacing("Demo", with: "Limbo") }),
        ("negative_amount", "x", change("x") { $0.replacing(":10", with: ":-10") }),
        ("future_timestamp", "x", change("x") { $0.replacing("2024", with: "2924") }),
        ("missing_deal_id", "x", change("x") { $0.replacing("\"deal_id\":\"x\",", with: "") }),
        (
          "text_too_long", "x",
          change("x") {
            $0.replacing("\"USD\"", with: "\"USD\",\"rep_id\":\"\(String(repeating: "r", count: 900_000))\"")
          }
        ),
        ("key_mismatch", "other", change("x")),
        ("tombstone", nil, nil),
      ]
      for record in wrong { try stream.produce(key: record.key, record.value) }
      try stream.produce(key: "good", change("good"))
      let scorer = try stream.scorer()
      #expect(try eventually { try stream.isProcessed() })
      scorer.terminate()
      #expect(scorer.wait() == 0)

      let schema = try JSONSchema(file: "dead-letter.schema.json")
      var codes: [Int64: String] = [:]
      try stream.forEach(stream.topics.deadLetter, partitions: 3) { message in
        let headers = Dictionary(message.headers.map { ($0.name, $0.text ?? "") }) { first, _ in first }
        #expect(headers["dl_topic"] == stream.topics.changes)
        let faults = try schema.faults(Array(JSONEncoder().encode(headers)))
        #expect(faults.isEmpty, "\(faults)")
        codes[Int64(headers["dl_offset"] ?? "") ?? -1] = headers["dl_code"]
      }
      #expect(codes.sorted { $0.key < $1.key }.map(\.value) == wrong.map(\.code))
      #expect(try StreamOutcome(of: stream).states.keys.map(\.text) == ["good"])
    }

    @Test("a record that is too large only with its key or its headers becomes a dead letter too, shortened")
    func tooLargeTogether() throws {
      let stream = try Stream(partitions: 1)
      let value = Array("no json".utf8) + [UInt8](repeating: 0x20, count: 830_000)
      try stream.produce(key: String(repeating: "k", count: 200_000), value)
      try stream.produce(
        key: "x", value,
        headers: [MessageHeader("large", [UInt8](repeating: 1, count: 200_000)), MessageHeader("trace", "abc")])
      try stream.produce(key: "good", change("good"))
      let scorer = try stream.scorer()
      #expect(try eventually { try stream.isProcessed() || !scorer.isRunning })
      scorer.terminate()
      #expect(scorer.wait() == 0, "\(scorer.output.suffix(2_000))")

      let schema = try JSONSchema(file: "dead-letter.schema.json")
      var letters: [String: (headers: [String: String], key: Int, value: Int)] = [:]
      try stream.forEach(stream.topics.deadLetter, partitions: 3) { message in
        let headers = Dictionary(message.headers.map { ($0.name, $0.text ?? "") }) { first, _ in first }
        let faults = try schema.faults(Array(JSONEncoder().encode(headers)))
        #expect(faults.isEmpty, "\(faults)")
        letters[headers["dl_offset"] ?? ""] = (headers, message.key.byteCount, message.value.byteCount)
      }
      let (first, second) = (try #require(letters["0"]), try #require(letters["1"]))
      #expect((first.key, first.value) == (65_536, 65_536))
      #expect(first.headers["dl_key_truncated_from"] == "200000")
      #expect(first.headers["dl_truncated_from"] == "830007")
      #expect((second.key, second.value) == (1, 65_536))
      #expect(second.headers["dl_key_truncated_from"] == nil)
      #expect(second.headers["dl_headers_dropped"] == "1" && second.headers["trace"] == "abc")
      let replayed = try Program.run("dealpulse", ["dead-letters", "replay", "--all"] + stream.options)
      #expect(replayed.output.contains("0 of 2 dead letters put back"), "\(replayed.output)")
      #expect(try StreamOutcome(of: stream).states.keys.map(\.text) == ["good"])
    }

    @Test(
      "topics whose partitions do not match stop the start, with the command that mends it",
      .enabled(if: isEmbedded, "needs the embedded broker")) func partitions() throws
    {
      let stream = try Stream(partitions: 2)
      guard let broker = stream.broker else { return }
      for (name, count) in [
        ("deals.changes", 4), ("deals.state", 3), ("deals.risk", 4), ("deals.outcomes", 1), ("deals.dead-letter", 1),
      ] {
        broker.send("topic wrong.\(name) \(count)")
      }
      #expect(eventually { broker.output.components(separatedBy: "ok").count > 5 })
      let (status, output) = try Program.run(
        "deal-scorer", ["--bootstrap-servers", stream.servers, "--topic-prefix", "wrong."])
      #expect(status == 2)
      #expect(output.contains("wrong.deals.state has 3 partitions"))
      #expect(output.contains("Make new topics with another prefix (`dealpulse topics apply"))
    }

    @Test("a state of another number of partitions stops the start, with what to do") func statePartitions() throws {
      let stream = try Stream(partitions: 2)
      var writer = JSONWriter()
      writer.position(ChangelogPosition(nextOffset: 0, streamTime: nil), partitions: 1)
      try stream.produce(topic: stream.topics.state, key: ChangelogPosition.key, writer.bytes)
      let scorer = try stream.scorer()
      #expect(eventually { !scorer.isRunning }, "\(scorer.output.suffix(2_000))")
      #expect(scorer.wait() == 2)
      #expect(scorer.output.contains("was made when deals.changes had 1 partitions, and now it has 2"))
    }

    @Test("a broker that is not there is waited for, and the wait can be ended")
    func absentBroker() throws {
      let scorer = try Program("deal-scorer", ["--bootstrap-servers", "127.0.0.1:1"])
      #expect(eventually { scorer.output.contains("no broker at 127.0.0.1:1 yet") })
      #expect(scorer.isRunning)
      scorer.terminate()
      #expect(scorer.wait() == 0)
    }
  }
}
