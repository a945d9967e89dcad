import Deals

/// The fields by which rules tell alerts apart.
public enum AlertField {
  /// Fields that are numbers.
  public static let numbers = [
    "score", "previous_score", "score_rise", "amount", "points", "win_probability", "age_days", "days_in_stage",
  ]
  /// Fields that are texts.
  public static let texts = [
    "kind", "subject", "tier", "signal", "deal_id", "rep_id", "manager", "industry", "region", "product_type",
    "lead_source", "stage", "trigger", "model", "flags", "segment", "report", "trend",
  ]
  /// All of them.
  public static let all = texts + numbers

  /// The names of tiers, the least urgent first.
  static let tiers = RiskTier.allCases.map(\.name)
  /// The fields that have one of a few values, with these.
  static let values: [String: [String]] = [
    "kind": AlertKind.allCases.map(\.rawValue), "tier": tiers,
    "signal": [AlertSignal.firing, .ended].map(\.rawValue), "stage": Stage.allCases.map(\.name),
    "trigger": RiskTrigger.allCases.map(\.name), "trend": TrendShift.Kind.allCases.map(\.rawValue),
  ]
  /// Those of them that no alert lacks.
  static let always: Set = ["kind", "tier", "signal"]
}

extension AlertSource {
  /// The text of a field; empty where there is none, as a missing label is to Alertmanager.
  public func text(of field: String) -> String {
    switch field {
    case "kind": kind.rawValue
    case "subject": subject
    case "tier": tier.name
    case "signal": signal.rawValue
    default: number(of: field).map(Self.text) ?? labels[field] ?? ""
    }
  }

  /// A whole number without a point where it is one. A record may hold any number, so one that is too large for `Int` or no
  /// number at all has a text too.
  private static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }

  /// The number of a field, nil where there is none. Tiers count 0 to 3.
  public func number(of field: String) -> Double? {
    switch field {
    case "score": score?.points
    case "previous_score": previousScore?.points
    case "score_rise": scoreRise
    case "amount": amount?.units
    case "points": points
    case "win_probability": winProbability
    case "age_days": ageDays.map(Double.init)
    case "days_in_stage": daysInStage.map(Double.init)
    case "tier": Double(tier.rawValue)
    default: nil
    }
  }
}
