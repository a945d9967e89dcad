import ArgumentParser
import Connection
import EngineConfiguration
import Programs
import Replay
import ScorerRuntime

extension [(key: String, value: String, source: String)] {
  /// Whether a file, the environment or a flag says which cluster is meant.
  var namesCluster: Bool { contains { $0.key == "kafka.bootstrap_servers" && $0.source != "default" } }
}

extension RunCommand {
  /// The cluster that file, environment and flags name.
  func cluster() throws -> ConnectionSettings {
    let settings = try ConnectionSettings.load(
      file: model.config, schema: ScorerKeys.schema,
      flags: connection.flags + model.flags(of: EngineKeys.runtimeParts), clientID: "deal-replay")
    guard settings.effective.namesCluster else {
      throw ValidationError(
        input.isEmpty
          ? "say what to replay: give --input, or --bootstrap-servers for deals.changes"
          : "--to-replay needs --bootstrap-servers")
    }
    return settings
  }

  /// Refuses what would have no effect, and an output that is read.
  func checkFiles() throws {
    try ResultFile.refuse(output, among: input + [table.columns, model.config, model.playbook])
    guard !input.isEmpty else { return }
    let ranges = [("--from-offset", fromOffset != 0), ("--to-offset", toOffset != .max), ("--since", since != nil)]
    for (option, isGiven) in ranges where isGiven {
      throw ValidationError("\(option) is for a cluster, and files are read with --input: leave one of them out")
    }
    guard toReplay == nil else { return }
    for (option, value) in [
      ("--bootstrap-servers", connection.bootstrapServers), ("--topic-prefix", connection.topicPrefix),
    ] where value != nil {
      throw ValidationError("\(option) has no effect with --input and without --to-replay: leave it out")
    }
  }

  /// What the changes depend on besides the files: a checkpoint goes on under the same alone.
  func source() throws -> [String] {
    var source: [String] = []
    if let columns = table.columns { source += ["columns", try FileDigest(path: columns).sha256] }
    guard input.isEmpty || toReplay != nil else { return source }
    let cluster = try cluster()
    source += ["cluster", cluster.client.bootstrapServers, cluster.topics.prefix, output == nil ? "topic" : "file"]
    if input.isEmpty { source += ["\(fromOffset)", "\(toOffset)", since ?? ""] }
    return source
  }
}
