import Deals
import Foundation
import Kafka
import Logging
import Simulation
import Topics

/// Streams changes as they might happen now, a few each second, and prints the scores as they come.
struct LiveDemo {
  private let stage: DemoStage
  private let seed: UInt64
  private let partitions: Int

  init(_ stage: DemoStage, seed: UInt64, partitions: Int) {
    self.stage = stage
    self.seed = seed
    self.partitions = partitions
  }

  /// Runs until interrupted.
  func run() throws {
    print(
      "\nlive, until you press Ctrl-C: changes go in, scores come out (dealpulse explain DEAL --bootstrap-servers "
        + "\(stage.servers) shows one whole)\n")
    let router = try DemoRouter(stage)
    defer { router.stop() }
    print("alerts go to a stand-in for Slack and a mail server: \(router.page) lists the messages\n")
    let sender = try ChangeSender(stage.client, topic: TopicNames().changes)
    let consumer = try scores()
    defer { consumer.close() }
    let decoder = RiskDecoder()
    var simulator = DealSimulator(liveSettings())
    while let event = simulator.next() {
      try sender.send(restamped(event))
      try sender.flush()
      try consumer.withBatch(maxMessages: 100, timeout: 400) { batch in
        try batch.forEach { message in
          guard !message.isTombstone else { return }
          let event = try message.value.withUnsafeBytes { try decoder.decode($0) }
          if event.mode == .live { print(line(event)) }
        }
      }
      let messages = router.newMessages()
      if !messages.isEmpty { print("\n\(messages)", terminator: "") }
    }
  }

  private func scores() throws -> Consumer {
    var configuration = ConsumerConfiguration(client: stage.client, groupID: "dealpulse-live")
    configuration.offsetReset = .latest
    configuration.fetchWaitMax = 10
    let consumer = try Consumer(configuration, logger: Logger(label: "dealpulse"))
    try consumer.assign(
      Dictionary(
        uniqueKeysWithValues: (0..<Int32(partitions)).map {
          (TopicPartition(TopicNames().risk, $0), StartOffset.end)
        }))
    return consumer
  }

  /// Deals of the last months whose changes are all told as of now.
  private func liveSettings() -> SimulationSettings {
    var settings = SimulationSettings()
    settings.seed = seed &+ 1
    settings.events = .max
    settings.start = now.day.adding(-60)
    settings.dealsPerDay = 3
    return settings
  }

  private var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }

  private func restamped(_ event: SimulatedEvent) -> SimulatedEvent {
    guard case .change(var change) = event.content, let id = DealID("L" + change.dealID.text) else { return event }
    change.dealID = id
    change.occurredAt = now
    switch change.deal.status {
    case .open: break
    case .won: change.deal.status = .won(at: now)
    case .lost(_, let reason): change.deal.status = .lost(at: now, reason: reason)
    }
    change.deal.createdAt = min(change.deal.createdAt, now)
    return SimulatedEvent(content: .change(change), time: now)
  }

  private func line(_ event: RiskEvent) -> String {
    let amount = event.amount.map { "$\(Int($0.units / 1_000))K" } ?? "–"
    let reason = event.reasons.first?.text ?? ""
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return padded(event.dealID.text, 9) + padded(event.tier.name, 9)
      + padded(Explanation.fixed(event.score.points, 1), 6) + padded(amount, 7)
      + padded(event.descriptors.industry?.text ?? "–", 11) + padded(event.stage.name, 12) + reason
  }
}
