import Foundation
import Simulation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension EndToEnd {
  @Suite(.serialized) struct OperationsTests {
    private func events(_ count: Int) -> DealSimulator {
      var settings = SimulationSettings()
      settings.events = count
      settings.malformedShare = 0.01
      return DealSimulator(settings)
    }

    private func page(_ port: String, _ path: String) -> String {
      URL(string: "http://127.0.0.1:\(port)/\(path)").flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    }

    /// The port of the status server, which the log names.
    private func port(of program: Program) -> String? {
      let lines = program.output.split(separator: "\n").filter { $0.contains("serving /metrics") }
      return lines.first.flatMap { $0.firstMatch(of: /"port":"([0-9]+)"/) }.map { String($0.1) }
    }

    @Test("a scorer logs JSON lines, is ready when it has restored, and counts what it does") func metrics() throws {
      let stream = try Stream(partitions: 2)
      try stream.produce(events(2_000))
      let scorer = try stream.scorer("one", ["--set", "kafka.statistics_interval=200ms"])
      #expect(eventually { port(of: scorer) != nil })
      let address = try #require(port(of: scorer))
      #expect(eventually { page(address, "readyz") == "ready\n" })
      #expect(page(address, "healthz") == "ok\n")
      #expect(try eventually { try stream.isProcessed() })
      // The wall clock is looked at five times a second; what it finds is counted then.
      #expect(
        eventually {
          let text = page(address, "metrics")
          return text.contains("dealpulse_events_total{kind=\"created\"}")
            && text.contains("kafka_consumer_lag_records{") && text.contains("dealpulse_dead_letters_total{code=")
            && text.contains("dealpulse_commit_seconds_count") && !text.contains("dealpulse_commit_seconds_count 0\n")
        }, "\(page(address, "metrics"))")
      scorer.terminate()
      #expect(scorer.wait() == 0)
      for line in scorer.output.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["level"] != nil && object?["message"] != nil, "\(line)")
      }
    }

    @Test("a demo that is killed or asked to end leaves no process behind", arguments: [SIGKILL, SIGTERM])
    func orphans(signal: Int32) throws {
      let file = FileManager.default.temporaryDirectory.appendingPathComponent("port-\(UUID().uuidString)").path
      let demo = try Program("dealpulse", ["demo", "--events", "500", "--port-file", file])
      #expect(eventually { FileManager.default.fileExists(atPath: file) })
      let servers = try String(contentsOfFile: file, encoding: .utf8)
      // Before a process has its own program, nothing ties its end to the demo's.
      #expect(eventually { Self.processes(withArgument: servers, of: "deal-scorer") })
      demo.signal(signal)
      demo.wait()
      #expect(eventually { !Self.processes(withArgument: file) && !Self.processes(withArgument: servers) })
    }

    private static func processes(withArgument argument: String, of program: String = "") -> Bool {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return names.contains { name in
        guard Int(name) != nil else { return false }
        guard let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else { return false }
        let words = String(decoding: line, as: UTF8.self)
        return words.contains(argument) && words.prefix { $0 != "\0" }.hasSuffix(program)
      }
    }

    @Test(
      "kcat, a client that is not ours, reads scores, entries and states that are valid by their schemas",
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/kcat"), "kcat is not installed"))
    func otherClient() throws {
      let stream = try Stream(partitions: 2)
      try stream.produce(events(2_000))
      let scorer = try stream.scorer()
      #expect(try eventually { try stream.isProcessed() })
      for (topic, file) in [
        (stream.topics.risk, "risk.schema.json"), (stream.topics.outcomes, "outcome.schema.json"),
        (stream.topics.changes, "change.schema.json"),
      ] {
        let schema = try JSONSchema(file: file)
        var valid = 0
        var faulty = 0
        for line in try kcat(stream.servers, topic) {
          guard let faults = try? schema.faults(Array(line.utf8)), faults.isEmpty else {
            faulty += 1
            continue
          }
          valid += 1
        }
        #expect(valid > 100, "\(topic)")
        // Among the changes are those that can't be read.
        #expect(topic == stream.topics.changes || faulty == 0, "\(topic)")
      }
      scorer.terminate()
      #expect(scorer.wait() == 0)
    }

    private func kcat(_ servers: String, _ topic: String) throws -> [Substring] {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/kcat")
      process.arguments = ["-b", servers, "-t", topic, "-C", "-e", "-q", "-o", "beginning"]
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }

    @Test("docs/configuration.md is what the program prints") func referencePage() throws {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/configuration.md")
      let written = try String(contentsOf: file, encoding: .utf8)
      let ran = try Program.run("dealpulse", ["configuration-reference"])
      #expect(ran.output == written, "run `dealpulse configuration-reference > docs/configuration.md`")
    }
  }
}
