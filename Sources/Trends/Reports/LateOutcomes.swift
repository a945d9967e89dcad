import Deals

/// Outcomes that came when the report of their period had been made: they amend that period in the next report.
struct LateOutcomes: Sendable {
  /// What the late outcomes add to a period, less what they take back.
  struct Amendment: Hashable, Sendable {
    var won = 0
    var lost = 0

    mutating func count(_ deal: ClosedDeal, sign: Int) {
      if deal.outcome == .won { won += sign } else { lost += sign }
    }
  }

  /// Periods that a report names one by one, the newest first; of the others it has the number.
  static let namedPeriods = 10

  /// How many entries of the ledger came late.
  private(set) var count = 0
  private var counts: [Symbol?: Int] = [:]
  private var amendments: [ReportCalendar.Period: [Symbol?: Amendment]] = [:]

  /// Notes what an entry takes back from a reported period and what it adds to one.
  mutating func note(
    retracted: (ReportCalendar.Period, ClosedDeal)?, added: (ReportCalendar.Period, ClosedDeal)?
  ) {
    guard retracted != nil || added != nil else { return }
    count += 1
    for rep in Set([retracted, added].compactMap { $0?.1.descriptors.rep }) { counts[rep, default: 0] += 1 }
    for (change, sign) in [(retracted, -1), (added, 1)] {
      guard let (period, deal) = change else { continue }
      amendments[period, default: [:]][deal.descriptors.rep, default: Amendment()].count(deal, sign: sign)
    }
  }

  /// Whose deals they are.
  var reps: Set<Symbol> { Set(counts.keys.compactMap(\.self)) }

  /// Those of one rep.
  func of(_ rep: Symbol) -> LateOutcomes {
    var own = LateOutcomes()
    own.count = counts[rep] ?? 0
    own.amendments = amendments.compactMapValues { byRep in byRep[rep].map { [rep: $0] } }
    return own
  }

  /// The amended periods, newest first, with what changed. What left a period's wins and losses as they were (an amount that
  /// was put right, a deal that came for one that went) amends none.
  var periods: [(period: ReportCalendar.Period, change: Amendment)] {
    amendments.map { period, byRep -> (period: ReportCalendar.Period, change: Amendment) in
      var sum = Amendment()
      for amendment in byRep.values {
        sum.won += amendment.won
        sum.lost += amendment.lost
      }
      return (period, sum)
    }.filter { $0.change != Amendment() }.sorted { $0.period.from > $1.period.from }
  }

  /// That outcomes came late, in words; nothing where none did.
  var lines: [String] {
    guard count > 0 else { return [] }
    let which =
      count == 1 ? "1 outcome came after the report of its" : "\(count) outcomes came after the report of their"
    return ["\(which) own period; \(count == 1 ? "it is" : "they are") counted now"]
  }

  /// What the amended periods hold now, and what the last report that spoke of them said.
  ///
  /// - Parameter tally: The deals of a period as they stand; nil where they are not known any more.
  func amended(_ tally: (ReportCalendar.Period) -> Tally?) -> Amended {
    let periods = periods
    var amended = Amended(lines: lines, figures: [.init("amended_periods", Double(periods.count))])
    for (index, (period, change)) in periods.prefix(Self.namedPeriods).enumerated() {
      let (name, now) = ("amended_\(index + 1)", tally(period))
      amended.labels.append(.init(name, period.name))
      amended.figures += [
        .init("\(name)_won", now.map { Double($0.won) }), .init("\(name)_lost", now.map { Double($0.lost) }),
        .init("\(name)_won_change", Double(change.won)), .init("\(name)_lost_change", Double(change.lost)),
      ]
      if let now, index < 3 {
        let said = "\(now.won - change.won) won and \(now.lost - change.lost) lost"
        amended.lines.append("\(period.name) is amended: \(now.won) won and \(now.lost) lost, it said \(said)")
      }
    }
    return amended
  }

  /// The part of a report that tells of late outcomes.
  struct Amended {
    var lines: [String]
    var figures: [Report.Figure]
    var labels: [Report.Label] = []
  }
}
