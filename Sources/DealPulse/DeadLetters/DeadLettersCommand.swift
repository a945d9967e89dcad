import ArgumentParser
import DeadLetters
import Deals
import Foundation
import Kafka
import Logging
import Programs

/// `dealpulse dead-letters`: what could not be used, why, and back into the stream once that is mended.
struct DeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters", abstract: "Lists, shows and puts back the records that could not be used.",
    subcommands: [List.self, Show.self, Replay.self])

  private static let logger = Logger(label: "dealpulse")

  private static func box(_ cluster: ClusterOptions) async throws -> DeadLetterBox {
    let connection = try cluster.settings()
    return try await DedicatedThread.run(name: "dead-letters") {
      try DeadLetterBox(connection, logger: logger)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One line for each, and how many there are of each code.")

    @Option(help: "Only those with this code, such as malformed_json.") var code: String?
    @Option(help: "At most so many lines, the newest of each partition last.") var limit = 100
    @OptionGroup var cluster: ClusterOptions

    func run() async throws {
      let box = try await DeadLettersCommand.box(cluster)
      let chosen = box.letters.filter { code == nil || $0.reason.code == code }
      for letter in chosen.suffix(limit) { print(line(letter, isReplayed: box.replayed.contains(letter.place.name))) }
      if chosen.count > limit { print("… and \(chosen.count - limit) before them: see --limit") }
      let counts = Dictionary(grouping: chosen, by: \.reason.code).mapValues(\.count).sorted { $0.key < $1.key }
      let replayed = chosen.count { box.replayed.contains($0.place.name) }
      print("\(chosen.count) dead letters, \(replayed) put back")
      for (code, count) in counts { print("  \(code): \(count)") }
    }

    private func line(_ letter: DeadLetter, isReplayed: Bool) -> String {
      let key = letter.key.map { OneLine.text($0, limit: 40) } ?? "no key"
      let seen = letter.firstSeen?.rfc3339 ?? "?"
      let mark = isReplayed ? "  (put back)" : ""
      return "\(letter.place.name)  \(seen)  \(letter.reason.code)  \(key)  from \(letter.source)\(mark)"
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Everything about one: why, from where, and its bytes.")

    @Argument(help: "Its name, as list shows it: partition-offset.") var name: String
    @OptionGroup var cluster: ClusterOptions

    func run() async throws {
      let box = try await DeadLettersCommand.box(cluster)
      guard let letter = try box.letters(named: [name]).first else { return }
      print("code         \(letter.reason.code)")
      print("what to do   \(OneLine.text(Array(letter.reason.text.utf8), limit: 2_000))")
      print("read from    \(letter.source)")
      print("first seen   \(letter.firstSeen?.rfc3339 ?? "?")")
      print("its time     \(letter.timestamp?.rfc3339 ?? "none")")
      print("put back     \(box.replayed.contains(name) ? "yes" : "no")")
      print("key          \(letter.key.map { OneLine.text($0, limit: 2_000) } ?? "none")")
      if let size = letter.wholeKeySize { print("whole key    \(size) bytes, of which the beginning is kept") }
      for header in letter.headers {
        print("header       \(header.name): \(OneLine.text(header.value ?? [], limit: 2_000))")
      }
      if letter.droppedHeaders > 0 { print("header       \(letter.droppedHeaders) more, too large to keep") }
      guard let value = letter.value else { return print("value        none (a tombstone)") }
      let whole = letter.wholeSize.map { " of \($0)" } ?? ""
      print("value        \(value.count)\(whole) bytes")
      print(OneLine.text(value, limit: 65_536))
    }
  }

  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts letters back into deals.changes with their own key and time.",
      discussion: """
        For use once what was wrong is mended (a newer scorer, a currency, a stage). A change that is older than its \
        deal's last one is late: it counts, but changes nothing.
        """)

    @Argument(help: "Names, as list shows them: partition-offset.") var names: [String] = []
    @Flag(help: "Every letter that has not been put back.") var all = false
    @Option(help: "With --all: only those with this code.") var code: String?
    @Flag(help: "Put back again what was put back before.") var again = false
    @Flag(help: "Say what would be put back, and do nothing.") var dryRun = false
    @OptionGroup var cluster: ClusterOptions

    func validate() throws {
      guard all != !names.isEmpty else { throw ValidationError("say which: names of letters, or --all") }
      guard all || code == nil else { throw ValidationError("--code goes with --all") }
    }

    func run() async throws {
      let command = self
      let connection = try cluster.settings()
      let logger = DeadLettersCommand.logger
      let lines = try await DedicatedThread.run(name: "dead-letters") { () throws -> [String] in
        let box = try DeadLetterBox(connection, logger: logger)
        let producer = try Producer(ProducerConfiguration(client: connection.client), logger: logger)
        defer { producer.close() }
        let replay = try DeadLetterReplay(producer, connection.topics)
        return try command.putBack(box, replay)
      }
      for line in lines { print(line) }
    }

    private func putBack(_ box: DeadLetterBox, _ replay: DeadLetterReplay) throws -> [String] {
      let asked =
        all ? box.letters.filter { code == nil || $0.reason.code == code } : try box.letters(named: names)
      var (chosen, lines): ([DeadLetter], [String]) = ([], [])
      for letter in asked {
        if !again, box.replayed.contains(letter.place.name) {
          if !all { lines.append("\(letter.place.name): it was put back before; --again does so once more") }
        } else if let obstacle = replay.obstacle(letter) {
          lines.append("\(letter.place.name): \(obstacle)")
        } else {
          chosen.append(letter)
        }
      }
      if !dryRun { try replay.putBack(chosen) }
      for letter in chosen { lines.append("\(letter.place.name): \(dryRun ? "would be put back" : "put back")") }
      lines.append("\(chosen.count) of \(asked.count) dead letters \(dryRun ? "would be put back" : "put back")")
      return lines
    }
  }
}

/// Bytes from outside on one line of a terminal: what could move the cursor or is no UTF-8 is shown as a dot.
enum OneLine {
  static func text(_ bytes: [UInt8], limit: Int) -> String {
    let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
    let shown = String(
      text.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control || scalar == "\u{FFFD}" ? "·" : Character(scalar)
      })
    return bytes.count > limit ? shown + "…" : shown
  }
}
