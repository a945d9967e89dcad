import Deals
import Foundation
import Testing
import Trends

@Suite("Silence in hours of business is told once, and its end") struct SilenceTests {
  /// Wednesday 2026-03-04, at an hour in UTC.
  private func wednesday(_ hour: Int, day: Int = 0) -> Timestamp {
    Timestamp(milliseconds: 1_772_582_400_000).adding(days: day).adding(milliseconds: Int64(hour) * 3_600_000)
  }

  private func expectNothing(_ news: TrendShift?) { #expect(news == nil) }

  @Test("Four hours of a working day without a record") func workingDay() throws {
    var watch = SilenceWatch(allowedHours: 4, timeZone: .gmt)
    expectNothing(watch.heard(at: wednesday(9), ledgerOffset: 0))
    expectNothing(watch.look(at: wednesday(12), ledgerOffset: 0))
    let found = watch.look(at: wednesday(13), ledgerOffset: 0)
    let news = try #require(found)
    #expect(news.kind == .dataUnavailable && news.phase == .opened)
    #expect(news.title.contains("2026-03-04T09:00:00Z"))
    expectNothing(watch.look(at: wednesday(15), ledgerOffset: 0))
    let ended = watch.heard(at: wednesday(16), ledgerOffset: 0)
    let end = try #require(ended)
    #expect(end.phase == .resolved && end.shiftID == news.shiftID)
  }

  @Test("A silence that was open when the process ended goes on, and ends under its identity") func restart() throws {
    var first = SilenceWatch(allowedHours: 4, timeZone: .gmt)
    expectNothing(first.heard(at: wednesday(9), ledgerOffset: 0))
    let found = first.look(at: wednesday(14), ledgerOffset: 0)
    let opened = try #require(found)
    var second = SilenceWatch(allowedHours: 4, timeZone: .gmt, last: opened)
    expectNothing(second.look(at: wednesday(15), ledgerOffset: 0))
    let ended = second.heard(at: wednesday(16), ledgerOffset: 0)
    let end = try #require(ended)
    #expect(end.phase == .resolved && end.shiftID == opened.shiftID && end.beganAt == opened.beganAt)
    var third = SilenceWatch(allowedHours: 4, timeZone: .gmt, last: end)
    expectNothing(third.heard(at: wednesday(17), ledgerOffset: 0))
  }

  @Test("A night and a weekend are no silence") func weekend() {
    var watch = SilenceWatch(allowedHours: 4, timeZone: .gmt)
    _ = watch.heard(at: wednesday(16), ledgerOffset: 0)
    expectNothing(watch.look(at: wednesday(8, day: 1), ledgerOffset: 0))
    _ = watch.heard(at: wednesday(17, day: 2), ledgerOffset: 0)
    expectNothing(watch.look(at: wednesday(9, day: 5), ledgerOffset: 0))
  }
}
