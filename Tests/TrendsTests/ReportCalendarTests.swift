import Deals
import Foundation
import Testing

@testable import Trends

@Suite("Days, weeks and months are those of the configured time zone") struct ReportCalendarTests {
  private static let hour: Int64 = 3_600_000

  private func calendar(_ zone: String) throws -> ReportCalendar {
    ReportCalendar(timeZone: try #require(TimeZone(identifier: zone)))
  }

  @Test(
    "A day on which clocks change has 23 or 25 hours, and is named as its date",
    arguments: daysOfChange)
  func changeOfClocks(zone: String, from: String, to: String, name: String) throws {
    let calendar = try calendar(zone)
    for instant in [at(from), at(from).adding(milliseconds: 2 * Self.hour), at(to).adding(milliseconds: -1)] {
      #expect(calendar.day(of: instant) == ReportCalendar.Period(name: name, from: at(from), to: at(to)))
    }
    #expect(calendar.day(of: at(from).adding(milliseconds: -1)).to == at(from))
    #expect(calendar.day(of: at(to)).from == at(to))
  }

  @Test("A week and a month with a change of clocks end at local midnight") func weekAndMonth() throws {
    let paris = try calendar("Europe/Paris")
    #expect(
      paris.week(of: at("2026-03-29T12:00:00Z"))
        == ReportCalendar.Period(name: "2026-W13", from: at("2026-03-22T23:00:00Z"), to: at("2026-03-29T22:00:00Z")))
    #expect(
      paris.month(of: at("2026-10-31T23:30:00Z"))
        == ReportCalendar.Period(name: "2026-11", from: at("2026-10-31T23:00:00Z"), to: at("2026-11-30T23:00:00Z")))
    let coast = try calendar("America/Los_Angeles")
    #expect(
      coast.month(of: at("2026-04-01T06:59:59Z"))
        == ReportCalendar.Period(name: "2026-03", from: at("2026-03-01T08:00:00Z"), to: at("2026-04-01T07:00:00Z")))
  }

  @Test("Days before an instant are local days, and quarters local quarters") func windows() throws {
    let paris = try calendar("Europe/Paris")
    #expect(paris.days(1, before: at("2026-03-29T22:00:00Z")) == at("2026-03-28T23:00:00Z"))
    #expect(paris.days(91, before: at("2026-03-29T22:00:00Z")) == at("2025-12-28T23:00:00Z"))
    #expect(paris.quarter(of: at("2026-03-31T22:00:00Z")).description == "2026Q2")
    #expect(paris.quarter(of: at("2026-03-31T21:59:59Z")).description == "2026Q1")
  }

  @Test("The week of a year's last days is named by the year of its Thursday") func weekOfTheYear() throws {
    let calendar = try calendar("UTC")
    #expect(calendar.week(of: at("2027-01-01T12:00:00Z")).name == "2026-W53")
    #expect(calendar.week(of: at("2024-12-30T12:00:00Z")).name == "2025-W01")
  }

  /// Zones with a change at midnight, of half an hour, with odd offsets, and without any.
  @Test(
    "Periods follow each other without a gap, and a day's name is the date that the offset from UTC gives",
    arguments: [
      "Europe/Paris", "America/Los_Angeles", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
    ])
  func withoutGaps(zone: String) throws {
    let calendar = try calendar(zone)
    let timeZone = try #require(TimeZone(identifier: zone))
    var instant = at("2025-12-15T00:30:00Z")
    while instant < at("2027-01-20T00:00:00Z") {
      for unit in [ReportCalendar.Unit.day, .week, .month] {
        let period = calendar.period(unit, of: instant)
        #expect(period.contains(instant))
        let next = calendar.period(unit, of: period.to)
        #expect(next.from == period.to && next.name > period.name)
        #expect(calendar.period(unit, of: period.to.adding(milliseconds: -1)) == period)
      }
      let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000))
      let local = instant.adding(milliseconds: Int64(offset) * 1_000)
      #expect(calendar.day(of: instant).name == "\(local.day)")
      instant = instant.adding(milliseconds: 7 * Self.hour)
    }
  }
}
