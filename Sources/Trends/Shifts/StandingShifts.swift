import Deals
import Statistics

/// Shifts that are told by a weekly or daily look: which are open, since when.
struct StandingShifts: Sendable {
  struct Key: Hashable {
    var kind: TrendShift.Kind
    var segment: String
  }

  /// What was told last of each open shift.
  private(set) var open: [Key: TrendShift] = [:]
  /// For conditions that must last: the days of the looks at which they have held one after the other.
  private var held: [Key: [Day]] = [:]
  /// Those that could be judged in this look: the open ones among the others have dried up.
  private var judged: Set<Key> = []

  /// When an open shift was opened.
  func openedAt(_ key: Key) -> Timestamp? { open[key]?.openedAt }

  /// The least number of deals that a figure needs: half for a shift that is open, so that one at the border does not open
  /// and end again and again.
  func enough(_ minimum: Int, _ key: Key) -> Int { open[key] == nil ? minimum : (minimum + 1) / 2 }

  /// Notes whether a condition that must last holds at a look. Returns how many looks it has held for, and since which day.
  mutating func hold(_ key: Key, _ holds: Bool, on day: Day) -> (looks: Int, since: Day) {
    held[key] = holds ? (held[key] ?? []) + [day] : nil
    return (held[key]?.count ?? 0, held[key]?.first ?? day)
  }

  /// What to tell: opened where a condition begins to hold, updated while it does, resolved where it ends.
  ///
  /// - Parameter shift: The shift in a phase that was opened at an instant.
  mutating func tell(
    _ key: Key, holds: Bool, at instant: Timestamp, _ shift: (TrendShift.Phase, _ openedAt: Timestamp) -> TrendShift
  ) -> [TrendShift] {
    judged.insert(key)
    let before = open[key]
    guard holds || before != nil else { return [] }
    let news = shift(before == nil ? .opened : holds ? .updated : .resolved, before?.openedAt ?? instant)
    open[key] = holds ? news : nil
    return [news]
  }

  /// Ends what is open of some kinds and could not be judged any more: too few deals are left.
  mutating func endDried(_ kinds: Set<TrendShift.Kind>, at instant: Timestamp, ledgerOffset: Int64) -> [TrendShift] {
    defer { judged.removeAll() }
    held = held.filter { judged.contains($0.key) || !kinds.contains($0.key.kind) }
    let dried = open.filter { kinds.contains($0.key.kind) && !judged.contains($0.key) }
    open = open.filter { dried[$0.key] == nil }
    // By name: a dictionary's order is another in each process.
    return dried.values.sorted { ($0.kind.rawValue, $0.segment) < ($1.kind.rawValue, $1.segment) }.map { last in
      TrendShift(
        kind: last.kind, phase: .resolved, detector: last.detector, segment: last.segment,
        title: "\(last.segment): there are too few deals to judge by now; the last was, \(last.title)",
        before: last.before, after: last.after, dealsBefore: last.dealsBefore, dealsAfter: last.dealsAfter,
        beganAt: last.beganAt, beganBetween: last.beganBetween, openedAt: last.openedAt, occurredAt: instant,
        ledgerOffset: ledgerOffset)
    }
  }
}

extension TrendEngine {
  /// Dimensions of which each value has its velocity and its cycles looked at, where they are watched. Of the others either
  /// figure follows from the band itself: small deals are slow dollars, long cycles are long.
  private static let paced: Set<Dimension> = [.rep, .industry, .region, .productType, .leadSource]

  /// A look at the end of each week: velocity, cycles, moves backwards, missing fields.
  mutating func weeklyNews(through day: Day, at instant: Timestamp) -> [TrendShift] {
    var news: [TrendShift] = []
    let year = OutcomeGroups(outcomes, from: day.adding(-365), to: day.adding(-55), pacedDimensions)
    let weeks8 = OutcomeGroups(outcomes, from: day.adding(-55), to: day.adding(1), pacedDimensions)
    let start = start
    for group in weeks8.named {
      let recent = weeks8.deals[group.segment] ?? []
      let month = recent.filter { $0.closedAt.day >= day.adding(-27) }
      news += velocityNews(group.name, group.spoken, month, on: day, at: instant)
      news += cycleNews(group.name, group.spoken, recent, year.deals[group.segment] ?? [], start, at: instant)
    }
    news += regressionNews(since: day.adding(-90), at: instant)
    news += missingFieldNews(since: day.adding(-27), at: instant)
    return news
      + standing.endDried(
        [.lowVelocity, .longerCycle, .regressions, .missingFields], at: instant, ledgerOffset: offset)
  }

  private var pacedDimensions: [Dimension] {
    settings.segments.filter { $0.second == nil && Self.paced.contains($0.first) }.map(\.first)
  }

  private mutating func velocityNews(
    _ name: String, _ spoken: String, _ deals: [OutcomeGroups.Pace], on day: Day, at instant: Timestamp
  ) -> [TrendShift] {
    let key = StandingShifts.Key(kind: .lowVelocity, segment: name)
    let values = deals.compactMap(\.velocity)
    guard values.count >= standing.enough(settings.minimumDeals, key), let velocity = mean(values) else { return [] }
    let open = standing.open[key]
    let (looks, since) = standing.hold(key, velocity < settings.velocityFloor, on: day)
    // Over only a tenth above the floor, so that it does not open and close at the border.
    let holds = open == nil ? looks >= settings.velocityWeeks : velocity < settings.velocityFloor * 1.1
    // The deals of the four weeks that were the first to be low brought it down; the look before did not find it yet.
    let began = open?.beganBetween ?? Timestamp(since.adding(-34))...Timestamp(since)
    let (offset, floor) = (offset, settings.velocityFloor)
    return standing.tell(key, holds: holds, at: instant) { phase, openedAt in
      TrendShift(
        kind: .lowVelocity, phase: phase, detector: .plain, segment: name,
        title: "\(spoken): \(Int(velocity)) dollars a day of cycle over four weeks, the floor is \(Int(floor))",
        before: floor, after: velocity, dealsBefore: 0, dealsAfter: values.count,
        beganAt: open?.beganAt ?? Timestamp(since.adding(-27)), beganBetween: began,
        openedAt: openedAt, occurredAt: instant,
        action: phase == .resolved ? nil : "Look at what holds the larger deals up: they weigh most in it.",
        ledgerOffset: offset)
    }
  }

  /// Cycles are longer by a fifth and by more than chance: Welch's z above 4, which comes up by chance once in 30,000 looks.
  ///
  /// Near the beginning of a history long cycles can't have closed yet (left truncation), so the deals before are only those
  /// that closed as long after the start as the longest but one in a hundred of the last weeks took, and they span at least
  /// 240 days.
  private mutating func cycleNews(
    _ name: String, _ spoken: String, _ recent: [OutcomeGroups.Pace], _ before: [OutcomeGroups.Pace],
    _ start: Timestamp?,
    at instant: Timestamp
  ) -> [TrendShift] {
    let key = StandingShifts.Key(kind: .longerCycle, segment: name)
    let new = recent.map { Double($0.cycleDays) }
    guard let start, new.count >= standing.enough(settings.minimumDeals, key), let mine = mean(new) else { return [] }
    let reach = new.sorted()[(new.count * 99 + 99) / 100 - 1]
    let whole = before.filter { $0.closedAt >= start.adding(days: Int(reach)) }
    guard let first = whole.map(\.closedAt).min(), let last = whole.map(\.closedAt).max(),
      standing.open[key] != nil || last.days(since: first) >= 240
    else { return [] }
    let old = whole.map { Double($0.cycleDays) }
    guard old.count >= standing.enough(settings.minimumBaselineDeals, key), let theirs = mean(old),
      let newDeviation = deviation(new), let oldDeviation = deviation(old)
    else { return [] }
    let error = (newDeviation * newDeviation / Double(new.count) + oldDeviation * oldDeviation / Double(old.count))
      .squareRoot()
    let isOpen = standing.open[key] != nil
    let holds = isOpen ? mine > theirs * 1.1 : mine >= theirs * 1.2 && error > 0 && (mine - theirs) / error > 4
    let offset = offset
    return standing.tell(key, holds: holds, at: instant) { phase, openedAt in
      TrendShift(
        kind: .longerCycle, phase: phase, detector: .plain, segment: name,
        title:
          "\(spoken): deals of the last eight weeks took \(Int(mine.rounded())) days, those before \(Int(theirs.rounded()))",
        before: theirs, after: mine, dealsBefore: old.count, dealsAfter: new.count,
        beganAt: openedAt.adding(days: -56), openedAt: openedAt, occurredAt: instant,
        action: phase == .resolved
          ? nil : "Find the stage in which they wait: deals that stand still are in deals.risk.",
        ledgerOffset: offset)
    }
  }

  /// Reps whose deals went backwards in the last quarter more often than the team's, by more than chance, and some of them
  /// to audit.
  private mutating func regressionNews(since day: Day, at instant: Timestamp) -> [TrendShift] {
    pipeline.forgetMoves(before: Timestamp(day))
    let moves = pipeline.moves
    let all = moves.values.reduce(0) { $0 + $1.count }
    let back = moves.values.reduce(0) { $0 + $1.values.count(where: \.isBack) }
    guard all >= settings.minimumBaselineDeals else { return [] }
    let share = Double(back) / Double(all)
    let offset = offset
    var news: [TrendShift] = []
    for rep in moves.keys.sorted(by: { $0.text < $1.text }) {
      let key = StandingShifts.Key(kind: .regressions, segment: "rep=\(rep.text)")
      guard let own = moves[rep], own.count >= standing.enough(settings.minimumDeals, key) else { continue }
      let mine = own.values.count(where: \.isBack)
      let tail = Binomial.upperTail(mine, of: own.count, chance: max(share, 0.01))
      let isOpen = standing.open[key] != nil
      // Fifty-two looks a year at every rep share the false alarms that are allowed.
      let holds = isOpen ? tail < 0.2 : tail < settings.falseAlarmsPerYear / (52 * Double(moves.count))
      let sample = settings.auditSample
      news += standing.tell(key, holds: holds, at: instant) { phase, openedAt in
        let audit = AuditSample.draw(
          sample, of: own.filter(\.value.isBack).map(\.key), seed: UInt64(bitPattern: Int64(openedAt.day.number)))
        return TrendShift(
          kind: .regressions, phase: phase, detector: .plain, segment: key.segment,
          title:
            "\(rep.text): \(mine) of \(own.count) deals that moved in the last quarter went backwards, of the team's \(Int((share * 100).rounded()))%",
          before: share, after: Double(mine) / Double(own.count), dealsBefore: all, dealsAfter: own.count,
          beganAt: openedAt, openedAt: openedAt, occurredAt: instant,
          action: phase == .resolved ? nil : "Audit \(audit.joined(separator: ", ")): were they moved on too early?",
          ledgerOffset: offset)
      }
    }
    return news
  }

  /// Lead sources whose new deals lack fields more often than the others', by more than chance: Fisher's exact test, as the
  /// others' share is an estimate like their own. A share up to 2% is none to speak of, whatever the others' is.
  private mutating func missingFieldNews(since day: Day, at instant: Timestamp) -> [TrendShift] {
    var sources: [Symbol: (missing: Int, all: Int)] = [:]
    for deal in pipeline.deals.values where deal.createdOn >= day {
      let source = deal.descriptors.leadSource ?? "unknown"
      sources[source, default: (0, 0)].all += 1
      if deal.flags.contains(.missingFields) { sources[source, default: (0, 0)].missing += 1 }
    }
    let (missing, all) = sources.values.reduce((0, 0)) { ($0.0 + $1.missing, $0.1 + $1.all) }
    let offset = offset
    var news: [TrendShift] = []
    for source in sources.keys.sorted(by: { $0.text < $1.text }) {
      let key = StandingShifts.Key(kind: .missingFields, segment: "lead_source=\(source.text)")
      // With too few others, as where there is one source alone, there is nothing to hold it against.
      guard let own = sources[source], all - own.all >= standing.enough(settings.minimumDeals, key) else { continue }
      let others = Double(missing - own.missing) / Double(all - own.all)
      let tail = max(
        Hypergeometric.upperTail(own.missing, of: own.all, besides: missing - own.missing, of: all - own.all),
        Binomial.upperTail(own.missing, of: own.all, chance: 0.02))
      let isOpen = standing.open[key] != nil
      let holds =
        own.missing >= (isOpen ? 1 : 5)
        && tail < (isOpen ? 0.2 : settings.falseAlarmsPerYear / (52 * Double(sources.count)))
      news += standing.tell(key, holds: holds, at: instant) { phase, openedAt in
        TrendShift(
          kind: .missingFields, phase: phase, detector: .plain, segment: key.segment,
          title: "\(source.text): \(own.missing) of \(own.all) new deals lack more than three fields", before: others,
          after: Double(own.missing) / Double(own.all), dealsBefore: all - own.all, dealsAfter: own.all,
          beganAt: openedAt, openedAt: openedAt, occurredAt: instant,
          action: phase == .resolved ? nil : "Look at the form or the import that makes them.", ledgerOffset: offset)
      }
    }
    return news
  }

  /// A look at the end of each day: more deals became High or Critical than the eight weeks before let expect.
  mutating func pipelineNews(day: Day, at instant: Timestamp) -> [TrendShift] {
    let key = StandingShifts.Key(kind: .riskVolume, segment: "team")
    pipeline.forgetRisky(before: day.adding(-57))
    let count = pipeline.risky[day] ?? 0
    let first = pipeline.risky.keys.min() ?? day
    guard standing.open[key] != nil || day - first >= 28 else { return [] }
    let before = (1...max(1, min(56, day - first))).map { Double(pipeline.risky[day.adding(-$0)] ?? 0) }
    guard let usual = mean(before) else { return [] }
    // Four standard deviations of the days themselves: they vary more than chance alone would let them. And twice as many,
    // as a team that grows has more of everything.
    let bound = usual + 4 * max(deviation(before) ?? 1, 1)
    let holds = count >= 10 && Double(count) > bound && Double(count) >= 2 * usual
    let offset = offset
    return standing.tell(key, holds: holds, at: instant) { phase, openedAt in
      TrendShift(
        kind: .riskVolume, phase: phase, detector: .plain, segment: "team",
        title: "\(count) deals became High or Critical on \(day), \(ShiftText.decimal(usual)) a day are usual",
        before: usual,
        after: Double(count), dealsBefore: Int(before.reduce(0, +)), dealsAfter: count, beganAt: Timestamp(day),
        openedAt: openedAt, occurredAt: instant,
        action: phase == .resolved ? nil : "Look for one cause: a stage, a source or a change of the data.",
        ledgerOffset: offset)
    }
  }
}

/// Closed deals by segment, the team among them, each deal looked at once.
private struct OutcomeGroups {
  /// A segment with its names; nil is the team.
  struct Group {
    var segment: Segment?
    var name: String
    var spoken: String
  }

  /// What is looked at of a deal: plain memory, as a year's deals are copied into each of their segments.
  struct Pace {
    var closedAt: Timestamp
    var cycleDays: Int
    var velocity: Double?
  }

  /// The deals of each segment; of nil all of them.
  let deals: [Segment?: [Pace]]

  init(_ outcomes: OutcomeLog, from day: Day, to end: Day, _ dimensions: [Dimension]) {
    var segments: [Segment?] = [nil]
    var lists: [[Pace]] = [[]]
    // Where a dimension's value has its list, by the ordinal of its symbol: to hash each deal's segments took longer than
    // all else.
    var places = [[Int]](repeating: [], count: dimensions.count)
    outcomes.forEach(from: day, to: end) { deal in
      let pace = Pace(closedAt: deal.closedAt, cycleDays: deal.cycleDays, velocity: deal.velocity)
      lists[0].append(pace)
      for number in dimensions.indices {
        guard let value = dimensions[number].value(of: deal) else { continue }
        let missing = value.ordinal + 1 - places[number].count
        if missing > 0 { places[number] += repeatElement(0, count: missing) }
        if places[number][value.ordinal] == 0 {
          places[number][value.ordinal] = lists.count
          lists.append([])
          segments.append(Segment(Segment.Part(dimensions[number], value)))
        }
        lists[places[number][value.ordinal]].append(pace)
      }
    }
    deals = Dictionary(uniqueKeysWithValues: zip(segments, lists))
  }

  /// The team, and then the segments by name: a dictionary's order is another in each process.
  var named: [Group] {
    [Group(segment: nil, name: "team", spoken: "The team")]
      + deals.keys.compactMap { $0 }.map { Group(segment: $0, name: $0.name, spoken: $0.spoken) }
      .sorted { $0.name < $1.name }
  }
}
