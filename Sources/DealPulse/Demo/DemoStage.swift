import Foundation
import Kafka
import Logging
import Topics
import Programs
import ScorerRuntime

/// The processes that a demo runs on: broker and scorer, with their logs in a folder of their own.
final class DemoStage {
  let folder: String
  let servers: String
  private var broker: ChildProcess
  private var scorer: ChildProcess
  private let partitions: Int
  private let logger = Logger(label: "dealpulse")

  var client: ClientConfiguration { ClientConfiguration(bootstrapServers: servers, clientID: "dealpulse-demo") }

  init(portFile: String?, partitions: Int) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("dealpulse-demo-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.partitions = partitions
    let ports = portFile ?? folder + "/port"
    try? FileManager.default.removeItem(atPath: ports)
    broker = try ChildProcess(
      "dealpulse", ["broker", "--port-file", ports, "--deal-partitions", String(partitions)],
      log: folder + "/broker.log")
    servers = try Self.address(in: ports, of: broker, log: folder + "/broker.log")
    scorer = try ChildProcess(
      "deal-scorer", ["--bootstrap-servers", servers, "--fetch-wait", "5"], log: folder + "/scorer.log")
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  private static func address(in file: String, of broker: ChildProcess, log: String) throws -> String {
    let deadline = Date().addingTimeInterval(30)
    while Date() < deadline, broker.isRunning {
      if let text = try? String(contentsOfFile: file, encoding: .utf8), !text.isEmpty { return text }
      DedicatedThread.pause(milliseconds: 20)
    }
    throw Failure(text: "the embedded broker did not start: see \(log)")
  }

  /// Runs a program to its end.
  func run(_ program: String, _ arguments: [String]) throws {
    let log = path("\(program).log")
    let child = try ChildProcess(program, arguments, log: log)
    child.waitForEnd()
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    guard child.status == 0 else { throw Failure(text: "\(program) failed:\n\(text)", status: child.status) }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Waits until the scorer's group has committed the end of every partition.
  func waitUntilProcessed() throws {
    let group = ScorerSettings(client: client).groupID
    let consumer = try Consumer(ConsumerConfiguration(client: client, groupID: group), logger: logger)
    defer { consumer.close() }
    let all = (0..<Int32(partitions)).map { TopicPartition(TopicNames().changes, $0) }
    var ends: [TopicPartition: Int64] = [:]
    for partition in all { ends[partition] = try consumer.watermarks(partition).high }
    while true {
      guard scorer.isRunning else { throw Failure(text: "the scorer ended: see \(path("scorer.log"))") }
      let committed = (try? consumer.committed(all)) ?? [:]
      if ends.allSatisfy({ $0.value == 0 || (committed[$0.key] ?? 0) >= $0.value }) { return }
      DedicatedThread.pause(milliseconds: 100)
    }
  }

  func waitForInterrupt() {
    while scorer.isRunning, broker.isRunning { DedicatedThread.pause(milliseconds: 200) }
  }

  func close() {
    scorer.stop()
    broker.stop()
  }
}
