import EngineConfiguration
import ArgumentParser
import Foundation
import Replay

/// `deal-replay report`: a history as a page of charts.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Draws a history as a page of charts that stands by itself (HTML with SVG).")

  @OptionGroup var history: HistoryOptions

  @Option(parsing: .upToNextOption, help: "The models to judge; weighted-v1 where none is given.")
  var model: [ModelName] = []

  @Option(help: "The title of the page.")
  var title = "Deals: won, lost, and what the scores were worth"

  @Option(help: "The folder that index.html is written to.")
  var output: String

  func run() throws {
    let configurations = (model.isEmpty ? [.weighted] : model).map { ScoringConfiguration($0) }
    let report = HistoryReport(try history.load(), configurations, title: title)
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw ReplayError.unwritable(file: output, reason: error.localizedDescription)
    }
    let path = output + "/index.html"
    try ResultFile(path: path).write(report.page.html)
    note("wrote \(path)")
  }
}
