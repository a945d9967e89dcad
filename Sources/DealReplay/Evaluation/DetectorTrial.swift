import Deals
import Foundation
import Simulation
import Trends

/// One detector over made-up segments: how often it cries wolf, and how soon it finds what is there.
struct DetectorTrial {
  /// Weeks before the change: two years.
  static let quietWeeks = 104
  /// Segments that are watched together.
  static let segments = 60
  /// The first week's number: its Monday is in 2020.
  private static let firstWeek = 2_610

  let detector: TrendShift.Detector
  let dealsPerWeek: Double
  /// Looks at the end of each day, as a live processor does, and not of each week.
  var looksDaily = false

  /// Deals of all segments in a year.
  var yearlyDeals: Double { Double(Self.segments) * dealsPerWeek * 52 }

  private var settings: TrendSettings {
    var settings = TrendSettings()
    settings.detector = detector
    // The reference's rule knows no minimum; ten deals are the least that anybody would ask for.
    if detector == .plain { settings.minimumDeals = 10 }
    return settings
  }

  /// Shifts that are opened in so many repetitions of two years of 60 segments, for each year.
  func falseAlarmsPerYear(repetitions: Int, _ truth: SegmentSimulator.Truth = .steady) -> Double {
    var opened = 0
    for index in 0..<repetitions * Self.segments {
      opened += openings(seed: UInt64(index + 1), truth, weeks: Self.quietWeeks).count
    }
    return Double(opened) / Double(2 * repetitions)
  }

  /// What became of changes that began after two quiet years.
  struct Detections {
    /// Share that was found within a year.
    var share: Double
    /// Share that was found within ten weeks.
    var withinTenWeeks: Double
    /// The median delay in weeks; nil where fewer than half were found.
    var medianWeeks: Double?
    /// The median error of the estimated beginning in weeks, of those that were found.
    var medianError: Double?
  }

  func detections(_ truth: SegmentSimulator.Truth, trials: Int) -> Detections {
    var (delays, errors): ([Double], [Double]) = ([], [])
    for index in 0..<trials {
      let found = openings(seed: UInt64(1_000_000 + index), truth, weeks: Self.quietWeeks + 52)
      guard let first = found.first(where: { $0.week >= Self.quietWeeks }) else { continue }
      delays.append(Double(first.week - Self.quietWeeks + 1))
      errors.append(abs(Double(first.began - Self.quietWeeks)))
    }
    let ordered = delays.sorted()
    let middle = (trials - 1) / 2
    return Detections(
      share: Double(delays.count) / Double(trials),
      withinTenWeeks: Double(delays.count { $0 <= 10 }) / Double(trials),
      medianWeeks: middle < ordered.count ? ordered[middle] : nil,
      medianError: errors.isEmpty ? nil : errors.sorted()[errors.count / 2])
  }

  private func openings(seed: UInt64, _ truth: SegmentSimulator.Truth, weeks: Int) -> [(week: Int, began: Int)] {
    var simulator = SegmentSimulator(seed: seed, dealsPerWeek: dealsPerWeek, truth: truth)
    var watch = RateWatch()
    var days = WeekDays(seed: seed)
    var found: [(week: Int, began: Int)] = []
    for number in 0..<weeks {
      let week = Self.firstWeek + number
      let (won, lost) = simulator.week()
      for day in looksDaily ? days.spread(won, lost) : [(won, lost)] {
        for _ in 0..<day.won { watch.count(.won, week: week) }
        for _ in 0..<day.lost { watch.count(.lost, week: week) }
        if watch.look(week: week, threshold: yearlyDeals / settings.falseAlarmsPerYear, settings) == .opened,
          let open = watch.open
        {
          found.append((number, open.week - Self.firstWeek))
        }
      }
    }
    return found
  }

  /// ln(mean deals between false alarms) / Kullback–Leibler divergence for each deal: the least delay, to first order, of
  /// any detector that knows both rates (Lorden, 1971).
  static func bound(yearlyDeals: Double, points: Double) -> Double {
    let (old, new) = (0.45, 0.45 - points / 100)
    return log(yearlyDeals) / (new * log(new / old) + (1 - new) * log((1 - new) / (1 - old)))
  }

  /// The median delay in deals of the same detector with a baseline that is known: ten thousand quiet weeks before. The
  /// difference is what estimating the baseline costs.
  func medianWithKnownBaseline(points: Double, trials: Int) -> Double? {
    var delays: [Double] = []
    for index in 0..<trials {
      var simulator = SegmentSimulator(
        seed: UInt64(2_000_000 + index), dealsPerWeek: dealsPerWeek, truth: .drop(points: points, week: 0))
      var watch = RateWatch()
      let before = Self.firstWeek - 1
      for _ in 0..<450_000 { watch.count(.won, week: before) }
      for _ in 0..<550_000 { watch.count(.lost, week: before) }
      var (deals, isFound) = (0, false)
      for number in 0..<52 where !isFound {
        let (won, lost) = simulator.week()
        deals += won + lost
        for _ in 0..<won { watch.count(.won, week: Self.firstWeek + number) }
        for _ in 0..<lost { watch.count(.lost, week: Self.firstWeek + number) }
        isFound =
          watch.look(
            week: Self.firstWeek + number, threshold: yearlyDeals / settings.falseAlarmsPerYear, settings) == .opened
      }
      if isFound { delays.append(Double(deals)) }
    }
    let middle = (trials - 1) / 2
    return middle < delays.count ? delays.sorted()[middle] : nil
  }
}

/// Spreads a week's deals over its days at random. Seeded: the same seed, the same days.
private struct WeekDays {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Each deal closes on any of the seven days alike.
  mutating func spread(_ won: Int, _ lost: Int) -> [(won: Int, lost: Int)] {
    var days = [(won: Int, lost: Int)](repeating: (0, 0), count: 7)
    for _ in 0..<won { days[day()].won += 1 }
    for _ in 0..<lost { days[day()].lost += 1 }
    return days
  }

  /// Source: splitmix64 (Sebastiano Vigna, public domain).
  private mutating func day() -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % 7)
  }
}
