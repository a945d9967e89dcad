import Deals
import EngineConfiguration
import Dispatch
import Scoring
import Synchronization

/// What a model's scores of a history were worth, test-then-train: each score was made before its outcome was known.
public struct ModelBacktest: Sendable {
  /// The model.
  public var model: Symbol
  /// Every deal scored at its close with all outcomes, its own included. The leak check's other side, no measure of skill.
  public var inSample: SkillReport
  /// Every deal scored at its close with what was known before.
  public var pointInTime: SkillReport
  /// The score that the live engine would have published last before the close: it does not know how long the deal will
  /// take either.
  public var published: SkillReport
  /// Closed deals for which nothing would have been published: they were first seen when they closed.
  public var neverPublished: Int
  /// `pointInTime` by quarter, age and segment.
  public var slices: [SliceTable]
  /// `published` by quarter, age at the score and segment.
  public var publishedSlices: [SliceTable]
  /// In one sentence, what the scores are worth.
  public var verdict: Verdict
}

/// A backtest of one or more models over a history.
public struct Backtest: Sendable {
  /// A model under test, as the live scorer would run it and as the reference would judge it.
  public struct Candidate: Sendable {
    /// The settings of the engine, its model reading the baselines as in the live scorer.
    public var settings: EngineSettings
    /// The same model with every outcome of the history.
    public var inSample: any RiskModel

    /// A candidate.
    public init(settings: EngineSettings, inSample: any RiskModel) {
      self.settings = settings
      self.inSample = inSample
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
  /// Each model's results, in the order in which they were given.
  public private(set) var models: [ModelBacktest] = []

  /// The true chances of a simulated history, where they are known.
  public var truth: TrueChances?

  /// Scores a history with every candidate, the candidates at the same time.
  public init(_ history: DealHistory, _ candidates: [Candidate]) {
    let results = Mutex<[Int: (model: ModelBacktest, facts: Facts?)]>([:])
    DispatchQueue.concurrentPerform(iterations: candidates.count) { index in
      let lives = DealLives(history, settings: candidates[index].settings)
      let model = Self.judge(lives, candidates[index])
      let facts = index == 0 ? Facts(lives) : nil
      results.withLock { $0[index] = (model, facts) }
    }
    let judged = results.withLock { $0 }
    models = candidates.indices.compactMap { judged[$0]?.model }
    guard let facts = judged[0]?.facts else { return }
    openDeals = facts.openDeals
    closedDeals = facts.closedDeals
    wonDeals = facts.wonDeals
    closes = facts.closes
  }

  /// What the deals of a history are like, whatever the model.
  private struct Facts: Sendable {
    var openDeals: Int
    var closedDeals: Int
    var wonDeals: Int
    var closes: ClosedRange<Timestamp>?

    init(_ lives: DealLives) {
      openDeals = lives.lives.count { $0.state.status.outcome == nil }
      closedDeals = lives.lives.count - openDeals
      wonDeals = lives.lives.count { $0.state.status.outcome == .won }
      let instants = lives.lives.compactMap { $0.state.status.closedAt }
      if let first = instants.min(), let last = instants.max() { closes = first...last }
    }
  }

  private static func judge(_ lives: DealLives, _ candidate: Candidate) -> ModelBacktest {
    let model = candidate.settings.model
    let final = HistoryScorer(model: candidate.inSample, knowledge: .final).score(lives).compactMap(JudgedScore.init)
    let then = HistoryScorer(model: model, knowledge: .pointInTime).score(lives).compactMap(JudgedScore.init)
    let published = lives.lives.compactMap(JudgedScore.init(published:))
    let pointInTime = SkillReport(then)
    let inSample = SkillReport(final)
    return ModelBacktest(
      model: model.id, inSample: inSample, pointInTime: pointInTime, published: SkillReport(published),
      neverPublished: then.count - published.count, slices: Slicing.tables(then),
      publishedSlices: Slicing.tables(published), verdict: Verdict(inSample: inSample, pointInTime: pointInTime))
  }
}
