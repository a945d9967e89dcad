import Charts
import Deals
import EngineConfiguration
import Scoring

/// A history as a page of charts: how deals were won and lost, and what the scores were worth.
public struct HistoryReport: Sendable {
  /// The page.
  public let page: ReportPage

  /// Draws a history and judges the models on it.
  public init(_ history: DealHistory, _ configurations: [ScoringConfiguration], title: String) {
    let settings = configurations.first?.settings ?? EngineSettings()
    let closed = ClosedHistory(history, settings: settings)
    guard !closed.isEmpty, let days = closed.days else {
      page = Self.empty(closed, title)
      return
    }
    let backtest = Backtest(history, configurations.map(\.candidate))
    var page = ReportPage(
      title: title,
      subtitle: "\(Figures.deals(closed.deals.count)) that closed from \(days.lowerBound) to \(days.upperBound)")
    page.figures = SummarySection.figures(closed)
    page.sections = [SummarySection.section(closed, backtest)]
    page.sections += TimeSections.sections(closed)
    page.sections.append(ShiftSection.section(closed))
    page.sections += RepSections.sections(closed)
    page.sections += DriverSections.sections(closed)
    for model in backtest.models { page.sections += ModelSections.sections(model) }
    self.page = page
  }

  private static func empty(_ closed: ClosedHistory, _ title: String) -> ReportPage {
    let open =
      closed.openDeals > 0 ? "\(Figures.deals(closed.openDeals)) are open, none is closed" : "It is empty"
    return ReportPage(
      title: title, subtitle: "A history without closed deals",
      sections: [.init("Nothing to show", "\(open), so there are no rates to draw and no scores to judge.")])
  }
}
