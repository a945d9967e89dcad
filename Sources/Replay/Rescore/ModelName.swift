import Deals
import Scoring

/// The models that a replay can score with, by the names that their events carry.
public enum ModelName: String, CaseIterable, Sendable {
  /// The reference formula.
  case weighted = "weighted-v1"
  /// The rule points.
  case points = "points-v1"

  /// The model, reading the baselines in that way.
  public func model(_ baselines: BaselineSettings) -> any RiskModel {
    switch self {
    case .weighted: WeightedModel(baselines: baselines)
    case .points: PointsModel(baselines: baselines)
    }
  }

  /// The model as it reads the baselines for that knowledge: every outcome in `final`, as the reference did; the windows
  /// of the live scorer in `pointInTime`.
  public func model(for knowledge: BaselineKnowledge) -> any RiskModel {
    model(knowledge == .final ? .everything : .streaming)
  }
}
