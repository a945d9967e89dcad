import Deals
import Foundation

/// Shifts in words.
public enum ShiftText {
  /// - Parameters:
  ///   - before: The win rate before the change.
  ///   - after: The win rate while it lasted.
  ///   - now: That of the last weeks.
  static func rate(
    _ segment: Segment, before: Double, after: Double, now: Double, _ finding: RateWatch.Finding
  ) -> String {
    let change = "from \(percent(before)) to \(percent(after))"
    switch finding {
    case .opened, .updated:
      let verb = after < before ? "fell" : "rose"
      return "\(segment.spoken): the win rate \(verb) by \(decimal(abs(after - before) * 100)) points, \(change)"
    case .recovered: return "\(segment.spoken): the win rate is back at \(percent(now)), after it went \(change)"
    case .settled: return "\(segment.spoken): the win rate has settled at \(percent(after)), it was \(percent(before))"
    }
  }

  /// - Parameter end: How the run ended; nil while it lasts.
  static func streak(_ segment: Segment, _ run: Streak.Run, _ end: Streak.End?) -> String {
    let (verb, other) = run.outcome == .lost ? ("lost", "won") : ("won", "lost")
    let what = segment.second.map { " \($0.value.text)" } ?? ""
    let ended =
      switch end {
      case nil: ""
      case .broken: ", and then \(other) one"
      case .putRight: " no longer: an outcome was put right"
      }
    return "\(segment.first.value.text) has \(verb) \(run.length) consecutive\(what) deals\(ended)"
  }

  static func action(_ segment: Segment, falls: Bool, open: Int) -> String {
    guard falls else { return "Find out what went better, and do it elsewhere too." }
    let deals = open > 0 ? " Go through its \(open) open deals first." : ""
    switch segment.first.dimension {
    case .rep:
      return "Sit in on \(segment.first.value.text)'s next calls, and pair them with somebody who wins there.\(deals)"
    case .leadSource: return "Check how \(segment.first.value.text) leads are qualified.\(deals)"
    case .industry: return "Ask lost \(segment.first.value.text) buyers why, and look at who they chose.\(deals)"
    default: return "Look at the last losses there together.\(deals)"
    }
  }

  /// The shifts of a history as a part of a page; each that was opened with when it began and
  /// ended, what drives it and what to do.
  public static func section(_ shifts: [TrendShift]) -> String {
    let opened = shifts.filter { $0.phase == .opened }
    guard !opened.isEmpty else { return "\n\nShifts: none" }
    var lines = ["", "", "Shifts, as they would have been told"]
    for shift in opened {
      let end = shifts.first { $0.shiftID == shift.shiftID && $0.phase == .resolved }
      let until = end.map { ", until \($0.occurredAt.day)" } ?? ", open"
      let (from, to) = (shift.beganBetween.lowerBound.day, shift.beganBetween.upperBound.day)
      let between = from == to ? "" : ", between \(from) and \(to)"
      lines.append("  \(shift.occurredAt.day)  \(shift.title) (began about \(shift.beganAt.day)\(between)\(until))")
      lines += [shift.driver, shift.action].compactMap { $0 }.map { "              \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  static func percent(_ share: Double) -> String { "\(decimal(share * 100))%" }
  static func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
}
