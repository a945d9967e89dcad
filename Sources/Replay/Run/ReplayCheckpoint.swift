import Deals
import Foundation
import Scoring

/// What a replay that was killed needs to go on: the deals, the ledger, and how far input and output had come.
///
/// The figures name the file of the states, and are put in place last: a kill while a checkpoint is written leaves the one
/// before it whole.
struct ReplayCheckpoint: Codable {
  /// Of the plan; another plan must not go on from here.
  var fingerprint: PlanFingerprint
  /// What was read of a topic, so that the same is read again.
  var spans: [PartitionSpan]
  var places: [StreamPlace]
  var changes: Int64
  var scores: Int64
  var outputLength: UInt64
  var ledgerLength: UInt64
  var ledgerEntries: Int64
  var streamTime: Int64?
  /// Changes older than their deal's last one.
  var late: Int
  /// Changes that came twice.
  var repeated: Int
  /// Outcomes that were taken back or amended.
  var amended: Int
  /// Deals in the file of the states: one that was cut off between two lines has fewer.
  var deals: Int?

  /// The last checkpoint in a folder, nil where there is none.
  static func load(_ folder: CheckpointFolder) throws -> ReplayCheckpoint? {
    guard let data = FileManager.default.contents(atPath: folder.figures) else { return nil }
    do {
      return try JSONDecoder().decode(ReplayCheckpoint.self, from: data)
    } catch {
      throw ReplayError.damagedCheckpoint(file: folder.figures, reason: "it is no checkpoint of this version")
    }
  }

  /// Writes the checkpoint with the deals of the engine, and removes the one before.
  mutating func save(_ folder: CheckpointFolder, _ engine: DealEngine) throws {
    var count = 0
    let states = try ResultStream(JSONWriter(), path: folder.states(changes), length: 0)
    try engine.forEachDeal { id, state in
      try states.append { writer in
        writer.text(id)
        writer.dealState(state)
      }
      count += 1
    }
    try states.synchronize()
    deals = count
    do {
      try JSONEncoder().encode(self).write(to: URL(filePath: folder.nextFigures))
    } catch {
      throw ReplayError.unwritable(file: folder.nextFigures, reason: error.localizedDescription)
    }
    guard rename(folder.nextFigures, folder.figures) == 0 else {
      throw ReplayError.unwritable(file: folder.figures, reason: String(cString: strerror(errno)))
    }
    folder.removeStates(besides: changes)
  }

  /// Puts the deals back into an engine.
  func restore(_ engine: inout DealEngine, from folder: CheckpointFolder) throws {
    let decoder = StateDecoder()
    let reader = try LineReader(path: folder.states(changes))
    var deals = 0
    var hasMore = true
    while hasMore {
      hasMore = try reader.next { line in
        let parts = line.split(separator: 0x09, maxSplits: 1)
        guard parts.count == 2,
          case .deal(let id, let state)? = try? decoder.decode(
            key: UnsafeRawBufferPointer(rebasing: parts[0]), value: UnsafeRawBufferPointer(rebasing: parts[1]))
        else { throw ReplayError.damagedCheckpoint(file: reader.path, reason: "line \(reader.line) is no deal") }
        engine.restore(id, state)
        deals += 1
      }
    }
    if let expected = self.deals, deals != expected {
      throw ReplayError.damagedCheckpoint(file: reader.path, reason: "it has \(deals) of \(expected) deals")
    }
    engine.restore(
      ChangelogPosition(nextOffset: changes, streamTime: streamTime.map(Timestamp.init(milliseconds:))))
    engine.finishRestoring()
  }

  /// Puts the ledger back into baselines.
  func restore(_ baselines: inout Baselines, from folder: CheckpointFolder) throws {
    let decoder = LedgerDecoder()
    let reader = try LineReader(path: folder.ledger)
    for offset in 0..<ledgerEntries {
      let found = try reader.next { line in
        guard let entry = try? decoder.decode(line) else {
          throw ReplayError.damagedCheckpoint(file: reader.path, reason: "line \(reader.line) is no ledger entry")
        }
        baselines.apply(entry, at: offset)
      }
      guard found else {
        throw ReplayError.damagedCheckpoint(file: reader.path, reason: "entries are missing at its end")
      }
    }
  }
}
