import Foundation
import Kafka
import Logging
import Programs
import Topics

/// The cluster of a benchmark with topics of its own: the embedded broker as a process, or one that is there already.
final class BenchStage {
  let client: ClientConfiguration
  /// Stands before the prefix of each part.
  let root: String
  /// Whether the cluster isolates transactions.
  let isReal: Bool
  private let broker: ChildProcess?
  private let folder: String

  /// - Parameters:
  ///   - servers: A cluster that is there; nil for the embedded broker.
  ///   - replication: Copies of each partition there; nil for the cluster's own default.
  init(servers: String?, replication: Int?) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("dealpulse-bench-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    isReal = servers != nil
    if let servers {
      client = ClientConfiguration(bootstrapServers: servers, clientID: "dealpulse-bench")
      root = "bench\(getpid())."
      broker = nil
      for part in StreamBench.Part.allCases {
        let contract = try TopicContract(
          client: client, prefix: root + part.prefix, dealPartitions: Int(StreamBench.partitions),
          logger: Logger(label: "bench"))
        _ = try contract.apply(replication: replication)
      }
      return
    }
    root = ""
    let ports = folder + "/port"
    var arguments = ["broker", "--port-file", ports, "--deal-partitions", String(StreamBench.partitions)]
    for part in StreamBench.Part.allCases { arguments += ["--topic-prefix", part.prefix] }
    let broker = try ChildProcess("dealpulse", arguments, log: folder + "/broker.log")
    self.broker = broker
    var address = ""
    while address.isEmpty, broker.isRunning {
      address = (try? String(contentsOfFile: ports, encoding: .utf8)) ?? ""
      DedicatedThread.pause(milliseconds: 20)
    }
    guard !address.isEmpty else { throw Failure(text: "the embedded broker did not start: see \(folder)") }
    client = ClientConfiguration(bootstrapServers: address, clientID: "dealpulse-bench")
  }

  func topics(_ part: StreamBench.Part) -> TopicNames { TopicNames(prefix: root + part.prefix) }

  /// One of our programs beside the benchmark, connected to the cluster.
  func start(_ program: String, _ part: StreamBench.Part, name: String, _ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(
      program,
      ["--bootstrap-servers", client.bootstrapServers, "--topic-prefix", root + part.prefix] + arguments,
      log: "\(folder)/\(name).log")
  }

  func close() { broker?.stop() }
}
