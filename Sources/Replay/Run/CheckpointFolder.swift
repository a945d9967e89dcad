import Foundation

/// The folder of a checkpoint. It may hold files of somebody else, which are left alone: only what bears a name of ours is
/// written and removed.
struct CheckpointFolder {
  let path: String

  /// What is kept last, so that the others are whole when it is there.
  var figures: String { path + "/checkpoint.json" }
  /// The figures while they are written.
  var nextFigures: String { path + "/checkpoint.json.new" }
  /// The outcomes so far.
  var ledger: String { path + "/ledger.jsonl" }
  /// The states of the deals after so many changes.
  func states(_ changes: Int64) -> String { path + "/deals-\(changes).jsonl" }

  /// Makes the folder where it is not there.
  ///
  /// - Throws: `ReplayError.foreignFolder` where it holds anything but a checkpoint: its files might be taken for ours.
  func prepare() throws(ReplayError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(file: path, reason: error.localizedDescription)
    }
    guard !FileManager.default.fileExists(atPath: figures) else { return }
    // A replay that was killed before its first checkpoint leaves nothing in its files.
    if let foreign = names.first(where: { !isOurs($0) || !isEmpty($0) }) {
      throw .foreignFolder(path, file: foreign)
    }
  }

  /// Removes the states of every checkpoint but the one after so many changes.
  func removeStates(besides changes: Int64) {
    let kept = URL(filePath: states(changes)).lastPathComponent
    for name in names where isStates(name) && name != kept { remove(name) }
  }

  /// Removes what is ours, and the folder where nothing else is in it.
  func removeAll() {
    for name in names where isOurs(name) { remove(name) }
    // Of a folder that is not empty it does nothing.
    rmdir(path)
  }

  /// Whether a file is one of those that are written here.
  func isOurs(file: String) -> Bool {
    let file = URL(filePath: file).standardizedFileURL.resolvingSymlinksInPath()
    let folder = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath()
    return file.deletingLastPathComponent().path == folder.path && isOurs(file.lastPathComponent)
  }

  private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  private func isOurs(_ name: String) -> Bool {
    [figures, nextFigures, ledger].contains(path + "/" + name) || isStates(name)
  }

  private func isStates(_ name: String) -> Bool {
    guard name.hasPrefix("deals-"), name.hasSuffix(".jsonl") else { return false }
    let digits = name.dropFirst("deals-".count).dropLast(".jsonl".count)
    return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Figures that are not in their place yet count for nothing.
  private func isEmpty(_ name: String) -> Bool {
    let file = path + "/" + name
    let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
    return file == nextFigures || size?.intValue == 0
  }

  private func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path + "/" + name) }
}
