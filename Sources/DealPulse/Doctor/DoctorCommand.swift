import ArgumentParser
import Connection
import Foundation
import Kafka
import Logging
import Topics

/// `dealpulse doctor`: what is wrong, and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks broker, topics, versions and permissions, and says what to do.")

  @Option(help: "Partitions of deals.changes and its twins; as found where not given.") var dealPartitions: Int?
  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    let command = self
    let cluster = try cluster.settings()
    let findings = try await DedicatedThread.run(name: "doctor") { command.examine(cluster) }
    for finding in findings { print("\(finding.isGood ? "ok   " : "WRONG") \(finding.text)") }
    guard findings.allSatisfy(\.isGood) else { throw ExitCode(1) }
  }

  private struct Finding: Sendable {
    var isGood: Bool
    var text: String
  }

  private func examine(_ cluster: ConnectionSettings) -> [Finding] {
    let logger = Logger(label: "dealpulse") { _ in SwiftLogNoOpLogHandler() }
    var findings = [Finding(isGood: true, text: "librdkafka \(LibraryVersion.running)")]
    do throws(KafkaError) {
      let admin = try Admin(cluster.client, logger: logger)
      let description = try admin.describeCluster()
      let id = admin.clusterID() ?? "unknown"
      findings.append(
        Finding(isGood: true, text: "broker \(description.brokers.joined(separator: ", ")), cluster \(id)"))
      if admin.isEmbedded() {
        findings.append(
          Finding(isGood: true, text: "embedded broker: at_least_once, and nothing is kept; for demos and tests"))
      }
      findings += topicFindings(description, cluster.topics)
      findings += permissionFindings(cluster, logger)
    } catch {
      findings.append(Finding(isGood: false, text: "\(cluster.client.bootstrapServers): \(error)"))
    }
    return findings
  }

  private func topicFindings(_ description: ClusterDescription, _ topics: TopicNames) -> [Finding] {
    let found = description.topics[topics.changes]?.partitions
    let partitions = dealPartitions ?? found ?? 12
    return TopicDeclaration.all(dealPartitions: partitions).map { topic in
      let name = topics.prefix + topic.name
      guard let there = description.topics[name] else {
        return Finding(isGood: false, text: "\(name) does not exist: run `dealpulse topics apply`")
      }
      guard there.partitions == topic.partitions else {
        return Finding(
          isGood: false,
          text: "\(name) has \(there.partitions) partitions instead of \(topic.partitions): "
            + "see `dealpulse topics check`")
      }
      guard !there.leaders.contains(-1) else {
        return Finding(isGood: false, text: "\(name) has partitions without a leader: check the brokers")
      }
      return Finding(isGood: true, text: "\(name), \(there.partitions) partitions")
    }
  }

  /// Reads the ends of the ledger: it needs the permissions that every program needs.
  private func permissionFindings(_ cluster: ConnectionSettings, _ logger: Logger) -> [Finding] {
    do throws(KafkaError) {
      let consumer = try Consumer(
        ConsumerConfiguration(client: cluster.client, groupID: "dealpulse-doctor"), logger: logger)
      defer { consumer.close() }
      let (low, high) = try consumer.watermarks(TopicPartition(cluster.topics.outcomes, 0))
      return [Finding(isGood: true, text: "may read \(cluster.topics.outcomes), \(high - low) entries")]
    } catch {
      return [Finding(isGood: false, text: "may not read \(cluster.topics.outcomes): \(error)")]
    }
  }
}
