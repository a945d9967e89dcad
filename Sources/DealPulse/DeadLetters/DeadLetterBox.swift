import Connection
import DeadLetters
import Kafka
import Logging
import Programs

/// All that `deals.dead-letter` holds now. Reading blocks.
struct DeadLetterBox: Sendable {
  /// The letters by partition and offset.
  private(set) var letters: [DeadLetter] = []
  /// Names of those that were put back.
  private(set) var replayed: Set<String> = []

  init(_ connection: ConnectionSettings, logger: Logger) throws {
    let topic = connection.topics.deadLetter
    guard let found = try Admin(connection.client, logger: logger).describe(topic: topic) else {
      throw Failure(text: "\(topic) does not exist: run `dealpulse topics apply`, or check --topic-prefix", status: 3)
    }
    var (letters, replayed): ([DeadLetter], Set<String>) = ([], [])
    try TopicReader.read(connection.client, topic: topic, partitions: found.partitions, logger: logger) { message in
      if let letter = DeadLetter(message) { return letters.append(letter) }
      for header in message.headers where header.name == DeadLetterReplay.mark {
        if let name = header.text { replayed.insert(name) }
      }
    }
    self.letters = letters.sorted { ($0.place.partition, $0.place.offset) < ($1.place.partition, $1.place.offset) }
    self.replayed = replayed
  }

  /// The letters of these names, in their order.
  ///
  /// - Throws: `Failure` for a name that there is none of.
  func letters(named names: [String]) throws -> [DeadLetter] {
    try names.map { name in
      guard let letter = letters.first(where: { $0.place.name == name }) else {
        throw Failure(text: "there is no dead letter \(name): `dealpulse dead-letters list` names them", status: 2)
      }
      return letter
    }
  }
}
