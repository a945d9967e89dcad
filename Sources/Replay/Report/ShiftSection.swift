import Charts
import Deals
import Trends

/// The trend shifts that a live scorer would have told, on a time line.
enum ShiftSection {
  /// Shifts that are drawn; the latest, where there are more.
  private static let mostRows = 40
  /// Shifts in one drawing: it must fit a sheet of paper.
  private static let rowsInDrawing = 20

  static func section(_ closed: ClosedHistory) -> ReportPage.Section {
    let title = "Trend shifts"
    let opened = closed.shifts.filter { $0.phase == .opened }
    guard !opened.isEmpty, let days = closed.days else {
      return .init(
        "Trend shifts",
        figures: [
          .init(
            title,
            words:
              "A live scorer would have told none: over \(closed.watchedSegments) segments nothing changed by more "
              + "than chance explains.")
        ])
    }
    let ends = Dictionary(
      closed.shifts.filter { $0.phase == .resolved }.map { ($0.shiftID, $0.occurredAt) }, uniquingKeysWith: max)
    let shown = opened.suffix(mostRows)
    let omitted = opened.count > shown.count ? " Shown are the latest \(shown.count) of \(opened.count)." : ""
    let last = max(days.upperBound, shown.map(\.openedAt.day).max() ?? days.upperBound)
    return .init(
      "Trend shifts",
      "The outcomes and scores in order through the engine that watches live, over \(closed.watchedSegments) segments. A bar "
        + "runs from the day on which a shift began, as estimated, to the day on which it was over; an arrow lasts. The thin "
        + "line holds the days between which it began, the dot is the day on which it was told. Orange is for the worse, green for the better.\(omitted)",
      figures: stride(from: 0, to: shown.count, by: rowsInDrawing).map { first in
        let rows = shown.dropFirst(first).prefix(rowsInDrawing)
        let which = rows.count == shown.count ? "" : ", \(first + 1) to \(first + rows.count)"
        let shifts = shown.count == 1 ? "1 shift" : "\(shown.count) shifts"
        return .init(
          SpanChart(
            "\(shifts) from \(days.lowerBound) to \(last)\(which)",
            rows: rows.map { row($0, end: ends[$0.shiftID]) }, days: place(days.lowerBound)...place(last),
            marks: marks(days.lowerBound...last)), lacking: "There are none.")
      })
  }

  private static func row(_ shift: TrendShift, end: Timestamp?) -> SpanChart.Row {
    let until = end.map { ", over on \($0.day)" } ?? ", open at the end"
    return SpanChart.Row(
      shift.title, from: place(shift.beganAt.day), to: end.map { place($0.day) }, toldOn: place(shift.openedAt.day),
      began: place(shift.beganBetween.lowerBound.day)...place(shift.beganBetween.upperBound.day), tone: tone(shift),
      note: "began about \(shift.beganAt.day), told on \(shift.openedAt.day)\(until)")
  }

  private static func tone(_ shift: TrendShift) -> SpanChart.Tone {
    switch shift.kind {
    case .winRate: shift.after < shift.before ? .worse : .better
    case .winningStreak: .better
    case .losingStreak, .lowVelocity, .longerCycle, .riskVolume, .regressions, .missingFields: .worse
    case .dataUnavailable: .plain
    }
  }

  private static func place(_ day: Day) -> Double { Double(day.number) }

  /// The first day and the first days of quarters, each with its name.
  private static func marks(_ days: ClosedRange<Day>) -> [(day: Double, label: String)] {
    var marks: [(day: Double, label: String)] = []
    for number in days.lowerBound.number...days.upperBound.number {
      let day = Day(number: number)
      let (_, month, ofMonth) = day.civil
      if ofMonth == 1, month % 3 == 1 { marks.append((Double(number), "\(Quarter(Timestamp(day)))")) }
    }
    // A history within a quarter has no first day of one.
    return marks.isEmpty ? [(place(days.lowerBound), "\(days.lowerBound)")] : marks
  }
}
