import AlertDelivery
import Alerts
import Foundation
import Kafka
import Logging
import Synchronization

/// The threads that deliver: a lane for each receiver, with as many threads as it may have messages under way.
final class Deliveries: Sendable {
  /// A receiver as it was configured when the lane began.
  private final class Lane: Sendable {
    let settings: ReceiverSettings
    let deliverer: Deliverer
    private let isRetiredFlag = Atomic<Bool>(false)

    init(_ settings: ReceiverSettings, _ deliverer: Deliverer) {
      self.settings = settings
      self.deliverer = deliverer
    }

    var isRetired: Bool { isRetiredFlag.load(ordering: .acquiring) }

    func retire() { isRetiredFlag.store(true, ordering: .releasing) }
  }

  private struct State: Sendable {
    var lanes: [String: Lane] = [:]
    var feedback: FeedbackSettings?
    var threads: [DedicatedThread] = []
  }

  private let store: RouterStore
  private let templates: MessageTemplates
  private let logger: Logger
  private let isStopping = Atomic<Bool>(false)
  private let state = Mutex(State())

  init(_ store: RouterStore, _ templates: MessageTemplates, _ logger: Logger) {
    self.store = store
    self.templates = templates
    self.logger = logger
  }

  /// Delivers to these rules' receivers from now on. A receiver that has changed gets a new lane; the old one ends with the
  /// message in hand, which nobody waits for.
  func follow(_ rules: RouterRules, _ links: FeedbackLinks?) {
    state.withLock { state in
      let hasOtherLinks = state.feedback != rules.feedback
      state.feedback = rules.feedback
      for (name, lane) in state.lanes where hasOtherLinks || rules.receivers[name] != lane.settings {
        lane.retire()
        state.lanes[name] = nil
      }
      for (name, settings) in rules.receivers where state.lanes[name] == nil {
        let lane = Lane(settings, Deliverer(store, Receiver(settings, templates, links: links)))
        state.lanes[name] = lane
        state.threads += (0..<settings.concurrency).map { _ in
          DedicatedThread(name: "deliver-\(name)") { [self] in deliver(lane) }
        }
      }
    }
  }

  /// Ends all lanes, and waits for the messages in hand.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    for thread in state.withLock({ $0.threads }) { thread.join() }
  }

  private func deliver(_ lane: Lane) {
    var clock = Clock()
    while !isStopping.load(ordering: .acquiring) {
      let now = clock.now()
      if clock.takeSetBack() { lane.deliverer.clockWasSetBack() }
      do {
        guard !lane.isRetired else { return try lane.deliverer.finish() }
        note(try lane.deliverer.step(at: now), lane.settings.name)
      } catch {
        logger.error("\(error)")
        DedicatedThread.pause(milliseconds: 1_000)
      }
    }
  }

  private func note(_ step: Deliverer.Step, _ name: String) {
    switch step {
    case .idle: DedicatedThread.pause(milliseconds: 50)
    case .sent(let id):
      RouterMetrics.countDelivery(name, "sent")
      logger.info("delivered", metadata: ["receiver": "\(name)", "message": "\(id)"])
    case .failed(let id, let why):
      RouterMetrics.countDelivery(name, "failed")
      logger.warning("\(why)", metadata: ["receiver": "\(name)", "message": "\(id)"])
    case .dead(let id, let why):
      RouterMetrics.countDelivery(name, "dead")
      logger.warning("\(why)", metadata: ["receiver": "\(name)", "message": "\(id)"])
    }
  }
}
