import EngineConfiguration
import Scoring

extension ScoringConfiguration {
  /// The engine's settings, the model reading the baselines for that knowledge: every outcome in `final`, as the reference
  /// did; the windows that are configured in `pointInTime`.
  public func settings(for knowledge: BaselineKnowledge) -> EngineSettings {
    var settings = settings
    guard knowledge == .final else { return settings }
    settings.baselines = .everything
    settings.model = riskModel(.everything)
    return settings
  }

  /// As a candidate of a backtest.
  public var candidate: Backtest.Candidate {
    Backtest.Candidate(settings: settings, inSample: riskModel(.everything), name: name)
  }
}
