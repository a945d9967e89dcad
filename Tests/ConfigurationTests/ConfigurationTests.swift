import Configuration
import Foundation
import Testing

@Suite struct ConfigurationTests {
  private enum Mode: String, ConfigurationWord { case fast, slow }

  private let threads = ConfigurationKey("scorer.threads", default: 1, in: 1...64, "Threads.")
  private let interval = ConfigurationKey("scorer.interval", default: Milliseconds(100), "How often.")
  private let days = ConfigurationKey("ageing.days", default: [45, 60, 90], "When.")
  private let mode = ConfigurationKey("scorer.mode", default: Mode.fast, "How.")

  private var schema: ConfigurationSchema {
    ConfigurationSchema(
      keys: [
        threads.declaration, interval.declaration, days.declaration, mode.declaration,
        .secret("kafka.sasl_password", "The password."),
      ], parts: ["rules"])
  }

  private func file(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("flags win over the environment, the environment over the file, the file over the default")
  func precedence() throws {
    let path = try file("scorer:\n  threads: 2\n  interval: 5s\n  mode: slow\n")
    let configuration = try Configuration(
      schema, file: path, environment: ["DEALPULSE_SCORER_THREADS": "3", "DEALPULSE_SCORER_INTERVAL": "7s"],
      flags: [("scorer.threads", "4")])
    #expect(configuration[threads] == 4)
    #expect(configuration[interval] == Milliseconds(7_000))
    #expect(configuration[mode] == .slow)
    #expect(configuration[days] == [45, 60, 90])
  }

  @Test("an unknown key is an error with file, line and the key that was probably meant")
  func unknownKey() throws {
    let path = try file("scorer:\n  threads: 2\n  intervall: 5s\n")
    do {
      _ = try Configuration(schema, file: path, environment: [:], flags: [])
      Issue.record("the key was taken")
    } catch {
      #expect(error.faults.count == 1)
      #expect(error.description == "\(path):3: scorer.intervall: is unknown: did you mean scorer.interval?")
    }
  }

  @Test("a variable that is almost a key's is refused; one of another program is left alone")
  func almostAVariable() throws {
    let others = ["DEALPULSE_ALERTS_LIMIT": "1", "PATH": "/bin", "DEALPULSE_TEST": "1"]
    _ = try Configuration(schema, file: nil, environment: others, flags: [])
    do {
      _ = try Configuration(schema, file: nil, environment: ["DEALPULSE_SCORER_THREAD": "2"], flags: [])
      Issue.record("the variable was passed over")
    } catch {
      #expect(
        error.description == "DEALPULSE_SCORER_THREAD: no key has this variable: did you mean DEALPULSE_SCORER_THREADS?"
      )
    }
  }

  @Test("a key that stands twice is told with the line of the second")
  func twice() throws {
    let path = try file("scorer:\n  threads: 2\n  mode: slow\n  threads: 3\n")
    do {
      _ = try Configuration(schema, file: path, environment: [:], flags: [])
      Issue.record("the file was taken")
    } catch {
      #expect(error.description == "\(path):4: threads: stands here twice: keep one")
    }
  }

  @Test("every fault is told at once, a value out of its range and one of the wrong type among them")
  func allFaults() throws {
    let path = try file("scorer:\n  threads: 100\n  mode: quick\nageing:\n  days: [45, soon]\n")
    do {
      _ = try Configuration(schema, file: path, environment: [:], flags: [("scorer.interval", "5")])
      Issue.record("the values were taken")
    } catch {
      #expect(error.faults.map(\.key) == ["scorer.threads", "scorer.mode", "ageing.days", "scorer.interval"])
      #expect(error.faults.map(\.line) == [2, 3, 5, nil])
    }
  }

  @Test("a secret comes from the environment or a file, never from a flag, and is never shown")
  func secrets() throws {
    let path = try file("hunter2\n")
    let fromFile = try Configuration(
      schema, file: nil, environment: [:], flags: [("kafka.sasl_password_file", path)])
    #expect(fromFile.secret("kafka.sasl_password") == "hunter2")
    #expect(!fromFile.effective.contains { $0.value.contains("hunter2") })
    #expect(throws: ConfigurationFaults.self) {
      try Configuration(schema, file: nil, environment: [:], flags: [("kafka.sasl_password", "hunter2")])
    }
  }

  @Test("a file that is no YAML, or not there, is told with its line")
  func brokenFile() throws {
    let path = try file("scorer:\n  threads: [1, 2\nmode: x\n")
    #expect {
      try Configuration(schema, file: path, environment: [:], flags: [])
    } throws: {
      "\($0)".contains("\(path):")
    }
    #expect(throws: ConfigurationFaults.self) {
      try Configuration(schema, file: "/nonexistent.yaml", environment: [:], flags: [])
    }
  }

  @Test("a part with a structure of its own is handed over with its lines")
  func parts() throws {
    let path = try file("scorer:\n  threads: 2\nrules:\n  - id: a\n    when: now\n")
    var lines: [Int] = []
    _ = try Configuration(schema, file: path, environment: [:], flags: []) { _, node in
      for element in node.elements ?? [] {
        for (_, value) in element.members ?? [] { lines.append(value.line) }
      }
    }
    #expect(lines == [4, 5])
  }

  @Test(
    "a length of time needs its unit",
    arguments: [("100ms", 100), ("10s", 10_000), ("5m", 300_000), ("2d", 172_800_000)])
  func durations(text: String, milliseconds: Int64) {
    #expect(Milliseconds(configurationText: text)?.value == milliseconds)
    #expect(Milliseconds(milliseconds).configurationText == text)
    #expect(Milliseconds(configurationText: "100") == nil)
  }
}
