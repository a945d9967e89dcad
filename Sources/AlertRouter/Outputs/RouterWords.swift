import AlertDelivery
import Foundation

/// What other routers have to know, and what may be forgotten or committed once they do.
struct RouterWords {
  /// The newest record of each key; nil where there is nothing to know of it any more.
  var records: [String: Data?] = [:]
  /// How far the input was read for it: the next owner of a partition begins there.
  var offsets: [InputPartition: Int64] = [:]
  /// The last command of a person that is in it, 0 where there is none.
  var lastCommand: Int64 = 0

  var isEmpty: Bool { records.isEmpty && offsets.isEmpty && lastCommand == 0 }

  /// Adds what came later.
  mutating func add(_ newer: RouterWords) {
    records.merge(newer.records) { $1 }
    offsets.merge(newer.offsets) { max($0, $1) }
    lastCommand = max(lastCommand, newer.lastCommand)
  }
}
