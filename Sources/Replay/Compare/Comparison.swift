import Deals
import EngineConfiguration
import Scoring
import Statistics

/// Two configurations over the same history: what a change from the first to the second would have done.
public struct Comparison: Sendable {
  /// Deals that are in one tier by the first and in another by the second.
  public struct Move: Sendable {
    /// The tier by the first.
    public var from: RiskTier
    /// The tier by the second.
    public var to: RiskTier
    /// How many deals.
    public var deals: Int
    /// What they are worth together.
    public var amount: Money
  }

  /// The alerts of one week.
  public struct Week: Sendable {
    /// The Monday of the week.
    public var monday: Day
    /// Alerts by both.
    public var kept: Int
    /// Alerts by the first alone: they would disappear.
    public var gone: Int
    /// Alerts by the second alone: they would appear.
    public var new: Int
    /// The deals of the alerts that would disappear, in the order of their ids; a deal with two stands twice.
    public var goneDeals: [DealID] = []
    /// The deals of the alerts that would appear.
    public var newDeals: [DealID] = []
  }

  /// The difference of a measure on the same deals, second minus first.
  public struct PairedTest: Sendable {
    /// The first's figure.
    public var first: Double
    /// The second's figure.
    public var second: Double
    /// How probable a difference at least as large is where there is none; nil where it can't be told.
    public var p: Double?
    /// second − first.
    public var difference: Double { second - first }
  }

  /// The names of the two.
  public let names: (first: String, second: String)
  /// Deals that both scored, open ones included.
  public let deals: Int
  /// The currency of every amount: the base currency of the first.
  public let currency: Currency
  /// Deals whose amount counts as none, as there is no rate for its currency.
  public let unknownCurrencies: (first: Int, second: Int)
  /// Deals whose tier changes, by the two tiers.
  public let moves: [Move]
  /// The tier from which on a score is an alert.
  public let alertTier: RiskTier
  /// Weeks in which there was an alert.
  public let weeks: [Week]
  /// The area under the ROC curve on closed deals, point-in-time; nil where only one outcome is there.
  public let auc: PairedTest?
  /// The Brier score; less is better.
  public let brier: PairedTest?

  /// Runs a history through both.
  public init(
    _ history: DealHistory, _ first: ScoringConfiguration, _ second: ScoringConfiguration,
    alertTier: RiskTier = .critical
  ) {
    let (left, right) = (Side(history, first), Side(history, second))
    names = (first.name, second.name)
    self.alertTier = alertTier
    deals = left.scores.count
    currency = first.currencies.base
    unknownCurrencies = (left.unknownCurrencies, right.unknownCurrencies)
    moves = Self.moves(left.scores, right.scores)
    weeks = Self.weeks(left.escalations, right.escalations, alertTier)
    let forecasts = (left.forecasts, right.forecasts)
    auc = Self.aucTest(forecasts.0, forecasts.1)
    brier = Self.brierTest(forecasts.0, forecasts.1)
  }

  private struct Side {
    var scores: [ScoredDeal]
    var escalations: [Escalation]
    var unknownCurrencies: Int

    init(_ history: DealHistory, _ configuration: ScoringConfiguration) {
      let settings = configuration.settings
      let lives = DealLives(history, settings: settings)
      scores = HistoryScorer(model: settings.model, knowledge: .pointInTime).score(lives)
      escalations = lives.escalations
      unknownCurrencies = lives.unknownCurrencies
    }

    var forecasts: [Forecast] { scores.compactMap { JudgedScore($0)?.forecast } }
  }

  private static func moves(_ left: [ScoredDeal], _ right: [ScoredDeal]) -> [Move] {
    var counts: [[RiskTier]: (deals: Int, amount: Money)] = [:]
    for (old, new) in zip(left, right) where old.assessment.tier != new.assessment.tier {
      let known = counts[[old.assessment.tier, new.assessment.tier]] ?? (0, .zero)
      counts[[old.assessment.tier, new.assessment.tier]] = (known.deals + 1, known.amount + (old.amount ?? .zero))
    }
    return counts.map { Move(from: $0.key[0], to: $0.key[1], deals: $0.value.deals, amount: $0.value.amount) }
      .sorted { ($0.from.rawValue, $0.to.rawValue) < ($1.from.rawValue, $1.to.rawValue) }
  }

  private static func weeks(_ left: [Escalation], _ right: [Escalation], _ tier: RiskTier) -> [Week] {
    func alerts(_ escalations: [Escalation]) -> Set<Alert> {
      Set(
        escalations.filter { $0.tier >= tier && ($0.previousTier ?? .low) < tier }
          .map { Alert(dealID: $0.dealID, instant: $0.instant) })
    }
    let (old, new) = (alerts(left), alerts(right))
    var weeks: [Day: Week] = [:]
    for alert in old.union(new) {
      let day = alert.instant.day
      let monday = day.adding(1 - day.weekday)
      var week = weeks[monday] ?? Week(monday: monday, kept: 0, gone: 0, new: 0)
      switch (old.contains(alert), new.contains(alert)) {
      case (true, true): week.kept += 1
      case (true, false):
        week.gone += 1
        week.goneDeals.append(alert.dealID)
      default:
        week.new += 1
        week.newDeals.append(alert.dealID)
      }
      weeks[monday] = week
    }
    return weeks.values.sorted { $0.monday < $1.monday }.map { week in
      var week = week
      week.goneDeals.sort()
      week.newDeals.sort()
      return week
    }
  }

  private struct Alert: Hashable {
    var dealID: DealID
    var instant: Timestamp
  }

  static func aucTest(_ left: [Forecast], _ right: [Forecast]) -> PairedTest? {
    guard let first = Discrimination(left), let second = Discrimination(right) else { return nil }
    return PairedTest(first: first.auc, second: second.auc, p: Discrimination.pairedTest(second, first)?.p)
  }

  /// The squared errors differ deal by deal; whether their mean is 0 is tested by the normal approximation.
  static func brierTest(_ left: [Forecast], _ right: [Forecast]) -> PairedTest? {
    guard let first = Accuracy(left), let second = Accuracy(right), left.count == right.count else { return nil }
    func error(_ forecast: Forecast) -> Double {
      let miss = forecast.chance - (forecast.isWon ? 1 : 0)
      return miss * miss
    }
    let differences = zip(left, right).map { error($1) - error($0) }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1) / count
    let p = variance > 0 ? Normal.twoSided(mean / variance.squareRoot()) : mean == 0 ? 1 : nil
    return PairedTest(first: first.brier, second: second.brier, p: count > 1 ? p : nil)
  }
}
