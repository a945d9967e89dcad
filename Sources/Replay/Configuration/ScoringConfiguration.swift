import Configuration
import Deals
import Scoring

/// A model with its weights, tiers and windows, as a configuration file names them.
public struct ScoringConfiguration: Sendable {
  /// The model.
  public var model = ModelName.weighted
  /// The weights of `weighted-v1`.
  public var weights = WeightedModel.Weights()
  /// The tiers of `weighted-v1`.
  public var tiers = WeightedModel.Tiers()
  /// The tiers of `points-v1`.
  public var levels = PointsModel.Levels()
  /// Deals that a segment needs for its own rate to count.
  public var minimumDeals = BaselineSettings.streaming.minimumDeals
  /// Days in a stage after which a deal is scored again.
  public var ageingDays = EngineSettings().ageingDays
  /// What the file calls itself in reports.
  public var name: String

  /// A model with everything at its default.
  public init(_ model: ModelName) {
    self.model = model
    name = model.rawValue
  }

  /// Reads a file.
  ///
  /// - Throws: `ConfigurationFaults` with every fault and its line.
  public init(file: String) throws(ConfigurationFaults) {
    let values = try Configuration(Self.schema, file: file, environment: [:], flags: [])
    self.init(values[Keys.model])
    name = file
    weights.cycleBucket = values[Keys.cycleBucket]
    weights.rep = values[Keys.rep]
    weights.industry = values[Keys.industry]
    weights.leadSource = values[Keys.leadSource]
    weights.stage = values[Keys.stage]
    tiers.low = values[Keys.low]
    tiers.medium = values[Keys.medium]
    tiers.high = values[Keys.high]
    levels.medium = values[Keys.pointsMedium]
    levels.high = values[Keys.pointsHigh]
    levels.critical = values[Keys.pointsCritical]
    minimumDeals = values[Keys.minimumDeals]
    ageingDays = values[Keys.ageingDays]
    try check(file)
  }

  /// A model's name, or a file where the text names one.
  public init(nameOrFile text: String) throws(ConfigurationFaults) {
    if let model = ModelName(rawValue: text) {
      self.init(model)
    } else {
      try self.init(file: text)
    }
  }

  private func check(_ file: String) throws(ConfigurationFaults) {
    var faults: [ConfigurationFault] = []
    let sum = weights.cycleBucket + weights.rep + weights.industry + weights.leadSource + weights.stage
    if abs(sum - 1) > 1e-6 {
      faults.append(
        ConfigurationFault(
          source: file, key: "weights", "add up to \(Figures.share(sum, 4)): make them add up to 1"))
    }
    if !(tiers.low < tiers.medium && tiers.medium < tiers.high) {
      faults.append(ConfigurationFault(source: file, key: "tiers", "must ascend: low below medium below high"))
    }
    if !(levels.medium < levels.high && levels.high < levels.critical) {
      faults.append(
        ConfigurationFault(source: file, key: "levels", "must ascend: medium below high below critical"))
    }
    guard faults.isEmpty else { throw ConfigurationFaults(faults) }
  }

  /// The engine's settings, the model reading the baselines in the given way.
  public func settings(for knowledge: BaselineKnowledge = .pointInTime) -> EngineSettings {
    var baselines = knowledge == .final ? BaselineSettings.everything : .streaming
    if knowledge == .pointInTime { baselines.minimumDeals = minimumDeals }
    return EngineSettings(
      model: riskModel(baselines), baselines: baselines, ageingDays: ageingDays, configurationHash: hash)
  }

  /// As a candidate of a backtest.
  public var candidate: Backtest.Candidate {
    Backtest.Candidate(settings: settings(), inSample: riskModel(.everything))
  }

  func riskModel(_ baselines: BaselineSettings) -> any RiskModel {
    switch model {
    case .weighted: WeightedModel(weights: weights, tiers: tiers, baselines: baselines)
    case .points: PointsModel(levels: levels, baselines: baselines)
    }
  }

  /// `default` where nothing differs from the defaults, else a hash of everything.
  private var hash: Symbol {
    let text = yaml
    if text == ScoringConfiguration(model).yaml { return "default" }
    var hash = IdentityHash()
    hash.combine(text)
    return Symbol(String(hash.finish().description.prefix(8)))
  }

  /// As a file.
  public var yaml: String {
    """
    model: \(model.rawValue)
    weights:
      cycle_bucket: \(weights.cycleBucket)
      rep: \(weights.rep)
      industry: \(weights.industry)
      lead_source: \(weights.leadSource)
      stage: \(weights.stage)
    tiers:
      low: \(tiers.low)
      medium: \(tiers.medium)
      high: \(tiers.high)
    levels:
      medium: \(levels.medium)
      high: \(levels.high)
      critical: \(levels.critical)
    baselines:
      minimum_deals: \(minimumDeals)
    ageing_days: [\(ageingDays.configurationText)]

    """
  }
}

extension ModelName: ConfigurationWord {}

extension ScoringConfiguration {
  private enum Keys {
    static let model = ConfigurationKey("model", default: ModelName.weighted, "The model.")
    static let cycleBucket = share("weights.cycle_bucket", WeightedModel.Weights().cycleBucket, "the cycle bucket's")
    static let rep = share("weights.rep", WeightedModel.Weights().rep, "the rep's")
    static let industry = share("weights.industry", WeightedModel.Weights().industry, "the industry's")
    static let leadSource = share("weights.lead_source", WeightedModel.Weights().leadSource, "the lead source's")
    static let stage = share("weights.stage", WeightedModel.Weights().stage, "the stage's")
    static let low = points("tiers.low", WeightedModel.Tiers().low, "The highest score that is Low in weighted-v1.")
    static let medium = points("tiers.medium", WeightedModel.Tiers().medium, "The highest score that is Medium there.")
    static let high = points("tiers.high", WeightedModel.Tiers().high, "The highest score that is High there.")
    static let pointsMedium = points(
      "levels.medium", PointsModel.Levels().medium, "The lowest score that is Medium in points-v1.")
    static let pointsHigh = points("levels.high", PointsModel.Levels().high, "The lowest score that is High there.")
    static let pointsCritical = points(
      "levels.critical", PointsModel.Levels().critical, "The lowest score that is Critical there.")
    static let minimumDeals = ConfigurationKey(
      "baselines.minimum_deals", default: BaselineSettings.streaming.minimumDeals, in: 1...100_000,
      "Deals that a segment needs for its own win rate to count.")
    static let ageingDays = ConfigurationKey(
      "ageing_days", default: EngineSettings().ageingDays, "Days in a stage after which a deal is scored again."
    ) { days in days.allSatisfy { (1...3_650).contains($0) } ? nil : "must be days from 1 to 3650" }

    private static func share(_ name: String, _ value: Double, _ whose: String) -> ConfigurationKey<Double> {
      ConfigurationKey(name, default: value, in: 0...1, "The weight of \(whose) win rate in weighted-v1.")
    }

    private static func points(_ name: String, _ value: Double, _ meaning: String) -> ConfigurationKey<Double> {
      ConfigurationKey(name, default: value, in: 0...100, meaning)
    }
  }

  /// The keys that a file may have.
  public static var schema: ConfigurationSchema {
    ConfigurationSchema(keys: [
      Keys.model.declaration, Keys.cycleBucket.declaration, Keys.rep.declaration, Keys.industry.declaration,
      Keys.leadSource.declaration, Keys.stage.declaration, Keys.low.declaration, Keys.medium.declaration,
      Keys.high.declaration, Keys.pointsMedium.declaration, Keys.pointsHigh.declaration,
      Keys.pointsCritical.declaration, Keys.minimumDeals.declaration, Keys.ageingDays.declaration,
    ])
  }
}
