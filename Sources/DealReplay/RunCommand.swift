import ArgumentParser
import Deals
import Foundation
import Replay
import Scoring

/// `deal-replay run`: a history through the engine, every score to a file.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Replays a history through the engine and writes every score that it gives.",
    discussion: """
      The same input and configuration give the same bytes. With --checkpoint a replay that was killed goes on where its \
      last checkpoint stands when it is started again in the same way.
      """)

  @Option(
    parsing: .upToNextOption,
    help: "Files: change events as JSON Lines in the order of event time, or a CRM's CSV; gzip is unpacked.")
  var input: [String]

  @Option(help: "The file that the scores go to, one risk event in a line.")
  var output: String

  @Option(help: "The model.")
  var model = ModelName.weighted

  @Option(help: "A folder for checkpoints.")
  var checkpoint: String?

  @Option(help: "Changes between two checkpoints.")
  var checkpointEvery = 250_000

  @Option(help: "Leave out changes after this instant, such as 2024-03-31T23:59:59Z.")
  var until: String?

  @Option(help: "Write the scores of this deal alone.")
  var onlyDeal: String?

  @Option(help: "Replay so many times as fast as it happened; as fast as possible where it is not given.")
  var speed: Double?

  @Flag(help: "End with status 2 where a line can't be used.")
  var strict = false

  func validate() throws {
    if let speed, !(speed > 0) { throw ValidationError("--speed is \(speed): write a number above 0") }
    if checkpointEvery < 1 { throw ValidationError("--checkpoint-every is \(checkpointEvery): write 1 or more") }
    _ = try instant()
    _ = try deal()
  }

  func run() throws {
    let replay = try HistoryReplay(try plan())
    if replay.isResumed { note("going on from the checkpoint, after \(replay.progress.changes) changes") }
    var meter = ProgressMeter()
    if let speed { try pace(replay, speed, &meter) }
    while try replay.advance(8_192) { meter.show(replay.progress) }
    let progress = try replay.finish()
    meter.end(progress)
    let unreadable = replay.unreadable
    for line in unreadable.first { note("\(line)") }
    if unreadable.count > 0 {
      note("\(unreadable.count) lines could not be used")
      if strict { throw ExitCode(2) }
    }
    if progress.changes == 0 { note("the history is empty: nothing was scored") }
  }

  /// Holds each change back until its time has come.
  private func pace(_ replay: HistoryReplay, _ speed: Double, _ meter: inout ProgressMeter) throws {
    guard let first = replay.next else { return }
    let start = ContinuousClock.now
    while let next = replay.next {
      let milliseconds = Double(next.milliseconds - first.milliseconds) / speed
      let wait = start + .milliseconds(max(0, milliseconds)) - .now
      if wait > .zero { Thread.sleep(forTimeInterval: wait / .seconds(1)) }
      guard try replay.advance(1) else { return }
      meter.show(replay.progress)
    }
  }

  private func plan() throws -> ReplayPlan {
    var plan = ReplayPlan(inputs: input, output: output)
    plan.checkpoint = checkpoint
    plan.checkpointInterval = checkpointEvery
    plan.until = try instant()
    plan.onlyDeal = try deal()
    plan.settings = EngineSettings(model: model.model(.streaming))
    return plan
  }

  private func instant() throws -> Timestamp? {
    guard let until else { return nil }
    guard let instant = Timestamp(rfc3339: until) else {
      throw ValidationError("--until is \(until): write an instant such as 2024-03-31T23:59:59Z")
    }
    return instant
  }

  private func deal() throws -> DealID? {
    guard let onlyDeal else { return nil }
    guard let id = DealID(onlyDeal) else { throw ValidationError("--only-deal is \(onlyDeal): write a deal's id") }
    return id
  }
}
