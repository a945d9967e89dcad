/// Why a replay can't go on. Its text ends with what to do.
public enum ReplayError: Error, Hashable, Sendable {
  /// A file can't be opened.
  case unopened(file: String)
  /// A file ends in the middle of its compressed data, or is damaged.
  case damaged(file: String, reason: String)
  /// A line of a dump is no record.
  case notARecord(file: String, line: Int, reason: String)
  /// A file can't be written.
  case unwritable(file: String, reason: String)
  /// A checkpoint belongs to another replay, which differs in these.
  case otherReplay(checkpoint: String, differing: [String] = [])
  /// A checkpoint, or what lies beside it, is not as it was written.
  case damagedCheckpoint(file: String, reason: String)
  /// A folder for checkpoints holds something else.
  case foreignFolder(String, file: String)
  /// A file holds something else than it must.
  case unusable(file: String, reason: String)
  /// True chances are those of another history.
  case otherTruth(file: String, known: Int, deals: Int)
  /// No line of a file could be used.
  case nothingUsable(lines: Int, first: UnreadableLine)
  /// A table has a name that says it holds change events.
  case tableByAnotherName(file: String)
}

extension ReplayError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unopened(let file): "\(file) can't be opened: check that it is there and may be read"
    case .damaged(let file, let reason): "\(file) can't be read to its end (\(reason)): fetch it again"
    case .notARecord(let file, let line, let reason):
      "\(file):\(line) is no record of a topic (\(reason)): write dumps with kcat -J, one object in a line"
    case .unwritable(let file, let reason):
      "\(file) can't be written (\(reason)): check the folder, its rights and the space that is left"
    case .otherReplay(let checkpoint, let differing):
      "\(checkpoint) is the checkpoint of a replay with "
        + (differing.isEmpty ? "another source" : differing.joined(separator: ", "))
        + ": start it as it was started then, or give another folder"
    case .damagedCheckpoint(let file, let reason):
      "\(file) is damaged (\(reason)), so that the replay can't go on from there: remove the checkpoint's "
        + "files and start again from the beginning, or give another folder"
    case .foreignFolder(let folder, let file):
      "\(folder) can't be the folder of a checkpoint, where files are written over and removed: it holds \(file). Give "
        + "--checkpoint a folder that is empty or not there yet"
    case .unusable(let file, let reason): "\(file) can't be used (\(reason)): correct it, or give another file"
    case .otherTruth(let file, let known, let deals):
      "\(file) is the truth of another history: of \(deals) closed deals it has \(known) with their outcome. Give the table "
        + "that was written with this history"
    case .nothingUsable(let lines, let first):
      "\(lines == 1 ? "the only line" : "none of the \(lines) lines") of \(first.file) could be used (\(first)): give change "
        + "events as JSON Lines, or a table under a name that ends in .csv, .csv.gz or .csv.zst"
    case .tableByAnotherName(let file):
      "\(file) looks like a table and not like change events: name it so that it ends in .csv, .csv.gz or .csv.zst"
    }
  }
}
