import Foundation
import Testing

extension EndToEnd {
  /// `deal-replay` as a program: what it refuses, and with which status.
  @Suite(.serialized) struct ReplayProgramTests {
    private let folder = NSTemporaryDirectory() + "deal-replay-\(UUID().uuidString)/"

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    private func write(_ name: String, _ text: String) throws -> String {
      try text.write(toFile: folder + name, atomically: true, encoding: .utf8)
      return folder + name
    }

    private func history() throws -> String {
      try write(
        "h.jsonl",
        """
        {"event_id":"1","deal_id":"D1","change":"created","occurred_at":"2024-01-01T00:00:00Z",\
        "deal":{"created_at":"2024-01-01T00:00:00Z","stage":"Demo"}}

        """)
    }

    @Test("no file that is read is written over") func ownInput() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let input = try history()
      try FileManager.default.createSymbolicLink(atPath: folder + "link", withDestinationPath: input)
      let before = try String(contentsOfFile: input, encoding: .utf8)
      for output in [input, folder + "link"] {
        let result = try Program.run("deal-replay", ["run", "--input", input, "--output", output])
        #expect(result.status == 64 && result.output.contains("which is read"), "\(result.output)")
      }
      let mine = try write("my.yaml", "scoring:\n  minimum_deals: 5\n")
      let tuned = try Program.run("deal-replay", ["tune", "--input", input, "--from", mine, "--output", mine])
      #expect(tuned.status == 64)
      #expect(try String(contentsOfFile: input, encoding: .utf8) == before)
      #expect(try String(contentsOfFile: mine, encoding: .utf8).contains("minimum_deals: 5"))
    }

    @Test(
      "flags that would have no effect are refused",
      arguments: [
        ["--since", "2024-01-01T00:00:00Z"], ["--from-offset", "5"], ["--bootstrap-servers", "a:1"],
        ["--topic-prefix", "x."],
      ]) func noEffect(flags: [String]) throws
    {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let input = try history()
      let result = try Program.run("deal-replay", ["run", "--input", input, "--output", folder + "out"] + flags)
      #expect(result.status == 64 && result.output.contains(flags[0]), "\(result.output)")
    }

    @Test("a deal that is not there ends with status 1, and says so") func unknownDeal() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let result = try Program.run(
        "deal-replay", ["run", "--input", history(), "--output", folder + "out", "--only-deal", "NOPE"])
      #expect(result.status == 1 && result.output.contains("no change asked for a score of NOPE"), "\(result.output)")
    }

    @Test("run reads what scores depend on as the scorer does") func oneLoader() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let input = try history()
      let config = try write("s.yaml", "scoring:\n  minimum_deals: 5\nkafka:\n  ssl_ca_location: /nowhere\n")
      let result = try Program.run(
        "deal-replay",
        ["run", "--input", input, "--output", folder + "out", "--config", config, "--set", "scoring.model=points-v1"])
      #expect(result.status == 0, "\(result.output)")
      let score = try String(contentsOfFile: folder + "out", encoding: .utf8)
      #expect(score.contains("\"model\":\"points-v1\"") && !score.contains("\"configuration_hash\":\"default\""))
      let wrong = try Program.run(
        "deal-replay", ["run", "--input", input, "--output", folder + "out", "--set", "scoring.minimum_dels=5"])
      #expect(wrong.status == 2 && wrong.output.hasPrefix("deal-replay: command line: scoring.minimum_dels"))
    }

    @Test("a file out of order ends with status 2 where it must be in order") func order() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let line = try String(contentsOfFile: history(), encoding: .utf8)
      let input = try write(
        "two.jsonl", line + line.replacing("\"D1\"", with: "\"D2\"").replacing("2024", with: "2023"))
      let strict = try Program.run("deal-replay", ["run", "--input", input, "--output", folder + "out", "--strict"])
      #expect(strict.status == 2 && strict.output.contains("1 change stands behind later ones, by up to 365 days"))
      #expect(try Program.run("deal-replay", ["run", "--input", input, "--output", folder + "out"]).status == 0)
    }

    @Test("a table through a pipe is refused as a file is", arguments: ["score", "run"]) func pipe(command: String)
      throws
    {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let pipe = folder + "pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let program = try Program("deal-replay", [command, "--input", pipe, "--output", folder + "out"])
      try "deal_id,created_date,deal_stage\nD1,2024-01-01,Demo\n".write(
        toFile: pipe, atomically: false, encoding: .utf8)
      #expect(program.wait() == 2 && program.output.contains("none of the 2 lines of \(pipe) could be used"))
    }

    @Test("a result that can't be written ends with status 2, before anything is computed for it") func unwritable()
      throws
    {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let input = try history()
      for output in [folder, folder + "none/out"] {
        for command in ["tune", "score", "backtest", "insights"] {
          let result = try Program.run("deal-replay", [command, "--input", input, "--output", output])
          #expect(result.status == 2 && result.output.hasPrefix("deal-replay: \(output) can't be written"))
        }
      }
      let empty = try write("empty.jsonl", "")
      for arguments in [["verify", "--dump", empty], ["backtest", "--input", input]] {
        #expect(try Program("deal-replay", arguments, device: "/dev/full").wait() == 2, "\(arguments)")
      }
    }

    @Test("run writes to standard output where no other place is given", arguments: ["jsonl", "csv"])
    func standardOutput(format: String) throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let input = try history()
      let arguments = ["run", "--input", input, "--format", format]
      #expect(try Program.run("deal-replay", arguments + ["--output", folder + "out"]).status == 0)
      let scores = try String(contentsOfFile: folder + "out", encoding: .utf8)
      let result = try Program.run("deal-replay", arguments)
      #expect(result.status == 0 && !scores.isEmpty && result.output.contains(scores), "\(result.output)")
      #expect(try Program("deal-replay", arguments, device: "/dev/full").wait() == 2)
    }

    @Test("an empty filter is told from an empty history") func emptyFilter() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let arguments = try ["run", "--input", history(), "--output", folder + "out"]
      let filtered = try Program.run("deal-replay", arguments + ["--until", "2020-01-01T00:00:00Z"])
      #expect(filtered.status == 0 && filtered.output.contains("no change lies within --until"))
      let empty = try Program.run("deal-replay", ["run", "--input", write("e.jsonl", ""), "--output", folder + "out"])
      #expect(empty.status == 0 && empty.output.contains("the history is empty"))
    }

    @Test(
      "wrong use is told with what to write",
      arguments: [
        (["run", "--input", "h", "--speed", "-3"], "--speed is -3.0: write a number above 0"),
        (["run", "--input", "h", "--checkpoint-every", "5"], "--checkpoint-every goes with --checkpoint"),
        (["run", "--input", "h", "--checkpoint", "c"], "--checkpoint can't go on with standard output"),
        (["compare", "wieghted", "points-v1", "--input", "h"], "no model either: these are weighted-v1, points-v1"),
      ]) func wrongUse(arguments: [String], words: String) throws
    {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let result = try Program.run("deal-replay", arguments)
      #expect(result.status == 64 && result.output.contains(words), "\(result.output)")
    }

    @Test("a tier may be written in any case") func tierCase() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let result = try Program.run(
        "deal-replay", ["compare", "weighted-v1", "points-v1", "--input", history(), "--alert-tier", "high"])
      #expect(result.status == 0 && result.output.contains("rises to High"), "\(result.output)")
    }

    @Test("a dump with gaps ends with status 2 where it must be whole", arguments: ["run", "score"])
    func gaps(command: String) throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let change = try String(contentsOfFile: history(), encoding: .utf8).trimmingCharacters(in: .newlines)
      let lines = [0, 1, 5].map {
        "{\"topic\":\"deals.changes\",\"partition\":0,\"offset\":\($0),\"key\":\"D1\",\"payload\":\(change)}\n"
      }
      let arguments = try [command, "--input", write("dump.jsonl", lines.joined()), "--output", folder + "out"]
      #expect(try Program.run("deal-replay", arguments).status == 0)
      let strict = try Program.run("deal-replay", arguments + ["--strict"])
      #expect(
        strict.status == 2 && strict.output.contains("offsets 2 to 4 of partition 0 of deals.changes are missing"))
    }

    @Test("verify: 1 where there is nothing to verify, 2 for a configuration, 3 for a broker that is away")
    func statuses() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let empty = try write("empty.jsonl", "")
      let nothing = try Program.run("deal-replay", ["verify", "--dump", empty])
      #expect(nothing.status == 1 && nothing.output.contains("there was nothing to verify"), "\(nothing.output)")
      let wrong = try Program.run("deal-replay", ["verify", "--dump", empty, "--set", "scoring.model=x"])
      #expect(wrong.status == 2, "\(wrong.output)")
      let gone = try Program.run("deal-replay", ["verify", "--dump", folder + "none"])
      #expect(gone.status == 2 && gone.output.contains("can't be opened"), "\(gone.output)")
      let config = try write("away.yaml", "kafka:\n  bootstrap_servers: 127.0.0.1:1\n")
      let away = try Program(
        "deal-replay", ["verify", "--config", config], environment: ["KAFKA_BOOTSTRAP_SERVERS": ""])
      #expect(away.wait() == 3, "\(away.output)")
    }
  }
}
