import Deals
import Scoring

/// Scores every deal of a history at its last moment, with the engine's own baselines and models.
public struct HistoryScorer: Sendable {
  /// The model.
  public var model: any RiskModel
  /// Which outcomes a score may know.
  public var knowledge: BaselineKnowledge

  /// A scorer.
  public init(model: any RiskModel, knowledge: BaselineKnowledge) {
    self.model = model
    self.knowledge = knowledge
  }

  /// One score for each deal, in the order of the input.
  public func score(_ lives: DealLives) -> [ScoredDeal] {
    var scores = [ScoredDeal?](repeating: nil, count: lives.lives.count)
    forEachScore(lives) { index, score in scores[index] = score }
    return scores.compactMap(\.self)
  }

  /// Hands out the score of each deal with its place in the input, in the order in which they are made.
  func forEachScore(_ lives: DealLives, _ body: (Int, ScoredDeal) -> Void) {
    switch knowledge {
    case .final: scoreWithEverything(lives, body)
    case .pointInTime: scoreAsOfThen(lives, body)
    }
  }

  private func scoreWithEverything(_ lives: DealLives, _ body: (Int, ScoredDeal) -> Void) {
    var baselines = lives.finalBaselines
    for (index, life) in lives.lives.enumerated() { body(index, scored(life, &baselines)) }
  }

  /// Walks the ledger and the deals' last moments together: before a deal is scored, exactly the entries that are older
  /// than its moment have been applied. An open deal is scored last, with all that is known at the end.
  private func scoreAsOfThen(_ lives: DealLives, _ body: (Int, ScoredDeal) -> Void) {
    var baselines = Baselines(model: model.id)
    var next = 0
    let order = lives.lives.indices.map { (cutoff: Self.cutoff(lives.lives[$0]), index: $0) }
      .sorted { ($0.cutoff, $0.index) < ($1.cutoff, $1.index) }
    for (cutoff, index) in order {
      while next < lives.ledger.count, lives.ledger[next].occurredAt < cutoff {
        baselines.apply(lives.ledger[next], at: Int64(next))
        next += 1
      }
      body(index, scored(lives.lives[index], &baselines))
    }
  }

  /// Hands out the score of each closed deal, made with every outcome of the history but the deal's own. Skill in such
  /// scores comes from other deals, those that closed later among them.
  func forEachScoreWithoutOwnOutcome(_ lives: DealLives, _ body: (ScoredDeal) -> Void) {
    guard let first = lives.ledger.first else { return }
    var baselines = lives.finalBaselines
    // The ledger has no such partition, so each of these counts as new.
    var source = SourcePosition(partition: -1, offset: 0)
    func count(_ content: LedgerEntry.Content, _ id: DealID) {
      source.offset += 1
      // No later than what was counted: what counts as today stays.
      let entry = LedgerEntry(source: source, dealID: id, occurredAt: first.occurredAt, content: content)
      baselines.apply(entry, at: baselines.offset)
    }
    for life in lives.lives {
      guard let own = life.state.closedDeal else { continue }
      count(.retracts(own), life.id)
      body(scored(life, &baselines))
      count(.adds(own), life.id)
    }
  }

  /// Entries before this instant may be known.
  private static func cutoff(_ life: DealLives.Life) -> Timestamp {
    life.state.status.outcome == nil ? Timestamp(milliseconds: .max) : life.lastMoment
  }

  private func scored(_ life: DealLives.Life, _ baselines: inout Baselines) -> ScoredDeal {
    let features = life.features
    return ScoredDeal(
      id: life.id, amount: life.state.amount, outcome: life.state.status.outcome, createdAt: life.state.createdAt,
      closedAt: life.state.status.closedAt, features: features, assessment: model.assess(features, &baselines),
      model: model.id, scoredAt: life.lastMoment)
  }
}
