import Deals
import Foundation
import Scoring

/// Runs a history through the engine and writes every score, as the scorer would have published it had its ledger come
/// round at once. The same input and configuration give the same bytes. Belongs to one thread.
public final class HistoryReplay {
  /// How far a replay has come.
  public struct Progress: Sendable {
    /// Changes replayed.
    public var changes: Int64
    /// Scores written.
    public var scores: Int64
    /// How much of the input has been read, from 0 to 1; nil where that is not known.
    public var share: Double?
    /// The event time that has been reached.
    public var streamTime: Timestamp?
    /// Changes older than their deal's last one, left out as the scorer leaves them out.
    public var late: Int
    /// Changes that came twice, counted once.
    public var repeated: Int
    /// Outcomes that were taken back or amended after they were told; the last one of a deal counts from then on.
    public var amended: Int
  }

  /// Changes that are read before they are applied: so few that they stay in the processor's nearest cache.
  private static let batchSize = 64

  private let plan: ReplayPlan
  private var merged: MergedChanges
  // Unchecked, because a replay belongs to one thread and nothing is called while one of them is changed.
  @exclusivity(unchecked) private var engine: DealEngine
  @exclusivity(unchecked) private var baselines: Baselines
  @exclusivity(unchecked) private var output = EngineOutput()
  private let results: any ScoreSink
  private let ledger: ResultStream<JSONWriter>?
  @exclusivity(unchecked) private var changes: Int64 = 0
  @exclusivity(unchecked) private var scores: Int64 = 0
  @exclusivity(unchecked) private var ledgerEntries: Int64 = 0
  @exclusivity(unchecked) private var amended = 0
  private var checkpointed: Int64 = 0
  /// What was counted before the checkpoint that the replay goes on from.
  private var before = (late: 0, repeated: 0)
  private let folder: CheckpointFolder?
  /// Whether the replay goes on from a checkpoint.
  public let isResumed: Bool

  /// Opens the files; goes on from the checkpoint where there is one.
  ///
  /// - Throws: `ReplayError`.
  public convenience init(_ plan: ReplayPlan) throws {
    try self.init(plan, try Self.streams(plan))
  }

  /// Replays changes that are in memory already, in the order of event time, into a file or another sink.
  public convenience init(_ plan: ReplayPlan, changes: [DealChange], sink: (any ScoreSink)? = nil) throws {
    try self.init(plan, [ListedChangeStream(changes, until: plan.end)], sink)
  }

  /// Replays files into another sink than a file.
  public convenience init(_ plan: ReplayPlan, sink: any ScoreSink) throws {
    try self.init(plan, try Self.streams(plan), sink)
  }

  init(_ plan: ReplayPlan, _ streams: [any ChangeStream], _ sink: (any ScoreSink)? = nil) throws {
    self.plan = plan
    merged = MergedChanges(streams)
    engine = DealEngine(partition: 0, settings: plan.engineSettings, canRollBack: false)
    baselines = Baselines(model: plan.settings.model.id, halfLifeDays: plan.halfLifeDays)
    folder = plan.checkpoint.map(CheckpointFolder.init)
    let checkpoint = try plan.savedCheckpoint()
    if let checkpoint, checkpoint.spans != plan.spans {
      throw ReplayError.otherReplay(checkpoint: plan.checkpoint ?? "")
    }
    isResumed = checkpoint != nil
    ledger = try folder.map {
      try ResultStream(JSONWriter(), path: $0.ledger, length: checkpoint?.ledgerLength ?? 0)
    }
    results = try sink ?? plan.format.sink(path: plan.output, length: checkpoint?.outputLength ?? 0)
    if let checkpoint, let folder { try resume(checkpoint, folder) }
    try results.begin(isResumed: isResumed)
    // What stands in the sink and in the folder is known to be ours from the first score on.
    if !isResumed { try saveCheckpoint() }
  }

  private static func streams(_ plan: ReplayPlan) throws -> [any ChangeStream] {
    try HistoryFiles(paths: plan.inputs, importSettings: plan.importSettings).streams(until: plan.end)
  }

  private func resume(_ checkpoint: ReplayCheckpoint, _ folder: CheckpointFolder) throws {
    try checkpoint.restore(&engine, from: folder)
    try checkpoint.restore(&baselines, from: folder)
    try merged.resume(at: checkpoint.places)
    changes = checkpoint.changes
    scores = checkpoint.scores
    ledgerEntries = checkpoint.ledgerEntries
    checkpointed = changes
    before = (checkpoint.late, checkpoint.repeated)
    amended = checkpoint.amended
  }

  /// How far it has come.
  public var progress: Progress {
    Progress(
      changes: changes, scores: scores, share: merged.share, streamTime: engine.position.streamTime,
      late: before.late + engine.counters.late, repeated: before.repeated + engine.counters.duplicates,
      amended: amended)
  }

  /// Lines that could not be used so far.
  public var unreadable: UnreadableLines { merged.unreadable }

  /// What else a reader should know of the files.
  public var remarks: [String] { merged.remarks }

  /// How far the changes so far were from the order of event time, file by file.
  public var order: EventOrder { merged.order }

  /// The instant of the change that comes next, nil at the end.
  public var next: Timestamp? { merged.headTime }

  /// Replays at most so many changes; false where the end has been reached.
  public func advance(_ count: Int) throws -> Bool {
    var batch: [DealChange] = []
    batch.reserveCapacity(min(count, Self.batchSize))
    var rest = count
    while rest > 0 {
      try merged.take(min(rest, Self.batchSize), into: &batch)
      if batch.isEmpty { return false }
      rest -= batch.count
      for index in batch.indices {
        engine.apply(batch[index], at: changes, &baselines, into: &output)
        changes += 1
        if !output.risks.isEmpty || !output.entries.isEmpty { try publish() }
        if changes & 0xFFF == 0 { engine.commit() }
      }
    }
    if folder != nil, changes - checkpointed >= Int64(plan.checkpointInterval) { try saveCheckpoint() }
    return true
  }

  /// Scores what is due by the end, and closes the files. A replay that has come to its end leaves no checkpoint.
  public func finish() throws -> Progress {
    if let until = plan.until {
      engine.advance(to: until, &baselines, into: &output)
      try publish()
    }
    // A checkpoint may go only when the disk has what it stands for.
    if folder == nil { try results.finish() } else { try results.synchronize() }
    folder?.removeAll()
    return progress
  }

  private func publish() throws {
    // Taken out for so long, and by index: else each score would be copied, with all that it holds counted up and down.
    var published = EngineOutput()
    swap(&published, &output)
    for index in published.risks.indices where plan.onlyDeal == nil || plan.onlyDeal == published.risks[index].dealID {
      try results.append(published.risks[index])
      scores += 1
    }
    for index in published.entries.indices {
      baselines.apply(published.entries[index], at: ledgerEntries)
      ledgerEntries += 1
      if published.entries[index].isAboutKnownOutcome { amended += 1 }
      try ledger?.append { $0.ledgerEntry(published.entries[index]) }
    }
    published.removeAll()
    swap(&published, &output)
  }

  private func saveCheckpoint() throws {
    guard let folder, let ledger else { return }
    engine.commit()
    try results.synchronize()
    try ledger.synchronize()
    var checkpoint = ReplayCheckpoint(
      fingerprint: plan.fingerprint, spans: plan.spans, places: merged.places, changes: changes, scores: scores,
      outputLength: results.length, ledgerLength: ledger.length, ledgerEntries: ledgerEntries,
      streamTime: engine.position.streamTime?.milliseconds, late: progress.late, repeated: progress.repeated,
      amended: amended)
    try checkpoint.save(folder, engine)
    checkpointed = changes
  }
}
