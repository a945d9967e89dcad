import CRMImport
import Deals
import Foundation
import Scoring

/// What a replay reads, with what it scores, and where its scores go.
public struct ReplayPlan: Sendable {
  /// Files of change events, each in the order of event time; they are merged.
  public var inputs: [String]
  /// How a CSV among them is read.
  public var importSettings = ImportSettings()
  /// The file that the scores go to.
  public var output: String
  /// How they are written into it.
  public var format = ScoreFormat.jsonl
  /// The folder of the checkpoint; nil for a replay that can't be resumed.
  public var checkpoint: String?
  /// What the changes depend on besides the files, such as a cluster and its offsets.
  public var source: [String] = []
  /// The offsets of `deals.changes` that are read; none where files are.
  public var spans: [PartitionSpan] = []
  /// Changes between two checkpoints.
  public var checkpointInterval = 250_000
  /// Changes after this instant are left out; what is due by then is scored.
  public var until: Timestamp?
  /// The deal whose scores are written; nil for all. The baselines are always those of the whole history.
  public var onlyDeal: DealID?
  /// What scores depend on.
  public var settings = EngineSettings()
  /// After how many days a deal counts half in decayed rates.
  public var halfLifeDays = 90.0

  /// A plan with everything else at its default.
  public init(inputs: [String], output: String) {
    self.inputs = inputs
    self.output = output
  }

  /// The last instant whose changes are replayed.
  var end: Timestamp { until ?? Timestamp(milliseconds: .max) }

  /// The settings of the engine: words that nobody reads are not made.
  var engineSettings: EngineSettings {
    var settings = settings
    if !format.hasWords { settings.writesWords = false }
    return settings
  }

  /// Tells a checkpoint of this plan from that of another.
  var fingerprint: PlanFingerprint {
    var hash = IdentityHash()
    for input in inputs {
      hash.combine(input)
      // A file of the same name that holds something else is another replay.
      let size = try? FileManager.default.attributesOfItem(atPath: input)[.size] as? NSNumber
      hash.combine(size?.uint64Value ?? 0)
    }
    let days = settings.ageingDays + [settings.closedRetentionDays]
    return PlanFingerprint(parts: [
      "other input files": hash.finish().description,
      "another mapping of columns, cluster, or range of offsets or times": source.joined(separator: "\n"),
      "another output": output,
      "another --until": until.map { "\($0.milliseconds)" } ?? "",
      "another --only-deal": onlyDeal?.text ?? "",
      "another --format": format.rawValue,
      "another model": settings.model.id.text,
      "another configuration": "\(settings.configurationHash) \(halfLifeDays) \(days)",
    ])
  }
}

/// What makes one replay another than the next, each part under what is said where it differs.
struct PlanFingerprint: Codable, Hashable, Sendable {
  var parts: [String: String]

  /// What differs, in words.
  func differences(from other: PlanFingerprint) -> [String] {
    Set(parts.keys).union(other.parts.keys).filter { parts[$0] != other.parts[$0] }.sorted()
  }
}
