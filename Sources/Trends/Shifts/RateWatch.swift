import Deals

/// Watches the win rate of one segment: opens a shift, follows it, and ends it.
public struct RateWatch: Sendable {
  /// A shift that is open.
  public struct OpenShift: Hashable, Sendable {
    /// The week in which the change began, as estimated when the shift was opened.
    public var week: Int
    /// The weeks between which it began.
    public var weeks: ClosedRange<Int>
    /// The deals before.
    public var before: Tally
    /// The e-value at opening; nil of the plain rule.
    public var evidence: Double?
    /// What the evidence had to reach then.
    public var evidenceNeeded: Double?
    /// The week in which it was opened.
    public var openedWeek: Int
    /// The deals since the beginning, as they were counted then.
    public var sinceAtOpening: Tally
  }

  /// What a look has found.
  public enum Finding: Hashable, Sendable {
    /// A shift begins.
    case opened
    /// It goes on.
    case updated
    /// The rate is back where it was.
    case recovered
    /// It has lasted so long that it is the new normal.
    case settled
  }

  /// The deals by week.
  public private(set) var tallies = WeeklyTallies()
  /// The shift that is open.
  public private(set) var open: OpenShift?
  private var uncounted = 0
  private var lookedWeek = Int.min

  /// Deals after which it looks again within a week: a look costs a hundred times a count.
  private static let stride = 4

  /// A watch without deals.
  public init() {}

  /// Counts a deal, or takes it back with −1.
  public mutating func count(_ outcome: Outcome, week: Int, sign: Int32 = 1) {
    tallies.count(outcome, week: week, sign: sign)
    uncounted += 1
  }

  /// Looks at the end of a week, or within it.
  ///
  /// - Parameters:
  ///   - week: The week of the newest deal.
  ///   - threshold: The mean number of deals between two false alarms, over all segments.
  public mutating func look(week: Int, threshold: Double, _ settings: TrendSettings) -> Finding? {
    guard week > lookedWeek || uncounted >= Self.stride else { return nil }
    let isNewWeek = week > lookedWeek
    (uncounted, lookedWeek) = (0, week)
    if open != nil { return isNewWeek ? follow(week, settings) : nil }
    return settings.detector == .sequential
      ? lookForEvidence(week, threshold, settings) : compare(week, settings)
  }

  /// The deals of the open shift: all since it began; of one that is over, those before the weeks in which the rate was
  /// back. Asked of the watch as it was before the look that ended the shift: that look forgets the weeks.
  public func deals(ofShiftThrough week: Int, _ finding: Finding, _ settings: TrendSettings) -> Tally {
    guard let open else { return Tally() }
    guard finding == .recovered else { return tallies.tally(open.week..<week + 1) }
    // A shift of a few deals can be over before the weeks in which the rate is back have left its beginning behind.
    let lasted = tallies.tally(open.week..<max(open.week, week - Self.window(settings) + 1))
    return lasted.deals >= settings.minimumDeals ? lasted : open.sinceAtOpening
  }

  /// The deals of the weeks in which a rate must be back.
  func recent(through week: Int, _ settings: TrendSettings) -> Tally {
    tallies.tally(week - Self.window(settings) + 1..<week + 1)
  }

  private static func window(_ settings: TrendSettings) -> Int { settings.detector == .sequential ? 8 : 4 }

  private mutating func lookForEvidence(_ week: Int, _ threshold: Double, _ settings: TrendSettings) -> Finding? {
    guard
      let evidence = ChangeEvidence(tallies, through: week, minimumBaselineDeals: settings.minimumBaselineDeals),
      evidence.sum >= threshold
    else { return nil }
    let before = tallies.tally(tallies.first..<evidence.likelyWeek)
    let since = tallies.tally(evidence.likelyWeek..<week + 1)
    guard since.deals >= settings.minimumDeals, Self.points(before, since) >= settings.minimumPoints else { return nil }
    open = OpenShift(
      week: evidence.likelyWeek, weeks: evidence.weeks, before: before, evidence: evidence.sum,
      evidenceNeeded: threshold, openedWeek: week, sinceAtOpening: since)
    return .opened
  }

  /// The reference's rule: the rate of four weeks beside that of the year before them.
  private mutating func compare(_ week: Int, _ settings: TrendSettings) -> Finding? {
    let (recent, before) = (tallies.tally(week - 3..<week + 1), tallies.tally(week - 55..<week - 3))
    guard recent.deals >= settings.minimumDeals, before.deals >= settings.minimumBaselineDeals,
      Self.points(before, recent) >= settings.minimumPoints
    else { return nil }
    open = OpenShift(
      week: week - 3, weeks: week - 3...week - 3, before: before, evidence: nil, evidenceNeeded: nil, openedWeek: week,
      sinceAtOpening: recent)
    return .opened
  }

  /// Ends a shift only well inside the size that opened it, so that it does not open and close at the border.
  private mutating func follow(_ week: Int, _ settings: TrendSettings) -> Finding? {
    guard let shift = open else { return nil }
    let window = Self.window(settings)
    let recent = recent(through: week, settings)
    let isBack =
      recent.deals >= settings.minimumDeals
      && Self.points(shift.before, recent) < settings.minimumPoints / 2
    if isBack, week - shift.openedWeek >= window / 2 {
      open = nil
      if settings.detector == .sequential { tallies.forget(before: week - window + 1) }
      return .recovered
    }
    // From the opening on, not from the beginning: a change that was found late would be over as soon as it is told.
    guard week - shift.openedWeek >= settings.settledWeeks else { return .updated }
    open = nil
    if settings.detector == .sequential { tallies.forget(before: shift.week) }
    return .settled
  }

  private static func points(_ before: Tally, _ after: Tally) -> Double {
    guard let old = before.winRate, let new = after.winRate else { return 0 }
    return abs(new - old) * 100
  }
}
