import ArgumentParser
import Deals
import EngineConfiguration
import Foundation
import Kafka
import Logging
import Observability
import Programs
import Replay
import ReplayTopics
import Topics

extension ScoreFormat: ExpressibleByArgument {}

/// `deal-replay run`: a history through the engine, every score to a file.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Replays a history through the engine and writes every score that it gives.",
    discussion: """
      The same input and configuration give the same bytes. With --checkpoint a replay that was killed goes on where its \
      last checkpoint stands when it is started again in the same way.
      """)

  @Option(
    parsing: .upToNextOption,
    help: "Files: change events as JSON Lines in the order of event time, or a CRM's CSV; gzip and zstd are unpacked.")
  var input: [String] = []

  @Option(help: "The file that the scores go to; standard output where neither it nor --to-replay is given.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How they are written into it.",
      discussion: """
        jsonl: risk events, one in a line, with components, reasons and actions; csv: a table of the figures alone, which \
        takes less time.
        """))
  var format = ScoreFormat.jsonl

  @OptionGroup var table: TableOptions

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "The first offset of deals.changes to read, in each partition.")
  var fromOffset: Int64 = 0

  @Option(help: "The offset of deals.changes to end before, in each partition.")
  var toOffset = Int64.max

  @Option(help: "Write the scores to the topic deals.risk.replay.NAME in place of a file. No live topic can be named.")
  var toReplay: String?

  @Flag(help: "Add the scores to those that the topic of --to-replay holds already.")
  var append = false

  @OptionGroup var model: ModelOptions

  @Option(help: "A folder for checkpoints.")
  var checkpoint: String?

  @Option(parsing: .unconditional, help: "Changes between two checkpoints. (default: 250000)")
  var checkpointEvery: Int?

  @Option(help: "Leave out changes after this instant, such as 2024-03-31T23:59:59Z.")
  var until: String?

  @Option(help: "Write the scores of this deal alone.")
  var onlyDeal: String?

  @Option(
    parsing: .unconditional,
    help: "Replay so many times as fast as it happened; as fast as possible where it is not given.")
  var speed: Double?

  @Flag(
    help: "End with status 2 where a line can't be used, a dump has gaps, or a file is not in the order of event time.")
  var strict = false

  @Option(help: "Read changes of deals.changes from this instant on; what happened before is not known to the replay.")
  var since: String?

  func validate() throws {
    if let speed, !(speed > 0) { throw ValidationError("--speed is \(speed): write a number above 0") }
    if let checkpointEvery {
      if checkpointEvery < 1 { throw ValidationError("--checkpoint-every is \(checkpointEvery): write 1 or more") }
      if checkpoint == nil { throw ValidationError("--checkpoint-every goes with --checkpoint") }
    }
    guard output == nil || toReplay == nil else { throw ValidationError("give either --output or --to-replay") }
    guard checkpoint == nil || output != nil || toReplay != nil else {
      throw ValidationError("--checkpoint can't go on with standard output: give --output")
    }
    guard !append || toReplay != nil else { throw ValidationError("--append goes with --to-replay") }
    guard !append || checkpoint == nil else {
      throw ValidationError("--append can't go on from a checkpoint: it would not know its own scores; leave one out")
    }
    guard toReplay == nil || format == .jsonl else {
      throw ValidationError("a topic takes risk events as JSON: give --output with --format csv, or leave --format out")
    }
    try checkFiles()
    guard fromOffset >= 0, toOffset > fromOffset else {
      throw ValidationError("--to-offset must be above --from-offset, and that 0 or more")
    }
    _ = try Self.instant(until, "--until")
    _ = try Self.instant(since, "--since")
    _ = try deal()
    _ = try target(TopicNames())
  }

  func run() async throws {
    let command = self
    try await DedicatedThread.run(name: "replay") { try command.replay() }
  }

  private func replay() throws {
    let replay = try open()
    if replay.isResumed { note("going on from the checkpoint, after \(replay.progress.changes) changes") }
    for line in replay.remarks { note(line) }
    let before = replay.progress
    var meter = ProgressBar("deal-replay", unit: "changes", before: (Int(before.changes), before.share))
    if let speed { try pace(replay, speed, &meter) }
    while try replay.advance(8_192) { meter.show(Int(replay.progress.changes), share: replay.progress.share) }
    let progress = try replay.finish()
    meter.end(Int(progress.changes))
    note("\(progress.scores) scores")
    if progress.late > 0 {
      note("\(progress.late) changes are older than one of their deal that stands before them: left out, as live")
    }
    if progress.repeated > 0 { note("\(progress.repeated) changes came twice: counted once") }
    if progress.amended > 0 {
      note("\(progress.amended) changes took back or amended an outcome: the last one of a deal counts from then on")
    }
    let (unreadable, order) = (replay.unreadable, replay.order)
    for line in unreadable.first { note("\(line)") }
    if unreadable.count > 0 { note("\(unreadable.count) lines could not be used") }
    for line in unreadable.gaps.report(of: "deals.changes") + order.report { note(line) }
    if progress.changes == 0 { note(emptyWords) }
    if progress.changes > 0, progress.scores == 0, let onlyDeal {
      note("no change asked for a score of \(onlyDeal): check the id")
      throw ExitCode(1)
    }
    if strict, unreadable.count > 0 || unreadable.gaps.count > 0 || order.stragglers > 0 { throw ExitCode(2) }
  }

  /// What to say where there was no change.
  private var emptyWords: String {
    let limits = [
      ("--since", since != nil), ("--until", until != nil), ("--from-offset", fromOffset != 0),
      ("--to-offset", toOffset != .max),
    ].filter(\.1).map(\.0)
    guard !limits.isEmpty else { return "the history is empty: nothing was scored" }
    return "no change lies within \(limits.joined(separator: " and ")): nothing was scored"
  }

  private func open() throws -> HistoryReplay {
    var plan = try plan()
    let logger = Logger(label: "deal-replay")
    let sink = try sink(logger)
    guard input.isEmpty else {
      return try sink.map { try HistoryReplay(plan, sink: $0) } ?? HistoryReplay(plan)
    }
    let cluster = try cluster()
    let reader = ClusterReader(client: cluster.client, topics: cluster.topics, logger: logger)
    let start = try Self.instant(since, "--since") ?? Timestamp(milliseconds: .min)
    let end = try Self.instant(until, "--until") ?? Timestamp(milliseconds: .max)
    guard start <= end else { throw ValidationError("--until lies before --since: swap the two") }
    let read = try reader.changes(for: &plan, offsets: fromOffset..<toOffset, instants: start...end)
    for line in read.gaps.report(of: cluster.topics.changes) { note(line) }
    if read.unreadable > 0 {
      note("\(read.unreadable) records of deals.changes could not be used")
      if strict { throw ExitCode(2) }
    }
    return try HistoryReplay(plan, changes: read.changes, sink: sink)
  }

  private func sink(_ logger: Logger) throws -> (any ScoreSink)? {
    guard toReplay != nil else { return output == nil ? StandardOutputScores(format) : nil }
    let cluster = try cluster()
    return try target(cluster.topics).map {
      try ReplayTopicSink($0, client: cluster.client, appends: append, logger: logger)
    }
  }

  private func target(_ topics: TopicNames) throws -> ReplayTopicName? {
    guard let toReplay else { return nil }
    guard let name = ReplayTopicName(toReplay, topics: topics) else {
      throw ValidationError("--to-replay is \(toReplay): write a name of small letters, digits and dashes")
    }
    return name
  }

  /// Holds each change back until its time has come.
  private func pace(_ replay: HistoryReplay, _ speed: Double, _ meter: inout ProgressBar) throws {
    guard let first = replay.next else { return }
    let start = ContinuousClock.now
    while let next = replay.next {
      let milliseconds = Double(next.milliseconds - first.milliseconds) / speed
      let wait = start + .milliseconds(max(0, milliseconds)) - .now
      if wait > .zero { Thread.sleep(forTimeInterval: wait / .seconds(1)) }
      guard try replay.advance(1) else { return }
      meter.show(Int(replay.progress.changes), share: replay.progress.share)
    }
  }

  private func plan() throws -> ReplayPlan {
    var plan = ReplayPlan(inputs: input, output: output ?? toReplay ?? "")
    plan.importSettings = try table.settings()
    plan.format = format
    plan.checkpoint = checkpoint
    if let checkpointEvery { plan.checkpointInterval = checkpointEvery }
    plan.until = try Self.instant(until, "--until")
    plan.onlyDeal = try deal()
    plan.source = try source()
    let configuration = try model.configuration(besides: EngineKeys.runtimeParts)
    plan.settings = configuration.settings
    plan.halfLifeDays = configuration.halfLifeDays
    return plan
  }

  private static func instant(_ text: String?, _ option: String) throws -> Timestamp? {
    guard let text else { return nil }
    guard let instant = Timestamp(rfc3339: text) else {
      throw ValidationError("\(option) is \(text): write an instant such as 2024-03-31T23:59:59Z")
    }
    return instant
  }

  private func deal() throws -> DealID? {
    guard let onlyDeal else { return nil }
    guard let id = DealID(onlyDeal) else { throw ValidationError("--only-deal is \(onlyDeal): write a deal's id") }
    return id
  }
}
