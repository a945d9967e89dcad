import Deals
import Statistics

/// What the outcomes and scores of a stream say of its segments: shifts with an identity, streaks, and the rest.
///
/// (ledger, scores, time) → news, without a clock, I/O or randomness: the same records in the same order give the same
/// news, so that a processor which takes over replays the ledger silently and says nothing twice.
public struct TrendEngine: Sendable {
  /// What it watches.
  public let settings: TrendSettings
  /// The next offset of the ledger.
  public private(set) var offset: Int64 = 0
  /// Closed deals of the last 400 days.
  var outcomes = OutcomeLog()
  /// Deals that are open, as their scores tell.
  var pipeline = OpenPipeline()
  var watches: [Segment: RateWatch] = [:]
  /// When the open shifts of win rates were told.
  private var openings: [Segment: Timestamp] = [:]
  var streaks: [Segment: Streak] = [:]
  var standing = StandingShifts()
  /// All closed deals by week: what a rep without a history is held against.
  private(set) var team = WeeklyTallies()
  /// When the history begins: the twentieth deal closed, as one that was entered years late must not set it back.
  private(set) var start: Timestamp?
  private var counted = 0
  /// Deals whose close is dated into the future, with the week in which they count.
  private var redated: [DealID: Int] = [:]
  private var highestSource: [Int32: Int64] = [:]
  private(set) var today = Day(number: .min / 2)
  private var touched: Set<Segment> = []
  /// Deals of all segments: one that is in three of them counts three times.
  private var rates = DealRates()
  private var deals = DealRates()

  /// An engine that has seen nothing.
  public init(settings: TrendSettings = TrendSettings()) { self.settings = settings }

  /// Segments that are watched.
  public var segmentCount: Int { watches.count }

  /// Applies the ledger's record at an offset; a change that was counted before is dropped.
  public mutating func apply(_ entry: LedgerEntry, at entryOffset: Int64) -> [TrendShift] {
    guard entryOffset >= offset else { return [] }
    offset = entryOffset + 1
    guard !hasCounted(entry) else { return [] }
    highestSource[entry.source.partition] = entry.source.offset
    let news = advance(to: entry.occurredAt)
    if let deal = entry.retracted { count(deal, entry.dealID, sign: -1) }
    if let deal = entry.added { count(deal, entry.dealID, sign: 1) }
    return news + streakNews(entry)
  }

  /// Whether the change behind an entry was counted before: a crash can leave an entry in the ledger twice.
  func hasCounted(_ entry: LedgerEntry) -> Bool {
    highestSource[entry.source.partition].map { entry.source.offset <= $0 } ?? false
  }

  /// Moves past offsets of the ledger that hold nothing.
  public mutating func skip(to nextOffset: Int64) { offset = max(offset, nextOffset) }

  /// Takes in a score: what is open, at what risk. A score from before the deal's close comes late: the deal is not open.
  public mutating func observe(_ score: PipelineScore) {
    if let closed = outcomes.deals[score.dealID], score.occurredAt <= closed.closedAt { return }
    pipeline.observe(score)
  }

  /// Takes in what deals.risk says, in the order of event time.
  public mutating func observe(_ news: some Sequence<PipelineNews>) {
    for each in news {
      switch each {
      case .scored(let score): observe(score)
      case .gone(let deal, _): forget(deal)
      }
    }
  }

  /// Takes in that a deal is gone.
  public mutating func forget(_ deal: DealID) { pipeline.remove(deal) }

  /// Moves event time on; at the first instant of a new day it looks at what the days before have brought.
  public mutating func advance(to instant: Timestamp) -> [TrendShift] {
    let day = instant.day
    guard day > today else { return [] }
    let isNewWeek = WeeklyTallies.week(of: day) > WeeklyTallies.week(of: today)
    let last = today
    today = day
    // The first day has none before it.
    guard last.number > .min / 2 else { return [] }
    var news = rateNews(through: last, all: isNewWeek, at: instant)
    news += pipelineNews(day: last, at: instant)
    if isNewWeek { news += weeklyNews(through: last, at: instant) }
    outcomes.forget(before: day.adding(-400))
    return news
  }

  /// The week in which a deal counts, the same when it is taken back: that of its close. A CRM may date a close into the
  /// future; such a deal counts in the present week, as a wrong year would push the weeks of all others out of the tallies.
  private mutating func week(of deal: ClosedDeal, _ id: DealID, sign: Int32) -> Int {
    let (own, now) = (WeeklyTallies.week(of: deal.closedAt.day), WeeklyTallies.week(of: today))
    if sign < 0 { return redated.removeValue(forKey: id) ?? own }
    guard own > now else { return own }
    redated[id] = now
    return now
  }

  private mutating func count(_ deal: ClosedDeal, _ id: DealID, sign: Int32) {
    let week = week(of: deal, id, sign: sign)
    team.count(deal.outcome, week: week, sign: sign)
    deals.count(today, sign: Int(sign))
    if sign > 0 {
      counted += 1
      if counted == 20 { start = min(deal.closedAt, Timestamp(today.adding(1))) }
      outcomes.add(deal, id)
      pipeline.remove(id)
    } else {
      outcomes.remove(id)
    }
    for dimensions in settings.segments {
      guard let segment = Segment(deal, dimensions) else { continue }
      watches[segment, default: RateWatch()].count(deal.outcome, week: week, sign: sign)
      touched.insert(segment)
      rates.count(today, sign: Int(sign))
    }
  }

  /// The mean number of deals between two false alarms that the settings ask for: all segments' deals of a year.
  var threshold: Double { max(1_000, rates.yearly(today)) / settings.falseAlarmsPerYear }

  /// Closed deals of a year.
  var yearlyDeals: Double { deals.yearly(today) }

  private mutating func rateNews(through day: Day, all: Bool, at instant: Timestamp) -> [TrendShift] {
    let week = WeeklyTallies.week(of: day)
    let segments = all ? touched.union(watches.keys.filter { watches[$0]?.open != nil }) : touched
    touched.removeAll(keepingCapacity: true)
    let threshold = threshold
    var news: [TrendShift] = []
    // By name: a dictionary's order is another in each process.
    let named = segments.map { (name: $0.name, segment: $0) }.sorted { $0.name < $1.name }
    for (_, segment) in named {
      let before = watches[segment]
      guard let finding = watches[segment]?.look(week: week, threshold: threshold, settings) else { continue }
      // A look that ends a shift forgets its weeks: its figures are those of the watch before.
      guard let watch = finding.phase == .resolved ? before : watches[segment], let shift = watch.open else { continue }
      let openedAt = openings[segment] ?? instant
      openings[segment] = finding.phase == .resolved ? nil : openedAt
      news.append(rateShift(segment, finding, shift, watch, week: week, openedAt: openedAt, at: instant))
    }
    return news
  }

  private func rateShift(
    _ segment: Segment, _ finding: RateWatch.Finding, _ shift: RateWatch.OpenShift, _ watch: RateWatch, week: Int,
    openedAt: Timestamp, at instant: Timestamp
  ) -> TrendShift {
    let since = watch.deals(ofShiftThrough: week, finding, settings)
    let (before, after) = (shift.before.winRate ?? 0, since.winRate ?? 0)
    let now = watch.recent(through: week, settings).winRate ?? after
    let began = Timestamp(WeeklyTallies.monday(shift.week))
    let (open, amount) = pipeline.total(in: segment)
    var news = TrendShift(
      kind: .winRate, phase: finding.phase, detector: settings.detector, segment: segment.name,
      title: ShiftText.rate(segment, before: before, after: after, now: now, finding), before: before,
      after: after,
      dealsBefore: shift.before.deals, dealsAfter: since.deals, evidence: shift.evidence,
      evidenceNeeded: shift.evidenceNeeded, beganAt: began,
      beganBetween: Timestamp(
        WeeklyTallies.monday(shift.weeks.lowerBound))...Timestamp(WeeklyTallies.monday(shift.weeks.upperBound + 1)),
      openedAt: openedAt, occurredAt: instant, openDeals: open,
      openAmount: amount, ledgerOffset: offset)
    if finding == .opened || finding == .updated {
      news.driver = ShiftDriver(segment, outcomes.deals.values, since: WeeklyTallies.monday(shift.week))?
        .words(told: shift.before, falls: after < before)
      news.action = ShiftText.action(segment, falls: after < before, open: open)
    }
    return news
  }
}

extension RateWatch.Finding {
  /// What readers are told.
  var phase: TrendShift.Phase {
    switch self {
    case .opened: .opened
    case .updated: .updated
    case .recovered, .settled: .resolved
    }
  }
}

/// How many deals a year come in, all segments together: counts of the last 53 weeks.
struct DealRates: Sendable {
  private var weeks: [Int: Int] = [:]
  private var first: Day?

  mutating func count(_ day: Day, sign: Int) {
    let week = WeeklyTallies.week(of: day)
    weeks[week, default: 0] += sign
    if weeks.count > 80 { weeks = weeks.filter { $0.key > week - 53 } }
    if first == nil { first = day }
  }

  /// Deals of the last year; while there is less of it, as many as a year of this would have.
  func yearly(_ today: Day) -> Double {
    let last = WeeklyTallies.week(of: today)
    let sum = weeks.reduce(0) { $0 + ($1.key > last - 52 ? $1.value : 0) }
    let days = max(7, min(364, first.map { today - $0 } ?? 364))
    return Double(sum) * 364 / Double(days)
  }
}
