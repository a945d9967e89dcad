import Configuration
import Deals
import Scoring

/// The keys on which a score depends, each declared once: they mean the same to the scorer, to a verification and to a
/// replay.
public enum EngineKeys {
  static let model = ConfigurationKey("scoring.model", default: ModelName.weighted, "The model that is published.")
  static let repDays = ConfigurationKey(
    "scoring.rep_windows", default: [90, 365], "Days over which a rep is judged, tried until one holds enough deals."
  ) { $0.allSatisfy { [28, 90, 365].contains($0) } && !$0.isEmpty ? nil : "must be of 28, 90 and 365" }
  static let segmentDays = ConfigurationKey(
    "scoring.segment_window", default: 365, "Days over which every other segment is judged."
  ) { [28, 90, 365].contains($0) ? nil : "must be 28, 90 or 365" }
  static let minimumDeals = ConfigurationKey(
    "scoring.minimum_deals", default: BaselineSettings.streaming.minimumDeals, in: 1...100_000,
    "Deals that a segment needs for its own rate to count.")
  static let halfLife = ConfigurationKey(
    "scoring.half_life_days", default: 90.0, in: 1...10_000, "After how many days a deal counts half in decayed rates.")
  static let ageingDays = ConfigurationKey(
    "ageing.days", default: [45, 60, 90], "Days in a stage after which a deal is scored again."
  ) { $0.allSatisfy { (1...3_650).contains($0) } && $0.count <= 20 ? nil : "must be at most 20 numbers of 1 to 3650" }
  static let retention = ConfigurationKey(
    "state.closed_retention_days", default: 180, in: 1...3_650, "How long the state of a closed deal is kept.")
  static let baseCurrency = ConfigurationKey(
    "currency.base", default: "USD", "The currency of every amount after conversion."
  ) { Currency($0) == nil ? "must be three capital letters" : nil }

  static let cycleBucket = share("cycle_bucket", WeightedModel.Weights().cycleBucket, "the cycle bucket's")
  static let rep = share("rep", WeightedModel.Weights().rep, "the rep's")
  static let industry = share("industry", WeightedModel.Weights().industry, "the industry's")
  static let leadSource = share("lead_source", WeightedModel.Weights().leadSource, "the lead source's")
  static let stage = share("stage", WeightedModel.Weights().stage, "the stage's")
  static let low = points("tiers.low", WeightedModel.Tiers().low, "The highest score that is Low in weighted-v1.")
  static let medium = points("tiers.medium", WeightedModel.Tiers().medium, "The highest score that is Medium there.")
  static let high = points("tiers.high", WeightedModel.Tiers().high, "The highest score that is High there.")
  static let pointsMedium = points(
    "levels.medium", PointsModel.Levels().medium, "The lowest score that is Medium in points-v1.")
  static let pointsHigh = points("levels.high", PointsModel.Levels().high, "The lowest score that is High there.")
  static let pointsCritical = points(
    "levels.critical", PointsModel.Levels().critical, "The lowest score that is Critical there.")

  private static func share(_ name: String, _ value: Double, _ whose: String) -> ConfigurationKey<Double> {
    ConfigurationKey(
      "scoring.weights.\(name)", default: value, in: 0...1, "The weight of \(whose) win rate in weighted-v1.")
  }

  private static func points(_ name: String, _ value: Double, _ meaning: String) -> ConfigurationKey<Double> {
    ConfigurationKey("scoring.\(name)", default: value, in: 0...100, meaning)
  }

  /// All of them.
  public static let all: [KeyDeclaration] = [
    model.declaration, repDays.declaration, segmentDays.declaration, minimumDeals.declaration, halfLife.declaration,
    cycleBucket.declaration, rep.declaration, industry.declaration, leadSource.declaration, stage.declaration,
    low.declaration, medium.declaration, high.declaration, pointsMedium.declaration, pointsHigh.declaration,
    pointsCritical.declaration, ageingDays.declaration, retention.declaration, baseCurrency.declaration,
  ]

  /// The parts of a file on which a score depends and that have a structure of their own.
  public static let parts: Set<String> = ["currency_rates", "playbook"]

  /// The parts of `scorer.yaml` that say how a scorer runs: a replay leaves them alone, secrets and all.
  public static let runtimeParts: Set<String> = [
    "backfill", "kafka", "live", "logging", "metrics", "processing", "reports", "scorer", "topics", "trends",
  ]
}

/// What stands in the parts of a file that have a structure of their own.
public struct EngineParts: Sendable {
  /// The playbook; nil where the file has none.
  public var playbook: Playbook?
  /// Units of the base currency for one unit of another.
  public private(set) var rates: [Currency: Double] = [:]

  /// Nothing read yet.
  public init() {}

  /// Reads a part.
  ///
  /// - Throws: `ConfigurationFault` with the line.
  public mutating func read(_ part: String, _ node: ConfigurationNode) throws(ConfigurationFault) {
    switch part {
    case "playbook": playbook = try Playbook(node)
    case "currency_rates": rates = try Self.rates(node)
    default: return
    }
  }

  /// Reads a playbook from a file of its own, which wins over that of the configuration; nothing where there is none.
  ///
  /// - Throws: `ConfigurationFaults` with the line.
  public mutating func readPlaybook(file: String?) throws(ConfigurationFaults) {
    guard let file else { return }
    do throws(ConfigurationFault) {
      playbook = try Playbook(file: file)
    } catch {
      throw ConfigurationFaults([error])
    }
  }

  private static func rates(_ node: ConfigurationNode) throws(ConfigurationFault) -> [Currency: Double] {
    var rates: [Currency: Double] = [:]
    for (code, value) in node.members ?? [] {
      guard let currency = Currency(code) else { throw value.fault("must be named by three capital letters") }
      let rate: Double = try value.value()
      guard rate > 0 else { throw value.fault("must be above 0") }
      rates[currency] = rate
    }
    return rates
  }
}
