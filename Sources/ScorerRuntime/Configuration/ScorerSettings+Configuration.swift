import Configuration
import Connection
import EngineConfiguration
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
  ///   - library: The librdkafka that is to do what is asked for.
  /// - Throws: `ConfigurationFaults` with everything that is wrong.
  public static func load(
    file: String?, playbook playbookFile: String? = nil, environment: [String: String], flags: [(String, String)],
    library: LibraryVersion = .running
  ) throws(ConfigurationFaults) -> LoadedScorer {
    var parts = EngineParts()
    let configuration = try Configuration(
      ScorerKeys.schema, file: file, environment: environment, flags: flags
    ) { part, node throws(ConfigurationFault) in
      try parts.read(part, node)
    }
    try parts.readPlaybook(file: playbookFile)
    let scoring = try ScoringConfiguration(configuration, parts, name: file ?? "configuration")
    let connection = try ConnectionSettings(configuration, clientID: configuration[ScorerKeys.instanceID])
    if let fault = fault(ofAssignorIn: configuration, library) { throw ConfigurationFaults([fault]) }
    var settings = ScorerSettings(client: connection.client)
    settings.topics = connection.topics
    settings.engine = scoring.settings
    settings.halfLifeDays = scoring.halfLifeDays
    settings.take(configuration)
    return LoadedScorer(
      settings: settings, observability: connection.observability, effective: configuration.effective)
  }

  private static func fault(
    ofAssignorIn configuration: Configuration, _ library: LibraryVersion
  ) -> ConfigurationFault? {
    let assignor = configuration[ScorerKeys.assignor]
    guard let oldest = assignor.oldestLibrary, library < oldest else { return nil }
    return configuration.fault(
      ScorerKeys.assignor.name,
      "\(assignor.rawValue) needs librdkafka \(oldest) or later, and this is \(library), which can lose partitions under it: "
        + "install a newer librdkafka (dealpulse doctor names the one that runs), or set range in every instance")
  }

  private mutating func take(_ configuration: Configuration) {
    groupID = topics.prefix + configuration[ScorerKeys.groupID]
    instanceID = configuration[ScorerKeys.instanceID]
    assignor = configuration[ScorerKeys.assignor]
    threads = configuration[ScorerKeys.threads]
    guarantee = configuration[ScorerKeys.guarantee]
    commitInterval = Int(configuration[ScorerKeys.commitInterval].value)
    liveWithin = configuration[ScorerKeys.liveWithin].value
    backfillLedgerWait = configuration[ScorerKeys.backfillLedgerWait].value
    backfillStep = configuration[ScorerKeys.backfillStep].value
    sessionTimeout = Int(configuration[ScorerKeys.sessionTimeout].value)
    fetchWaitMax = Int(configuration[ScorerKeys.fetchWait].value)
    linger = Double(configuration[ScorerKeys.linger].value)
    maximumRecordBytes = configuration[ScorerKeys.maximumRecord]
    trends = configuration[ScorerKeys.trendsEnabled] ? Self.trends(configuration, topics) : nil
  }

  private static func trends(_ configuration: Configuration, _ topics: TopicNames) -> TrendProcessorSettings {
    var trends = TrendProcessorSettings()
    trends.groupID = topics.prefix + configuration[ScorerKeys.trendsGroup]
    trends.timeZone = TimeZone(identifier: configuration[ScorerKeys.timeZone]) ?? .gmt
    trends.silenceHours = configuration[ScorerKeys.silenceHours]
    trends.engine = TrendSettings(configuration)
    return trends
  }
}

extension TrendSettings {
  /// What a configuration says of the trend engine.
  init(_ configuration: Configuration) {
    self.init()
    segments = configuration[ScorerKeys.trendSegments].compactMap { SegmentDimensions(name: $0) }
    detector = configuration[ScorerKeys.trendDetector]
    minimumPoints = configuration[ScorerKeys.trendPoints]
    minimumDeals = configuration[ScorerKeys.trendDeals]
    falseAlarmsPerYear = configuration[ScorerKeys.falseAlarms]
    velocityFloor = configuration[ScorerKeys.velocityFloor]
  }

  /// What a file says under `trends`: `scorer.yaml` whole, or a part of one. All else is left alone, and the environment is
  /// not asked: a replay is determined by its arguments.
  ///
  /// - Throws: `ConfigurationFaults` with every fault and its line.
  public init(file: String) throws(ConfigurationFaults) {
    self.init(try Configuration(ScorerKeys.trendSchema, file: file, environment: [:], flags: []))
  }
}
