import Configuration
import Connection
import Deals
import struct Foundation.TimeZone
import Kafka
import Observability
import Scoring
import Trends
import Topics

/// A scorer's configuration as it was loaded.
public struct LoadedScorer: Sendable {
  /// What it says.
  public var settings: ScorerSettings
  /// How it logs and where it can be asked how it is.
  public var observability: ObservabilitySettings
  /// Every key with its value and source, secrets hidden.
  public var effective: [(key: String, value: String, source: String)]
}

extension ScorerSettings {
  /// Loads `scorer.yaml`, the environment and flags.
  ///
  /// - Parameters:
  ///   - file: The file, nil for none.
  ///   - playbook: A file with a playbook of its own, nil for the one in `file` or the standard one.
  /// - Throws: `ConfigurationFaults` with everything that is wrong.
  public static func load(
    file: String?, playbook playbookFile: String? = nil, environment: [String: String], flags: [(String, String)]
  ) throws(ConfigurationFaults) -> LoadedScorer {
    var rates: [Currency: Double] = [:]
    var playbook = Playbook.standard
    var parts = ""
    let configuration = try Configuration(
      ScorerKeys.schema, file: file, environment: environment, flags: flags
    ) { part, node throws(ConfigurationFault) in
      if part == "playbook" {
        playbook = try Playbook(node)
      } else {
        rates = try CurrencyTable.rates(node)
      }
    }
    if let playbookFile {
      do throws(ConfigurationFault) {
        playbook = try Playbook(file: playbookFile)
      } catch {
        throw ConfigurationFaults([error])
      }
    }
    let connection = try ConnectionSettings(configuration, clientID: configuration[ScorerKeys.instanceID])
    var settings = ScorerSettings(client: connection.client)
    settings.topics = connection.topics
    settings.take(configuration)
    settings.engine.playbook = playbook
    settings.engine.currencies = CurrencyTable(
      base: Currency(configuration[ScorerKeys.baseCurrency]) ?? .usd, rates: rates)
    if playbook != .standard { parts += "\(playbook)" }
    for (currency, rate) in rates.sorted(by: { $0.key.code < $1.key.code }) { parts += "\(currency.code)=\(rate);" }
    settings.engine.configurationHash = hash(configuration, parts)
    return LoadedScorer(
      settings: settings, observability: connection.observability, effective: configuration.effective)
  }

  private mutating func take(_ configuration: Configuration) {
    groupID = configuration[ScorerKeys.groupID]
    instanceID = configuration[ScorerKeys.instanceID]
    threads = configuration[ScorerKeys.threads]
    guarantee = configuration[ScorerKeys.guarantee]
    commitInterval = Int(configuration[ScorerKeys.commitInterval].value)
    liveWithin = configuration[ScorerKeys.liveWithin].value
    backfillLedgerWait = configuration[ScorerKeys.backfillLedgerWait].value
    sessionTimeout = Int(configuration[ScorerKeys.sessionTimeout].value)
    fetchWaitMax = Int(configuration[ScorerKeys.fetchWait].value)
    linger = Double(configuration[ScorerKeys.linger].value)
    maximumRecordBytes = configuration[ScorerKeys.maximumRecord]
    halfLifeDays = configuration[ScorerKeys.halfLife]
    let baselines = BaselineSettings(
      repWindows: configuration[ScorerKeys.repDays].compactMap { BaselineWindow(days: $0) },
      segmentWindow: BaselineWindow(days: configuration[ScorerKeys.segmentDays]) ?? .days365,
      minimumDeals: configuration[ScorerKeys.minimumDeals])
    engine.baselines = baselines
    engine.model =
      configuration[ScorerKeys.model] == .points
      ? PointsModel(baselines: baselines) : WeightedModel(baselines: baselines)
    engine.ageingDays = configuration[ScorerKeys.ageingDays].sorted()
    engine.closedRetentionDays = configuration[ScorerKeys.retention]
    trends = configuration[ScorerKeys.trendsEnabled] ? Self.trends(configuration, topics) : nil
  }

  private static func trends(_ configuration: Configuration, _ topics: TopicNames) -> TrendProcessorSettings {
    var trends = TrendProcessorSettings()
    trends.groupID = topics.prefix + configuration[ScorerKeys.trendsGroup]
    trends.timeZone = TimeZone(identifier: configuration[ScorerKeys.timeZone]) ?? .gmt
    trends.silenceHours = configuration[ScorerKeys.silenceHours]
    trends.engine.segments = configuration[ScorerKeys.trendSegments].compactMap { SegmentDimensions(name: $0) }
    trends.engine.detector = configuration[ScorerKeys.trendDetector]
    trends.engine.minimumPoints = configuration[ScorerKeys.trendPoints]
    trends.engine.minimumDeals = configuration[ScorerKeys.trendDeals]
    trends.engine.falseAlarmsPerYear = configuration[ScorerKeys.falseAlarms]
    trends.engine.velocityFloor = configuration[ScorerKeys.velocityFloor]
    return trends
  }

  /// `default` where everything on which a score depends is as in the defaults, else a hash of what is not.
  private static func hash(_ configuration: Configuration, _ parts: String) -> Symbol {
    let set = ScorerKeys.scoring.filter { configuration.isChanged($0) }
    guard !set.isEmpty || !parts.isEmpty else { return "default" }
    var hash = IdentityHash()
    for (key, value, _) in configuration.effective where set.contains(key) {
      hash.combine(key)
      hash.combine(value)
    }
    hash.combine(parts)
    return Symbol(String("\(hash.finish())".filter { $0 != "-" }.prefix(16)))
  }
}

extension CurrencyTable {
  /// Reads `currency_rates`: a currency and what one unit of it is worth in the base currency.
  static func rates(_ node: ConfigurationNode) throws(ConfigurationFault) -> [Currency: Double] {
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
