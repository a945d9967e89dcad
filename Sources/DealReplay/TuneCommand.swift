import EngineConfiguration
import ArgumentParser
import Replay

/// `deal-replay tune`: better weights, if there are any.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Searches weights and tiers on the earlier part of a history, and judges them on the later part alone.")

  @OptionGroup var history: HistoryOptions

  @Option(help: "The configuration to start from: a file; the defaults where it is not given.")
  var from: String?

  @Option(help: "The share of closed deals, earliest first, to search on.")
  var share = 0.6

  @Option(help: "The configuration file to write, with where it comes from.")
  var output: String

  func validate() throws {
    try ResultFile.refuse(output, among: history.files + [from])
    guard share > 0, share < 1 else { throw ValidationError("--share is \(share): write a number between 0 and 1") }
  }

  func run() throws {
    try ResultFile(path: output).check()
    let start = try from.map { try ScoringConfiguration(nameOrFile: $0) } ?? ScoringConfiguration(.weighted)
    guard start.model == .weighted else {
      throw ValidationError("only weighted-v1 has weights to search: give a configuration of that model with --from")
    }
    guard let tuning = Tuning(try history.load(), start: start, share: share) else {
      note("there are too few closed deals, won and lost, on either side of the split: nothing was written")
      throw ExitCode(1)
    }
    try ResultFile(path: output).write(
      tuning.configuration(
        Provenance(inputs: history.input, columns: history.table.columns, start: from, share: share)))
    try ResultFile(path: nil).write(tuning.text)
  }
}
