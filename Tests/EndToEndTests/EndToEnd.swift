import Foundation
import Testing

/// Whether the cluster is the embedded broker, whose faults we command.
let isEmbedded = (ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] ?? "").isEmpty

/// Real processes against a real broker protocol, one after the other: two cores do not carry several clusters.
@Suite(.serialized) struct EndToEnd {}
