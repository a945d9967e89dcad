import Deals
import EngineConfiguration
import Scoring

/// What a model's scores of a history were worth, test-then-train: each score was made before its outcome was known.
public struct ModelBacktest: Sendable {
  /// The model.
  public var model: Symbol
  /// What tells it from the others that are judged beside it: the model's name, or the file of its configuration.
  public var name: String
  /// Every deal scored at its close with all outcomes, its own included. The leak check's other side, no measure of skill.
  public var inSample: SkillReport
  /// Every deal scored at its close with all outcomes but its own: what parts the leak into that of the deal's own outcome
  /// and that of other deals' later ones.
  public var leaveOneOut: SkillReport
  /// Every deal scored at its close with what was known before.
  public var pointInTime: SkillReport
  /// The score that the live engine would have published last before the close: it does not know how long the deal will
  /// take either.
  public var published: SkillReport
  /// Closed deals for which nothing would have been published: they were first seen when they closed.
  public var neverPublished: Int
  /// `inSample` by quarter, age and segment.
  public var inSampleSlices: [SliceTable]
  /// `pointInTime` by quarter, age and segment.
  public var slices: [SliceTable]
  /// `published` by quarter, age at the score and segment.
  public var publishedSlices: [SliceTable]
  /// In one sentence, what the scores are worth.
  public var verdict: Verdict

  /// The four sides with their names, in the order in which they are shown.
  var sides: [(name: String, report: SkillReport)] {
    [
      ("in-sample", inSample), ("leave-one-out", leaveOneOut), ("point-in-time", pointInTime),
      ("as published", published),
    ]
  }
}

/// A backtest of one or more models over a history.
public struct Backtest: Sendable {
  /// A model under test, as the live scorer would run it and as the reference would judge it.
  public struct Candidate: Sendable {
    /// The settings of the engine, its model reading the baselines as in the live scorer.
    public var settings: EngineSettings
    /// The same model with every outcome of the history.
    public var inSample: any RiskModel
    /// What it is called in reports.
    public var name: String

    /// A candidate, called by its model where it has no name of its own.
    public init(settings: EngineSettings, inSample: any RiskModel, name: String? = nil) {
      self.settings = settings
      self.inSample = inSample
      self.name = name ?? settings.model.id.text
    }

    /// A model by its name, everything else at its default.
    public init(_ name: ModelName) { self = ScoringConfiguration(name).candidate }
  }

  /// Deals of the history that are still open, which nothing can be said about.
  public private(set) var openDeals = 0
  /// Closed deals.
  public private(set) var closedDeals = 0
  /// Of these, won.
  public private(set) var wonDeals = 0
  /// When the first and the last of them closed.
  public private(set) var closes: ClosedRange<Timestamp>?
  /// Deals that changed after their close: their last outcome counts.
  public private(set) var changedAfterClose = 0
  /// Deals whose amount counts as none, as there is no rate for its currency.
  public private(set) var unknownCurrencies = 0
  /// Each model's results, in the order in which they were given.
  public private(set) var models: [ModelBacktest] = []

  /// What became of each closed deal.
  public private(set) var outcomes: [DealID: Outcome] = [:]

  /// The true chances of a simulated history, where they are known.
  public var truth: TrueChances?

  /// Scores a history with every candidate, on all processors.
  public init(_ history: DealHistory, _ candidates: [Candidate]) {
    let trials = Trials(history, candidates)
    for (index, candidate) in candidates.enumerated() {
      models.append(ModelBacktest(candidate, trials.judgements(of: index)))
    }
    guard let facts = trials.facts else { return }
    openDeals = facts.openDeals
    closedDeals = facts.closedDeals
    wonDeals = facts.wonDeals
    closes = facts.closes
    outcomes = facts.outcomes
    changedAfterClose = facts.changedAfterClose
    unknownCurrencies = facts.unknownCurrencies
  }
}

/// What the deals of a history are like, whatever the model.
struct Facts: Sendable {
  var openDeals: Int
  var closedDeals: Int
  var wonDeals: Int
  var closes: ClosedRange<Timestamp>?
  var outcomes: [DealID: Outcome] = [:]
  var changedAfterClose: Int
  var unknownCurrencies: Int

  init(_ lives: DealLives) {
    changedAfterClose = lives.changedAfterClose
    unknownCurrencies = lives.unknownCurrencies
    openDeals = lives.lives.count { $0.state.status.outcome == nil }
    closedDeals = lives.lives.count - openDeals
    wonDeals = lives.lives.count { $0.state.status.outcome == .won }
    let instants = lives.lives.compactMap { $0.state.status.closedAt }
    if let first = instants.min(), let last = instants.max() { closes = first...last }
    for life in lives.lives { outcomes[life.id] = life.state.status.outcome }
  }
}

/// The ways in which a history is scored.
enum Side: CaseIterable {
  case inSample, pointInTime, published, leaveOneOut
}

/// What the scores of one side were worth.
struct Judgement: Sendable {
  var report: SkillReport
  var slices: [SliceTable]

  init(_ lives: DealLives, _ candidate: Backtest.Candidate, _ side: Side) {
    var scores: [JudgedScore] = []
    func judge(_ model: any RiskModel, _ knowledge: BaselineKnowledge) {
      HistoryScorer(model: model, knowledge: knowledge).forEachScore(lives) { _, deal in
        if let score = JudgedScore(deal) { scores.append(score) }
      }
    }
    switch side {
    case .inSample: judge(candidate.inSample, .final)
    case .pointInTime: judge(candidate.settings.model, .pointInTime)
    case .published: scores = lives.lives.compactMap(JudgedScore.init(published:))
    case .leaveOneOut:
      HistoryScorer(model: candidate.inSample, knowledge: .final).forEachScoreWithoutOwnOutcome(lives) { deal in
        if let score = JudgedScore(deal) { scores.append(score) }
      }
    }
    // In order once, for every part of them.
    let order = scores.indices.map { (chance: scores[$0].forecast.chance, index: $0) }
      .sorted { ($0.chance, $0.index) < ($1.chance, $1.index) }
    scores = order.map { scores[$0.index] }
    report = SkillReport(scores.map(\.tiered))
    slices = side == .leaveOneOut ? [] : Slicing.tables(scores)
  }
}

extension ModelBacktest {
  /// The name, with the model where that is another.
  var title: String { name == model.text ? name : "\(name) (\(model.text))" }

  fileprivate init(_ candidate: Backtest.Candidate, _ sides: [Judgement]) {
    let (inSample, then, published, leaveOneOut) = (sides[0], sides[1], sides[2], sides[3])
    self.init(
      model: candidate.settings.model.id, name: candidate.name, inSample: inSample.report,
      leaveOneOut: leaveOneOut.report, pointInTime: then.report, published: published.report,
      neverPublished: then.report.deals - published.report.deals, inSampleSlices: inSample.slices,
      slices: then.slices, publishedSlices: published.slices,
      verdict: Verdict(inSample: inSample.report, leaveOneOut: leaveOneOut.report, pointInTime: then.report))
  }
}
