import Charts

extension Backtest {
  /// The report as a page of charts that stands by itself.
  public func page(title: String) -> ReportPage {
    var page = ReportPage(title: title, subtitle: "\(Figures.count(closedDeals)) closed deals")
    if let closes {
      page.subtitle += " that closed from \(closes.lowerBound.day) to \(closes.upperBound.day)"
      page.figures = [
        ("Closed deals", Figures.count(closedDeals)),
        ("Win rate", Figures.percent(Double(wonDeals) / Double(max(1, closedDeals)))),
        ("Open deals", Figures.count(openDeals)),
      ]
    }
    guard closedDeals > 0 else {
      page.sections = [
        .init("Nothing to judge", "No deal of the history is closed, so there is nothing to hold scores against.")
      ]
      return page
    }
    page.sections = models.flatMap { ModelSections.sections($0) + ModelSections.parts($0) }
    // The first part is what a reader wants to know at once.
    if !page.sections.isEmpty { page.sections[0].points = [truthLine].compactMap(\.self) + remarks }
    return page
  }
}
