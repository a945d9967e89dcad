import Deals
import func Foundation.exp2

/// The rolling win rates of the whole team and of every segment: a pure function of the ledger up to `offset`.
///
/// A reader applies the ledger's records in their order. What counts as today is the newest change in the ledger, not a
/// clock, so that anybody who reads the same records has the same baselines, bit for bit.
public struct Baselines: Sendable {
  /// The next offset of `deals.outcomes` to apply.
  public private(set) var offset: Int64 = 0
  /// Records that were dropped because their change had been counted before.
  public private(set) var repeats: Int = 0
  /// Grows with every change of the counts: what is derived from them is kept as long as this stands still.
  private(set) var version = 0

  private let words = Vocabulary.shared
  private let model: Symbol
  private let halfLifeDays: Double
  /// The highest offset counted of each partition of `deals.changes`, by its number, `.min` where there is none.
  private var highestSource: [Int64] = []
  /// Of partitions whose numbers are no place in an array: a forged record's.
  private var highestElsewhere: [Int32: Int64] = [:]
  private var today = Day(number: .min / 2)
  private var overall = SegmentWindows(today: Day(number: .min / 2))
  private var windows: [SegmentWindows] = []
  private var segments = SegmentIndex()
  private var scores = ScoreDistribution()
  private var ranking = RepRanking()
  /// The weight in decayed rates of deals that closed on the day of the last one: most close on the same.
  private var weighted = (day: Day(number: .min / 2), weight: 0.0)

  /// Empty baselines.
  ///
  /// - Parameters:
  ///   - model: The model whose scores make up the percentiles.
  ///   - halfLifeDays: After how many days a deal counts half in the decayed rate.
  public init(model: Symbol, halfLifeDays: Double = 90) {
    self.model = model
    self.halfLifeDays = halfLifeDays
  }

  /// Applies the ledger's record at an offset; a change that was counted before is dropped.
  ///
  /// - Returns: Whether the record counted.
  @discardableResult
  public mutating func apply(_ entry: LedgerEntry, at entryOffset: Int64) -> Bool {
    guard entryOffset >= offset else { return false }
    offset = entryOffset + 1
    guard isNew(entry.source) else {
      repeats += 1
      return false
    }
    today = max(today, entry.occurredAt.day)
    switch entry.content {
    case .adds(let deal): count(deal, sign: 1)
    case .retracts(let deal): count(deal, sign: -1)
    case .amends(let former, let deal):
      count(former, sign: -1)
      count(deal, sign: 1)
    }
    version += 1
    return true
  }

  /// Whether a change was not counted before; it is remembered as counted.
  @inline(__always)
  private mutating func isNew(_ source: SourcePosition) -> Bool {
    let partition = Int(source.partition)
    guard partition >= 0, partition < highestSource.count else { return isNewElsewhere(source) }
    guard source.offset > highestSource[partition] else { return false }
    highestSource[partition] = source.offset
    return true
  }

  /// The same of a partition that is met for the first time, or has no place in the array.
  @inline(never)
  private mutating func isNewElsewhere(_ source: SourcePosition) -> Bool {
    if source.partition >= 0, source.partition < Self.mostPartitions {
      let missing = Int(source.partition) + 1 - highestSource.count
      highestSource.append(contentsOf: repeatElement(.min, count: missing))
      highestSource[Int(source.partition)] = source.offset
      return true
    }
    guard source.offset > highestElsewhere[source.partition, default: .min] else { return false }
    highestElsewhere[source.partition] = source.offset
    return true
  }

  /// Moves past ledger offsets that hold nothing for the baselines (transaction markers, unreadable records).
  public mutating func skip(to nextOffset: Int64) {
    offset = max(offset, nextOffset)
  }

  /// The outcomes of the whole team.
  public mutating func overallTally(_ window: BaselineWindow) -> OutcomeTally {
    overall.tally(window, today: today)
  }

  /// The outcomes of a segment of one dimension.
  public mutating func tally(_ dimension: Dimension, _ value: Symbol?, _ window: BaselineWindow) -> OutcomeTally {
    guard let value, let index = segments.find(dimension, value) else { return OutcomeTally() }
    return windows[index].tally(window, today: today)
  }

  /// The deals won and lost of the whole team.
  mutating func overallCount(_ window: BaselineWindow) -> OutcomeCount { overall.count(window, today: today) }

  /// The deals won and lost of a segment of one dimension.
  mutating func count(_ dimension: Dimension, _ value: Symbol?, _ window: BaselineWindow) -> OutcomeCount {
    guard let value, let index = segments.find(dimension, value) else { return OutcomeCount() }
    return windows[index].count(window, today: today)
  }

  /// The outcomes of a rep within an industry.
  public mutating func tally(rep: Symbol?, industry: Symbol?, _ window: BaselineWindow) -> OutcomeTally {
    guard let rep, let industry, let index = segments.find(rep: rep, industry: industry) else { return OutcomeTally() }
    return windows[index].tally(window, today: today)
  }

  /// The exponentially decayed win rate of a segment; nil while it has no deals.
  public func decayedWinRate(_ dimension: Dimension, _ value: Symbol) -> Double? {
    segments.find(dimension, value).flatMap { windows[$0].decayedWinRate }
  }

  /// The exponentially decayed win rate of the whole team; nil while there are no deals.
  public var decayedWinRate: Double? { overall.decayedWinRate }

  /// Per cent of the scores of deals closed in the last 90 days that are lower; nil while there are none.
  public mutating func percentile(of score: RiskScore) -> Double? {
    scores.advance(to: today)
    return scores.percentile(of: score)
  }

  /// The win rate below which the lowest fifth of the reps lies (20th percentile, linear interpolation), among reps with
  /// at least `minimumDeals` deals in the window; nil where there is no such rep.
  public mutating func bottomFifthOfReps(_ window: BaselineWindow, minimumDeals: Int) -> Double? {
    let query = RepRanking.Query(window: window, minimumDeals: minimumDeals)
    if let known = ranking.bottomFifth(query, version: version) { return known.rate }
    var rates: [Double] = []
    for (_, index) in segments.values(of: .rep) {
      let count = windows[index].count(window, today: today)
      if count.deals >= minimumDeals, let rate = count.winRate { rates.append(rate) }
    }
    return ranking.keepBottomFifth(of: rates, query, version: version)
  }

  /// The rep who wins most often in an industry, among those with at least `minimumDeals` deals there in the window.
  /// Equal rates go to the rep with more deals, then to the first by name.
  public mutating func bestRep(
    inIndustry industry: Symbol, _ window: BaselineWindow, minimumDeals: Int
  ) -> RankedRep? {
    let query = RepRanking.Query(window: window, minimumDeals: minimumDeals, industry: industry)
    if let known = ranking.best(query, version: version) { return known.rep }
    var best: RankedRep?
    for (rep, index) in segments.reps(in: industry) {
      let count = windows[index].count(window, today: today)
      guard count.deals >= minimumDeals, let rate = count.winRate else { continue }
      let candidate = RankedRep(rep: rep, winRate: rate, deals: count.deals)
      if best.map({ candidate.ranks(above: $0) }) ?? true { best = candidate }
    }
    return ranking.keepBest(best, query, version: version)
  }

  private mutating func count(_ deal: ClosedDeal, sign: Int32) {
    let day = deal.closedAt.day
    if day != weighted.day { weighted = (day, exp2(Double(day.number - Self.decayEpoch) / halfLifeDays)) }
    let addition = SegmentWindows.Addition(deal, sign: sign, weight: weighted.weight)
    overall.count(addition, today: today)
    let descriptors = deal.descriptors
    count(addition, .rep, descriptors.rep)
    count(addition, .industry, descriptors.industry)
    count(addition, .region, descriptors.region)
    count(addition, .productType, descriptors.productType)
    count(addition, .leadSource, descriptors.leadSource)
    count(addition, .stage, words.symbol(of: deal.stage))
    count(addition, .cycleBucket, words.symbol(of: CycleBucket(days: deal.cycleDays)))
    if let rep = descriptors.rep, let industry = descriptors.industry {
      countAt(segments.place(rep: rep, industry: industry, next: windows.count), addition)
    }
    guard let score = deal.predictions.of(model)?.score else { return }
    if sign > 0 {
      scores.add(score, closedOn: day, today: today)
    } else {
      scores.remove(score, closedOn: day, today: today)
    }
  }

  @inline(__always)
  private mutating func count(_ addition: SegmentWindows.Addition, _ dimension: Dimension, _ value: Symbol?) {
    guard let value else { return }
    countAt(segments.place(dimension, value, next: windows.count), addition)
  }

  @inline(__always)
  private mutating func countAt(_ index: Int, _ addition: SegmentWindows.Addition) {
    if index == windows.count { windows.append(SegmentWindows(today: today)) }
    windows[index].count(addition, today: today)
  }

  /// 2000-01-01: a reference for the decay's weights, near enough that they stay well inside a double's range.
  private static let decayEpoch: Int32 = 10_957
  /// More partitions than any topic has: a number beyond is kept in the dictionary.
  private static let mostPartitions: Int32 = 1 << 20
}
