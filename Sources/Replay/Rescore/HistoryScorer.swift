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
    switch knowledge {
    case .final: scoreWithEverything(lives)
    case .pointInTime: scoreAsOfThen(lives)
    }
  }

  private func scoreWithEverything(_ lives: DealLives) -> [ScoredDeal] {
    var baselines = Baselines(model: model.id)
    for (offset, entry) in lives.ledger.enumerated() { baselines.apply(entry, at: Int64(offset)) }
    return lives.lives.map { scored($0, &baselines) }
  }

  /// Walks the ledger and the deals' last moments together: before a deal is scored, exactly the entries that are older
  /// than its moment have been applied. An open deal is scored last, with all that is known at the end.
  private func scoreAsOfThen(_ lives: DealLives) -> [ScoredDeal] {
    var baselines = Baselines(model: model.id)
    var next = 0
    var scores = [ScoredDeal?](repeating: nil, count: lives.lives.count)
    let order = lives.lives.indices.sorted {
      (Self.cutoff(lives.lives[$0]), $0) < (Self.cutoff(lives.lives[$1]), $1)
    }
    for index in order {
      let life = lives.lives[index]
      let cutoff = Self.cutoff(life)
      while next < lives.ledger.count, lives.ledger[next].occurredAt < cutoff {
        baselines.apply(lives.ledger[next], at: Int64(next))
        next += 1
      }
      scores[index] = scored(life, &baselines)
    }
    return scores.compactMap(\.self)
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
