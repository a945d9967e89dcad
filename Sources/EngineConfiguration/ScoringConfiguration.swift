import Configuration
import Deals
import Scoring

/// All on which a score depends: a model with its weights, tiers and windows, ageing, currencies and the playbook.
public struct ScoringConfiguration: Sendable {
  /// The model.
  public var model = ModelName.weighted
  /// The weights of `weighted-v1`; they add up to 1.
  public var weights = WeightedModel.Weights()
  /// The tiers of `weighted-v1`.
  public var tiers = WeightedModel.Tiers()
  /// The tiers of `points-v1`.
  public var levels = PointsModel.Levels()
  /// How the model, the playbook and the flags read the baselines.
  public var baselines = BaselineSettings.streaming
  /// After how many days a deal counts half in decayed rates.
  public var halfLifeDays = 90.0
  /// Days in a stage after which a deal is scored again.
  public var ageingDays = EngineSettings().ageingDays
  /// Days for which the state of a closed deal is kept.
  public var closedRetentionDays = EngineSettings().closedRetentionDays
  /// How amounts become the base currency.
  public var currencies = CurrencyTable()
  /// What to recommend.
  public var playbook = Playbook.standard
  /// What it is called in reports: the model, or the file.
  public var name: String

  /// A model with everything at its default.
  public init(_ model: ModelName) {
    self.model = model
    name = model.rawValue
  }

  /// Reads a file: `scorer.yaml` whole, or only the keys on which a score depends, as `deal-replay tune` writes them.
  ///
  /// What says how a scorer runs is left alone. The environment is not asked: who judges several configurations beside each
  /// other means each as it stands.
  /// - Throws: `ConfigurationFaults` with every fault and its line.
  public init(file: String) throws(ConfigurationFaults) {
    try self.init(file: file, environment: [:], flags: [])
  }

  /// Reads a file, the environment and flags, in that order of precedence, as the scorer does. What says how a scorer runs is
  /// left alone.
  ///
  /// - Parameters:
  ///   - file: The file, nil for none.
  ///   - playbook: A file with a playbook of its own, nil for the one in `file` or the standard one.
  /// - Throws: `ConfigurationFaults` with everything that is wrong.
  public init(
    file: String?, playbook: String? = nil, environment: [String: String], flags: [(String, String)]
  ) throws(ConfigurationFaults) {
    var parts = EngineParts()
    let schema = ConfigurationSchema(keys: EngineKeys.all, parts: EngineKeys.parts.union(EngineKeys.runtimeParts))
    let values = try Configuration(schema, file: file, environment: environment, flags: flags) {
      part, node throws(ConfigurationFault) in
      try parts.read(part, node)
    }
    try parts.readPlaybook(file: playbook)
    try self.init(values, parts, name: file ?? values[EngineKeys.model].rawValue)
  }

  /// A model's name, or a file where the text names none.
  public init(nameOrFile text: String) throws(ConfigurationFaults) {
    if let model = ModelName(rawValue: text) {
      self.init(model)
    } else {
      try self.init(file: text)
    }
  }

  /// What a configuration that has been read says.
  ///
  /// - Throws: `ConfigurationFaults` where values do not fit each other.
  public init(_ values: Configuration, _ parts: EngineParts, name: String) throws(ConfigurationFaults) {
    self.name = name
    model = values[EngineKeys.model]
    weights.cycleBucket = values[EngineKeys.cycleBucket]
    weights.rep = values[EngineKeys.rep]
    weights.industry = values[EngineKeys.industry]
    weights.leadSource = values[EngineKeys.leadSource]
    weights.stage = values[EngineKeys.stage]
    tiers.low = values[EngineKeys.low]
    tiers.medium = values[EngineKeys.medium]
    tiers.high = values[EngineKeys.high]
    levels.medium = values[EngineKeys.pointsMedium]
    levels.high = values[EngineKeys.pointsHigh]
    levels.critical = values[EngineKeys.pointsCritical]
    baselines = BaselineSettings(
      repWindows: values[EngineKeys.repDays].compactMap { BaselineWindow(days: $0) },
      segmentWindow: BaselineWindow(days: values[EngineKeys.segmentDays]) ?? .days365,
      minimumDeals: values[EngineKeys.minimumDeals])
    halfLifeDays = values[EngineKeys.halfLife]
    ageingDays = values[EngineKeys.ageingDays].sorted()
    closedRetentionDays = values[EngineKeys.retention]
    currencies = CurrencyTable(base: Currency(values[EngineKeys.baseCurrency]) ?? .usd, rates: parts.rates)
    playbook = parts.playbook ?? .standard
    try check(values)
  }

  /// Each fault stands where the first key of those that don't fit was set.
  private func check(_ values: Configuration) throws(ConfigurationFaults) {
    var faults: [ConfigurationFault] = []
    func fault(_ part: String, _ keys: [String], _ text: String) {
      let first = keys.first { values.isSet($0) } ?? part
      var fault = values.fault(first, text)
      fault.key = part
      faults.append(fault)
    }
    let sum = weights.cycleBucket + weights.rep + weights.industry + weights.leadSource + weights.stage
    if abs(sum - 1) > 1e-6 {
      let keys = [EngineKeys.cycleBucket, EngineKeys.rep, EngineKeys.industry, EngineKeys.leadSource, EngineKeys.stage]
      fault(
        "scoring.weights", keys.map(\.name),
        "add up to \((sum * 10_000).rounded() / 10_000): make them add up to 1")
    }
    if !(tiers.low < tiers.medium && tiers.medium < tiers.high) {
      let keys = [EngineKeys.low, EngineKeys.medium, EngineKeys.high]
      fault("scoring.tiers", keys.map(\.name), "must ascend: low below medium below high")
    }
    if !(levels.medium < levels.high && levels.high < levels.critical) {
      let keys = [EngineKeys.pointsMedium, EngineKeys.pointsHigh, EngineKeys.pointsCritical]
      fault("scoring.levels", keys.map(\.name), "must ascend: medium below high below critical")
    }
    guard faults.isEmpty else { throw ConfigurationFaults(faults) }
  }

  /// The engine's settings.
  public var settings: EngineSettings {
    EngineSettings(
      model: riskModel(baselines), baselines: baselines, playbook: playbook, ageingDays: ageingDays,
      closedRetentionDays: closedRetentionDays, currencies: currencies, configurationHash: hash)
  }

  /// The model, reading the baselines in another way than is configured.
  public func riskModel(_ baselines: BaselineSettings) -> any RiskModel {
    switch model {
    case .weighted: WeightedModel(weights: weights, tiers: tiers, baselines: baselines)
    case .points: PointsModel(levels: levels, baselines: baselines)
    }
  }

  /// `default` where everything on which a score depends is as in the defaults, else a hash of what is not.
  private var hash: Symbol {
    let changed = entries.filter { $0.text != $0.defaultText && $0.name != EngineKeys.retention.name }
    guard !changed.isEmpty || playbook != .standard || !currencies.rates.isEmpty else { return "default" }
    var hash = IdentityHash()
    for entry in changed.sorted(by: { $0.name < $1.name }) {
      hash.combine(entry.name)
      hash.combine(entry.text)
    }
    var parts = playbook == .standard ? "" : "\(playbook)"
    for (currency, rate) in currencies.rates.sorted(by: { $0.key.code < $1.key.code }) {
      parts += "\(currency.code)=\(rate);"
    }
    hash.combine(parts)
    return Symbol(String("\(hash.finish())".filter { $0 != "-" }.prefix(16)))
  }

  private typealias Entry = (name: String, text: String, defaultText: String)

  /// Every key with its value, in the order of a file.
  private var entries: [Entry] {
    func entry<Value>(_ key: ConfigurationKey<Value>, _ value: Value) -> Entry {
      (key.name, value.configurationText, key.defaultValue.configurationText)
    }
    return [
      entry(EngineKeys.model, model), entry(EngineKeys.repDays, baselines.repWindows.compactMap(\.days)),
      entry(EngineKeys.segmentDays, baselines.segmentWindow.days ?? EngineKeys.segmentDays.defaultValue),
      entry(EngineKeys.minimumDeals, baselines.minimumDeals), entry(EngineKeys.halfLife, halfLifeDays),
      entry(EngineKeys.cycleBucket, weights.cycleBucket), entry(EngineKeys.rep, weights.rep),
      entry(EngineKeys.industry, weights.industry), entry(EngineKeys.leadSource, weights.leadSource),
      entry(EngineKeys.stage, weights.stage), entry(EngineKeys.low, tiers.low), entry(EngineKeys.medium, tiers.medium),
      entry(EngineKeys.high, tiers.high), entry(EngineKeys.pointsMedium, levels.medium),
      entry(EngineKeys.pointsHigh, levels.high), entry(EngineKeys.pointsCritical, levels.critical),
      entry(EngineKeys.ageingDays, ageingDays), entry(EngineKeys.retention, closedRetentionDays),
      entry(EngineKeys.baseCurrency, currencies.base.code),
    ]
  }

  /// As a part of `scorer.yaml`: what the scorer, a verification and a replay read alike. A playbook is left to its file.
  public var yaml: String {
    var lines: [String] = []
    var open: [Substring] = []
    for entry in entries {
      let path = entry.name.split(separator: ".")
      let parents = Array(path.dropLast())
      let shared = zip(open, parents).prefix { $0 == $1 }.count
      for depth in shared..<parents.count { lines.append(Self.indent(depth) + "\(parents[depth]):") }
      open = parents
      // Only lists hold commas.
      let isList = [EngineKeys.repDays.name, EngineKeys.ageingDays.name].contains(entry.name)
      lines.append(Self.indent(parents.count) + "\(path[parents.count]): " + (isList ? "[\(entry.text)]" : entry.text))
    }
    if !currencies.rates.isEmpty {
      lines.append("currency_rates:")
      for (currency, rate) in currencies.rates.sorted(by: { $0.key.code < $1.key.code }) {
        lines.append("  \(currency.code): \(rate)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}
