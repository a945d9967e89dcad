extension ReplayPlan {
  /// The offsets that the replay was begun with whose checkpoint there is; nil where there is none. A replay that goes on
  /// must read these and no others.
  ///
  /// - Throws: `ReplayError`, also where the checkpoint belongs to another plan.
  public func spansOfCheckpoint() throws -> [PartitionSpan]? { try savedCheckpoint()?.spans }

  /// The checkpoint to go on from; nil where there is none. Makes its folder.
  func savedCheckpoint() throws -> ReplayCheckpoint? {
    guard let checkpoint else { return nil }
    let folder = CheckpointFolder(path: checkpoint)
    for file in inputs + [output] where folder.isOurs(file: file) {
      throw ReplayError.foreignFolder(folder.path, file: file)
    }
    try folder.prepare()
    guard let saved = try ReplayCheckpoint.load(folder) else { return nil }
    guard saved.fingerprint == fingerprint, saved.places.count == max(1, inputs.count) else {
      throw ReplayError.otherReplay(
        checkpoint: folder.path, differing: saved.fingerprint.differences(from: fingerprint))
    }
    return saved
  }
}
