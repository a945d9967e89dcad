import EngineConfiguration
import ArgumentParser
import Replay

/// `deal-replay report`: a history as a page of charts.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Draws a history as a page of charts that stands by itself (HTML with SVG).")

  @OptionGroup var history: HistoryOptions

  @Option(parsing: .upToNextOption, help: "The models to judge; weighted-v1 where nothing is given.")
  var model: [ModelName] = []

  @Option(
    parsing: .upToNextOption,
    help: "Configuration files to judge beside them; the first of all says what deals are counted with.")
  var config: [String] = []

  @Option(help: "The title of the page.")
  var title = "Deals: won, lost, and what the scores were worth"

  @Option(help: "The folder that index.html is written to.")
  var output: String

  func run() throws {
    let file = ResultFile(path: output + "/index.html")
    try file.check(makingFolder: true)
    let names = model.isEmpty && config.isEmpty ? [.weighted] : model
    let configurations =
      names.map { ScoringConfiguration($0) } + (try config.map { try ScoringConfiguration(file: $0) })
    let report = HistoryReport(try history.load(), configurations, title: title)
    try file.write(report.page.html)
    note("wrote \(output)/index.html")
  }
}
