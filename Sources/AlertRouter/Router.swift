import AlertDelivery
import Alerts
import Deals
import Foundation
import Kafka
import Logging
import Synchronization
import Topics

/// What a router process is started with.
struct RouterProcessSettings: Sendable {
  var client: ClientConfiguration
  var topics: TopicNames
  var groupID: String
  var instanceID: String
  var sessionTimeout: Int
  var rulesFile: String
}

/// The process: one thread reads, decides and stores; others deliver.
final class Router: Sendable {
  let settings: RouterProcessSettings
  let store: RouterStore
  let templates: MessageTemplates
  let logger: Logger
  private let rules: RouterRules
  private let isStopping = Atomic<Bool>(false)
  private let isReloadAsked = Atomic<Bool>(false)
  private let healthyAt = Atomic<Int64>(0)

  init(
    settings: RouterProcessSettings, rules: RouterRules, templates: MessageTemplates, store: RouterStore, logger: Logger
  ) {
    self.settings = settings
    self.rules = rules
    self.templates = templates
    self.store = store
    self.logger = logger
  }

  /// Ends `run` soon. Safe from any thread.
  func stop() { isStopping.store(true, ordering: .releasing) }

  /// Reads the rules again soon. Safe from any thread.
  func reload() { isReloadAsked.store(true, ordering: .releasing) }

  private var stops: Bool { isStopping.load(ordering: .acquiring) }

  /// Runs until `stop`. Blocks.
  func run() throws {
    try store.recoverIntents()
    var pipeline = AlertPipeline(rules)
    try store.restore(&pipeline)
    let input = try RiskInput(settings, stored: try store.offsets(), logger)
    let log = try AlertsLog(settings, store)
    let workers = startDelivery(rules) + [startHeartbeat(rules.heartbeatURL)]
    defer {
      stop()
      for worker in workers { worker.join() }
      log.close()
      input.close()
    }
    logger.info(
      "started", metadata: ["known": "\(pipeline.deduplicator.count)", "open": "\(pipeline.openAlerts.count)"])
    pipeline.beginCatchUp()
    var clock = Clock()
    var watch = HeartbeatWatch(from: clock.now())
    var nextTidying = clock.now()
    while !stops {
      try step(&pipeline, input, &watch, &clock)
      try log.publish()
      healthyAt.store(clock.now().milliseconds, ordering: .releasing)
      if nextTidying <= clock.now() {
        nextTidying = clock.now().adding(milliseconds: 3_600_000)
        pipeline.forgetOld(at: clock.now())
        try store.forget(before: clock.now().adding(milliseconds: -pipeline.rules.retention.value))
      }
      if isReloadAsked.exchange(false, ordering: .acquiringAndReleasing) { reload(&pipeline, at: clock.now()) }
    }
  }

  /// Reads a batch, decides, stores, and only then commits the offsets to Kafka.
  private func step(
    _ pipeline: inout AlertPipeline, _ input: RiskInput, _ watch: inout HeartbeatWatch, _ clock: inout Clock
  ) throws {
    let batch = try input.poll()
    FaultPoint.afterRead.pass()
    let now = clock.now()
    var output = PipelineOutput()
    let mark = pipeline.mark
    let (commands, last) = try store.commands()
    for command in commands { command.apply(to: &pipeline, at: now) }
    if !batch.offsets.isEmpty, let end = watch.heard(at: now) { output.decisions += pipeline.take(end, at: now) }
    for statement in batch.statements { output.decisions += pipeline.take(statement, at: now) }
    if pipeline.isCatchingUp, input.hasCaughtUp { output.decisions += pipeline.endCatchUp(at: now) }
    if let silence = pipeline.rules.silentAfter, let silent = watch.check(at: now, silentAfter: silence.value) {
      output.decisions += pipeline.take(silent, at: now)
    }
    let made = pipeline.tick(at: now)
    // What never concerned anybody is counted by the topics themselves.
    let decisions = (output.decisions + made.decisions).filter { $0.reason != .backfill && $0.reason != .notUrgent }
    guard !batch.offsets.isEmpty || !commands.isEmpty || !decisions.isEmpty || pipeline.hasChanged(since: mark) else {
      return
    }
    try store.commit(&pipeline, messages: made.messages, decisions: decisions, offsets: batch.offsets)
    if last > 0 { try store.forgetCommands(upTo: last) }
    FaultPoint.afterStore.pass()
    try input.commit(batch.offsets)
  }

  private func reload(_ pipeline: inout AlertPipeline, at now: Timestamp) {
    do {
      let rules = try RulesLoader.load(file: settings.rulesFile)
      guard rules.receivers == pipeline.rules.receivers else {
        logger.error("the receivers have changed: restart the router; the old rules stay until then")
        return
      }
      pipeline.reload(rules, at: now)
      logger.info("rules read again")
    } catch {
      logger.error("the rules have faults, the old ones stay: \(error)")
    }
  }

  private func startDelivery(_ rules: RouterRules) -> [DedicatedThread] {
    rules.receivers.values.flatMap { settings in
      let deliverer = Deliverer(store, Receiver(settings, templates))
      return (0..<settings.concurrency).map { _ in
        DedicatedThread(name: "deliver-\(settings.name)") { [self] in deliver(deliverer, settings.name) }
      }
    }
  }

  private func deliver(_ deliverer: Deliverer, _ name: String) {
    var clock = Clock()
    while !stops {
      do {
        switch try deliverer.step(at: clock.now()) {
        case .idle: DedicatedThread.pause(milliseconds: 100)
        case .sent(let id): logger.info("delivered", metadata: ["receiver": "\(name)", "message": "\(id)"])
        case .failed(let id, let why), .dead(let id, let why):
          logger.warning("\(why)", metadata: ["receiver": "\(name)", "message": "\(id)"])
        }
      } catch {
        logger.error("\(error)")
        DedicatedThread.pause(milliseconds: 1_000)
      }
    }
  }

  /// Asks for the outside watch's URL each minute while the reading thread lives.
  private func startHeartbeat(_ url: String?) -> DedicatedThread {
    DedicatedThread(name: "heartbeat") { [self] in
      guard let url else { return }
      var clock = Clock()
      var next: Int64 = 0
      while !stops {
        let now = clock.now().milliseconds
        if now >= next, now - healthyAt.load(ordering: .acquiring) < 30_000 {
          next = now + 60_000
          do { try HealthPing.send(to: url) } catch { logger.warning("heartbeat: \(error)") }
        }
        DedicatedThread.pause(milliseconds: 200)
      }
    }
  }
}
