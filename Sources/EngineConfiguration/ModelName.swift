import Configuration
import Scoring

/// The models, by the names that their events carry.
public enum ModelName: String, ConfigurationWord {
  /// The reference formula.
  case weighted = "weighted-v1"
  /// The rule points.
  case points = "points-v1"
}
