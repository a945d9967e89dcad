import Deals

/// Everything that a score depends on besides the deal and the baselines.
public struct EngineSettings: Sendable {
  /// The model whose scores are published.
  public var model: any RiskModel
  /// How it, the playbook and the flags read the baselines.
  public var baselines: BaselineSettings
  /// What to recommend.
  public var playbook: Playbook
  /// Days in a stage after which a deal is scored again, ascending.
  public var ageingDays: [Int]
  /// Days after its close (or deletion) for which a deal's state is kept.
  public var closedRetentionDays: Int
  /// How amounts become the base currency.
  public var currencies: CurrencyTable
  /// Identifies all of the above in every event.
  public var configurationHash: Symbol
  /// Whether scores carry reasons and actions. Whoever reads only the figures of many scores can do without.
  public var writesWords = true

  /// Settings; the defaults are those of the design.
  public init(
    model: any RiskModel = WeightedModel(), baselines: BaselineSettings = .streaming,
    playbook: Playbook = .standard, ageingDays: [Int] = [45, 60, 90], closedRetentionDays: Int = 180,
    currencies: CurrencyTable = CurrencyTable(), configurationHash: Symbol = "default"
  ) {
    self.model = model
    self.baselines = baselines
    self.playbook = playbook
    self.ageingDays = ageingDays.sorted()
    self.closedRetentionDays = closedRetentionDays
    self.currencies = currencies
    self.configurationHash = configurationHash
  }
}

extension EngineSettings {
  /// When a deal is to be looked at again although nothing changes: its next step of ageing, or the end of its keeping.
  ///
  /// Inlined, as are all that look at a few members of a state: a call would be given a copy of the whole.
  @inline(__always)
  func due(of state: DealState) -> Timestamp? {
    if state.isDeleted || state.status.outcome != nil { return state.lastChangedAt.adding(days: closedRetentionDays) }
    guard Int(state.agedSteps) < ageingDays.count else { return nil }
    return state.stageEnteredAt.adding(days: ageingDays[Int(state.agedSteps)])
  }
}

/// How much of the base currency one unit of another is worth.
public struct CurrencyTable: Hashable, Sendable {
  /// The currency of every amount after conversion.
  public var base: Currency
  /// Units of the base currency for one unit of another.
  public var rates: [Currency: Double]

  /// A table; by default US dollars alone.
  public init(base: Currency = .usd, rates: [Currency: Double] = [:]) {
    self.base = base
    self.rates = rates
  }

  /// The amount in the base currency; nil where there is no rate.
  public func convert(_ amount: Amount) -> Money? {
    if amount.currency == base { return Money(units: amount.units) }
    return rates[amount.currency].flatMap { Money(units: amount.units * $0) }
  }
}
