import Deals
import Foundation
import Statistics

/// Shifts that are told by a weekly or daily look: which are open, since when.
struct StandingShifts: Sendable {
  struct Key: Hashable {
    var kind: TrendShift.Kind
    var segment: String
  }

  private(set) var open: [Key: Timestamp] = [:]
  /// Weeks for which a condition has held that must last.
  var weeks: [Key: Int] = [:]

  /// What to tell: opened where a condition begins to hold, updated while it does, resolved where it ends.
  mutating func phase(_ key: Key, holds: Bool, at instant: Timestamp) -> (phase: TrendShift.Phase, openedAt: Timestamp)?
  {
    guard let since = open[key] else {
      guard holds else { return nil }
      open[key] = instant
      return (.opened, instant)
    }
    guard !holds else { return (.updated, since) }
    open[key] = nil
    return (.resolved, since)
  }
}

extension TrendEngine {
  /// A look at the end of each week: velocity, cycles, moves backwards, missing fields.
  mutating func weeklyNews(through day: Day, at instant: Timestamp) -> [TrendShift] {
    var news: [TrendShift] = []
    let month = outcomes.closed(from: day.adding(-27))
    let year = outcomes.closed(from: day.adding(-365), to: day.adding(-55))
    let weeks8 = outcomes.closed(from: day.adding(-55))
    var groups: [(name: String, spoken: String, segment: Segment?)] = [("team", "The team", nil)]
    for industry in Set(weeks8.compactMap(\.descriptors.industry)).sorted(by: { $0.text < $1.text }) {
      let segment = Segment(Segment.Part(.industry, industry))
      groups.append((segment.name, industry.text, segment))
    }
    for group in groups {
      func own(_ deals: [ClosedDeal]) -> [ClosedDeal] { deals.filter { group.segment?.contains($0) ?? true } }
      news += velocityNews(group.name, group.spoken, own(month), at: instant)
      news += cycleNews(group.name, group.spoken, own(weeks8), own(year), at: instant)
    }
    news += regressionNews(at: instant)
    news += missingFieldNews(since: day.adding(-27), at: instant)
    return news
  }

  private mutating func velocityNews(
    _ name: String, _ spoken: String, _ deals: [ClosedDeal], at instant: Timestamp
  ) -> [TrendShift] {
    let key = StandingShifts.Key(kind: .lowVelocity, segment: name)
    let values = deals.compactMap(\.velocity)
    guard values.count >= settings.minimumDeals, let velocity = mean(values) else { return [] }
    let isLow = velocity < settings.velocityFloor
    standing.weeks[key] = isLow ? standing.weeks[key, default: 0] + 1 : 0
    let isOpen = standing.open[key] != nil
    // Over only a tenth above the floor, so that it does not open and close at the border.
    let holds =
      isOpen ? velocity < settings.velocityFloor * 1.1 : standing.weeks[key, default: 0] >= settings.velocityWeeks
    guard let (phase, openedAt) = standing.phase(key, holds: holds, at: instant) else { return [] }
    return [
      TrendShift(
        kind: .lowVelocity, phase: phase, detector: .plain, segment: name,
        title:
          "\(spoken): \(Int(velocity)) dollars a day of cycle over four weeks, the floor is \(Int(settings.velocityFloor))",
        before: settings.velocityFloor, after: velocity, dealsBefore: 0, dealsAfter: values.count, beganAt: openedAt,
        openedAt: openedAt, occurredAt: instant,
        action: phase == .resolved ? nil : "Look at what holds the larger deals up: they weigh most in it.",
        ledgerOffset: offset)
    ]
  }

  /// Cycles are longer by a fifth and by more than chance: Welch's z above 4, which comes up by chance once in 30,000 looks.
  private mutating func cycleNews(
    _ name: String, _ spoken: String, _ recent: [ClosedDeal], _ before: [ClosedDeal], at instant: Timestamp
  ) -> [TrendShift] {
    // A history that has just begun holds short cycles alone: the long ones have not closed yet.
    guard let first = before.map(\.closedAt).min(), let last = before.map(\.closedAt).max(),
      last.days(since: first) >= 240
    else { return [] }
    let (new, old) = (recent.map { Double($0.cycleDays) }, before.map { Double($0.cycleDays) })
    guard new.count >= settings.minimumDeals, old.count >= settings.minimumBaselineDeals, let mine = mean(new),
      let theirs = mean(old), let newDeviation = deviation(new), let oldDeviation = deviation(old)
    else { return [] }
    let error = (newDeviation * newDeviation / Double(new.count) + oldDeviation * oldDeviation / Double(old.count))
      .squareRoot()
    let key = StandingShifts.Key(kind: .longerCycle, segment: name)
    let isOpen = standing.open[key] != nil
    let holds = isOpen ? mine > theirs * 1.1 : mine >= theirs * 1.2 && error > 0 && (mine - theirs) / error > 4
    guard let (phase, openedAt) = standing.phase(key, holds: holds, at: instant) else { return [] }
    return [
      TrendShift(
        kind: .longerCycle, phase: phase, detector: .plain, segment: name,
        title:
          "\(spoken): deals of the last eight weeks took \(Int(mine.rounded())) days, those before \(Int(theirs.rounded()))",
        before: theirs, after: mine, dealsBefore: old.count, dealsAfter: new.count,
        beganAt: openedAt.adding(days: -56), openedAt: openedAt, occurredAt: instant,
        action: phase == .resolved
          ? nil : "Find the stage in which they wait: deals that stand still are in deals.risk.",
        ledgerOffset: offset)
    ]
  }

  /// Reps whose deals go backwards more often than the team's, by more than chance, and some of them to audit.
  private mutating func regressionNews(at instant: Timestamp) -> [TrendShift] {
    let moves = pipeline.moves
    let all = moves.values.reduce(0) { $0 + $1.count }
    let back = moves.values.reduce(0) { $0 + $1.values.count { $0 } }
    guard all >= settings.minimumBaselineDeals else { return [] }
    let share = Double(back) / Double(all)
    var news: [TrendShift] = []
    for rep in moves.keys.sorted(by: { $0.text < $1.text }) {
      guard let own = moves[rep], own.count >= settings.minimumDeals else { continue }
      let mine = own.values.count { $0 }
      let tail = Binomial.upperTail(mine, of: own.count, chance: max(share, 0.01))
      let key = StandingShifts.Key(kind: .regressions, segment: "rep=\(rep.text)")
      let isOpen = standing.open[key] != nil
      // Fifty-two looks a year at every rep share the false alarms that are allowed.
      let holds = isOpen ? tail < 0.2 : tail < settings.falseAlarmsPerYear / (52 * Double(moves.count))
      guard let (phase, openedAt) = standing.phase(key, holds: holds, at: instant) else { continue }
      let audit = own.filter(\.value).keys.sorted { left, right in
        (left.hash(seed: UInt64(openedAt.day.number)), left.text) < (
          right.hash(seed: UInt64(openedAt.day.number)), right.text
        )
      }.prefix(settings.auditSample).map(\.text).sorted()
      news.append(
        TrendShift(
          kind: .regressions, phase: phase, detector: .plain, segment: key.segment,
          title:
            "\(rep.text): \(mine) of \(own.count) moving deals went backwards, of the team's \(Int((share * 100).rounded()))%",
          before: share, after: Double(mine) / Double(own.count), dealsBefore: all, dealsAfter: own.count,
          beganAt: openedAt, openedAt: openedAt, occurredAt: instant,
          action: phase == .resolved ? nil : "Audit \(audit.joined(separator: ", ")): were they moved on too early?",
          ledgerOffset: offset))
    }
    return news
  }

  private mutating func missingFieldNews(since day: Day, at instant: Timestamp) -> [TrendShift] {
    var sources: [Symbol: (missing: Int, all: Int)] = [:]
    for deal in pipeline.deals.values where deal.createdOn >= day {
      let source = deal.descriptors.leadSource ?? "unknown"
      sources[source, default: (0, 0)].all += 1
      if deal.flags.contains(.missingFields) { sources[source, default: (0, 0)].missing += 1 }
    }
    let (missing, all) = sources.values.reduce((0, 0)) { ($0.0 + $1.missing, $0.1 + $1.all) }
    var news: [TrendShift] = []
    for source in sources.keys.sorted(by: { $0.text < $1.text }) {
      guard let own = sources[source] else { continue }
      let others = max(0.02, Double(missing - own.missing) / Double(max(1, all - own.all)))
      let tail = Binomial.upperTail(own.missing, of: own.all, chance: others)
      let key = StandingShifts.Key(kind: .missingFields, segment: "lead_source=\(source.text)")
      let isOpen = standing.open[key] != nil
      let holds =
        own.missing >= (isOpen ? 1 : 5)
        && tail < (isOpen ? 0.2 : settings.falseAlarmsPerYear / (52 * Double(sources.count)))
      guard let (phase, openedAt) = standing.phase(key, holds: holds, at: instant) else { continue }
      news.append(
        TrendShift(
          kind: .missingFields, phase: phase, detector: .plain, segment: key.segment,
          title: "\(source.text): \(own.missing) of \(own.all) new deals lack more than three fields", before: others,
          after: Double(own.missing) / Double(max(1, own.all)), dealsBefore: all - own.all, dealsAfter: own.all,
          beganAt: openedAt, openedAt: openedAt, occurredAt: instant,
          action: phase == .resolved ? nil : "Look at the form or the import that makes them.", ledgerOffset: offset))
    }
    return news
  }

  /// A look at the end of each day: more deals became High or Critical than the eight weeks before let expect.
  mutating func pipelineNews(day: Day, at instant: Timestamp) -> [TrendShift] {
    pipeline.forgetRisky(before: day.adding(-57))
    let count = pipeline.risky[day] ?? 0
    let first = pipeline.risky.keys.min() ?? day
    guard day - first >= 28 else { return [] }
    let before = (1...min(56, day - first)).map { Double(pipeline.risky[day.adding(-$0)] ?? 0) }
    guard let usual = mean(before), let spread = deviation(before) else { return [] }
    let key = StandingShifts.Key(kind: .riskVolume, segment: "team")
    // Four standard deviations of the days themselves: they vary more than chance alone would let them. And twice as many,
    // as a team that grows has more of everything.
    let holds = count >= 10 && Double(count) > usual + 4 * max(spread, 1) && Double(count) >= 2 * usual
    guard let (phase, openedAt) = standing.phase(key, holds: holds, at: instant) else { return [] }
    return [
      TrendShift(
        kind: .riskVolume, phase: phase, detector: .plain, segment: "team",
        title: "\(count) deals became High or Critical on \(day), \(ShiftText.decimal(usual)) a day are usual",
        before: usual,
        after: Double(count), dealsBefore: Int(before.reduce(0, +)), dealsAfter: count, beganAt: Timestamp(day),
        openedAt: openedAt, occurredAt: instant,
        action: phase == .resolved ? nil : "Look for one cause: a stage, a source or a change of the data.",
        ledgerOffset: offset)
    ]
  }
}
