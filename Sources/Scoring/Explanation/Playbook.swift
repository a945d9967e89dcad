import Deals

/// What to do about a deal, by rules that are tried in order.
public struct Playbook: Hashable, Sendable {
  /// When a rule holds. Conditions that are nil hold always.
  public struct Condition: Hashable, Sendable {
    /// More days in the stage than this.
    public var daysInStageAbove: Int?
    /// At least so many days in the stage.
    public var daysInStageAtLeast: Int?
    /// The rep's win rate is in the bottom fifth of the reps.
    public var repInBottomFifth = false
    /// The deal's lead source.
    public var leadSource: Symbol?
    /// The deal's stage.
    public var stage: Stage?
    /// The score's tier is at least this.
    public var tierAtLeast: RiskTier?
    /// Another rep wins more often in the deal's industry, over at least so many deals.
    public var betterRepWithDeals: Int?

    /// A condition that always holds.
    public init() {}
  }

  /// One rule.
  public struct Rule: Hashable, Sendable {
    /// The action's name.
    public var id: Symbol
    /// When it holds.
    public var condition: Condition
    /// What to do, in words; see `PlaybookText`.
    public var text: PlaybookText

    /// A rule.
    public init(id: Symbol, condition: Condition, text: PlaybookText) {
      self.id = id
      self.condition = condition
      self.text = text
    }
  }

  /// The rules, most specific first.
  public var rules: [Rule]
  /// How many actions an event carries at most.
  public var limit: Int

  /// A playbook.
  public init(rules: [Rule], limit: Int = 3) {
    self.rules = rules
    self.limit = limit
  }

  /// The actions for a deal, in the order of the rules.
  func actions(
    for features: DealFeatures, tier: RiskTier, _ settings: BaselineSettings, _ baselines: inout Baselines
  ) -> [RecommendedAction] {
    var actions: [RecommendedAction] = []
    for index in rules.indices where actions.count < limit {
      // Asked where the rule lies: a copy of each rule cost more than the question.
      guard rules[index].condition.holdsByItself(features, tier) else { continue }
      let rule = rules[index]
      if rule.condition.repInBottomFifth, !Self.isInBottomFifth(features, settings, &baselines) { continue }
      var better: RankedRep?
      if let deals = rule.condition.betterRepWithDeals {
        better = Self.betterRep(than: features, settings, minimumDeals: deals, &baselines)
        if better == nil { continue }
      }
      actions.append(RecommendedAction(id: rule.id, text: rule.text.render(features, better)))
    }
    return actions
  }

  private static func isInBottomFifth(
    _ features: DealFeatures, _ settings: BaselineSettings, _ baselines: inout Baselines
  ) -> Bool {
    let window = settings.repComparisonWindow
    let own = baselines.tally(.rep, features.descriptors.rep, window)
    guard own.deals >= settings.minimumDeals, let rate = own.winRate else { return false }
    guard let fifth = baselines.bottomFifthOfReps(window, minimumDeals: settings.minimumDeals) else { return false }
    return rate < fifth
  }

  private static func betterRep(
    than features: DealFeatures, _ settings: BaselineSettings, minimumDeals: Int, _ baselines: inout Baselines
  ) -> RankedRep? {
    guard let industry = features.descriptors.industry else { return nil }
    let window = settings.segmentWindow
    guard let best = baselines.bestRep(inIndustry: industry, window, minimumDeals: minimumDeals) else { return nil }
    guard best.rep != features.descriptors.rep else { return nil }
    let own = baselines.tally(rep: features.descriptors.rep, industry: industry, window)
    guard let rate = own.winRate else { return best }
    return best.winRate > rate ? best : nil
  }
}

extension Playbook.Condition {
  /// The part of the condition that needs no baselines: cheap, so it is asked first.
  func holdsByItself(_ features: DealFeatures, _ tier: RiskTier) -> Bool {
    if let daysInStageAbove, features.daysInStage <= daysInStageAbove { return false }
    if let daysInStageAtLeast, features.daysInStage < daysInStageAtLeast { return false }
    if let leadSource, features.descriptors.leadSource != leadSource { return false }
    if let stage, features.stage != stage { return false }
    if let tierAtLeast, tier < tierAtLeast { return false }
    return true
  }
}

extension Playbook {
  /// The playbook that holds where none is configured; `config/playbook.yaml` says the same.
  public static let standard = Playbook(rules: [
    rule(
      "executive_sponsor_call",
      "Have an executive sponsor call the buyer: {days_in_stage} days in {stage}, and {rep} is among the reps who win least."
    ) {
      $0.daysInStageAbove = 90
      $0.repInBottomFifth = true
    },
    rule(
      "verify_buyer_authority",
      "Verify the buyer's authority and bring in a solutions engineer: a partner lead, {days_in_stage} days in {stage}."
    ) {
      $0.daysInStageAbove = 60
      $0.leadSource = "Partner"
      $0.stage = .proposal
    },
    rule(
      "reassign",
      "Reassign to {best_rep}, who wins {best_rep_win_rate} of {best_rep_deals} {industry} deals."
    ) {
      $0.tierAtLeast = .high
      $0.betterRepWithDeals = 30
    },
    rule("manager_review", "Review it with the manager: {days_in_stage} days in {stage}.") {
      $0.daysInStageAtLeast = 60
    },
    rule("escalate_or_deprioritise", "Escalate or de-prioritise it: {days_in_stage} days in {stage}.") {
      $0.daysInStageAtLeast = 45
    },
  ])

  private static func rule(_ id: Symbol, _ text: PlaybookText, _ edit: (inout Condition) -> Void) -> Rule {
    var condition = Condition()
    edit(&condition)
    return Rule(id: id, condition: condition, text: text)
  }
}
