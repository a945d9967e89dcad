import Deals
import Testing

@Suite struct ExactValueTests {
  @Test("a score is rounded to one decimal as Python rounds: the exact value decides, exact ties go to the even tenth")
  func scoreRounding() {
    // 0.25 and 0.75 are exact ties at one decimal; 0.35 is just below its tie and 0.45 just above it as binary numbers.
    #expect(RiskScore(points: 0.25).tenths == 2)
    #expect(RiskScore(points: 0.75).tenths == 8)
    #expect(RiskScore(points: 0.35).tenths == 3)
    #expect(RiskScore(points: 0.45).tenths == 5)
    #expect(RiskScore(points: 55.05).tenths == 550)
    #expect(RiskScore(points: 55.15).tenths == 551)
    #expect(RiskScore(points: 120).tenths == 1_000)
    #expect(RiskScore(points: .nan).tenths == 0)
  }

  @Test("a day survives the way to its date and back, over eight hundred years")
  func dayRoundTrip() {
    for number in stride(from: Int32(-150_000), through: 150_000, by: 1) {
      let day = Day(number: number)
      let (year, month, dayOfMonth) = day.civil
      #expect(Day(year: year, month: month, day: dayOfMonth) == day)
    }
    #expect(Day(year: 2024, month: 2, day: 29)?.description == "2024-02-29")
    #expect(Day(year: 2023, month: 2, day: 29) == nil)
    #expect(Day(number: 0).weekday == 4)
    #expect(Day(number: -1).weekday == 3)
  }

  @Test(
    "a time that its zone puts into a year that can't be written is none",
    arguments: [
      "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:60Z", "9999-12-31T23:59:00.999-00:01", "0000-01-01T00:00:00+00:01",
      "0000-01-01T05:00:00.500+05:01",
    ])
  func farTimes(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test(
    "times at both ends of what can be written are read, and written as they were",
    arguments: [
      ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"), ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
      ("9999-12-31T23:59:59+05:00", "9999-12-31T18:59:59Z"), ("0000-01-01T00:00:00-05:00", "0000-01-01T05:00:00Z"),
    ])
  func outermostTimes(text: String, written: String) { #expect(Timestamp(rfc3339: text)?.rfc3339 == written) }

  @Test("an event id that is a UUID keeps its bits; any other text gets the same bits each time")
  func eventIdentity() {
    let text = "0192f3c4-7e1a-7c3e-9b0e-0d8f6a2b1c11"
    #expect(EventID(text: text).description == text)
    #expect(EventID(text: "hubspot-1") == EventID(text: "hubspot-1"))
    #expect(EventID(text: "hubspot-1") != EventID(text: "hubspot-2"))
    #expect(EventID(text: "hubspot-1").description == "\(EventID(text: EventID(text: "hubspot-1").description))")
  }

  @Test("an id that could be mistaken for one of our own records is no deal id")
  func dealIdentity() {
    #expect(DealID("D04521") != nil)
    #expect(DealID("") == nil)
    #expect(DealID("#position") == nil)
    #expect(DealID("a\u{0}b") == nil)
    #expect(DealID(String(repeating: "x", count: 129)) == nil)
  }
}
