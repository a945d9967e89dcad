import Deals
import Foundation
import Kafka
import Logging
import Programs
import Synchronization

/// What a benchmark sends, and how it sees that it was read.
struct BenchLoad {
  private let producer: Producer
  private let topic: ProducerTopic
  private let consumer: Consumer
  private static let partitions: Int32 = 12

  init(_ servers: String, _ logger: Logger) throws {
    let client = ClientConfiguration(bootstrapServers: servers)
    producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    topic = try producer.topic("deals.risk")
    consumer = try Consumer(ConsumerConfiguration(client: client, groupID: "alert-router"), logger: logger)
  }

  func send(_ events: [RiskEvent]) throws {
    var writer = JSONWriter()
    let group = DeliveryGroup()
    for event in events {
      writer.removeAll()
      writer.riskEvent(event)
      try Array(event.dealID.text.utf8).withUnsafeBytes { key in
        try writer.withBytes { try producer.produce(to: topic, key: key, value: $0, group: group) }
      }
    }
    try producer.flush(timeout: 120_000)
    if let failure = group.firstFailure { throw failure }
  }

  /// Waits until the router's group has committed the end of every partition.
  func waitUntilRead(_ router: Process) throws {
    let all = (0..<Self.partitions).map { TopicPartition("deals.risk", $0) }
    var ends: [TopicPartition: Int64] = [:]
    for partition in all { ends[partition] = try consumer.watermarks(partition).high }
    while router.isRunning {
      let committed = (try? consumer.committed(all)) ?? [:]
      if ends.allSatisfy({ $0.value == 0 || (committed[$0.key] ?? 0) >= $0.value }) { return }
      DedicatedThread.pause(milliseconds: 10)
    }
    throw Failure("the router ended: its configuration or its store has a fault")
  }

  /// Waits until nothing has arrived for two seconds.
  func waitUntilIdle(_ arrivals: borrowing Mutex<[String: Date]>) throws {
    var last = -1
    while true {
      let count = arrivals.withLock { $0.count }
      if count == last { return }
      last = count
      DedicatedThread.pause(milliseconds: 2_500)
    }
  }

  static func event(_ id: String, score: Double, tier: RiskTier, rep: String? = nil) throws -> RiskEvent {
    guard let deal = DealID(id) else { throw Failure("\(id) is no deal's id") }
    let now = Clock.wall()
    var descriptors = Descriptors()
    descriptors.industry = "EdTech"
    descriptors.rep = rep.map { Symbol($0) }
    return RiskEvent(
      eventID: EventID(text: "\(id)-\(score)"), dealID: deal, trigger: .stageChange, score: RiskScore(points: score),
      winProbability: Probability(0.4), tier: tier, percentile: nil, previousScore: nil, previousTier: nil,
      components: [], reasons: ["rep_22 wins 40% (team 45%)"], actions: [], flags: [], amount: Money(cents: 9_000_000),
      descriptors: descriptors, stage: .proposal, ageDays: 50, daysInStage: 20, expectedCloseAt: nil,
      model: "weighted-v1", configurationHash: "c", source: SourcePosition(partition: 0, offset: 0), baselineOffset: 0,
      occurredAt: now, scoredAt: now, mode: .live)
  }
}
