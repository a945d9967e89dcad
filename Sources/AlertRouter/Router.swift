import AlertDelivery
import Alerts
import Deals
import Foundation
import Kafka
import Logging
import Programs
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
  /// Where the HTTP interface listens, nil for nowhere.
  var listen: String?
  var portFile: String?
  var token: String?
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
  private let straysLookedForAt = Atomic<Int64>(0)

  init(
    settings: RouterProcessSettings, rules: RouterRules, templates: MessageTemplates, store: RouterStore, logger: Logger
  ) {
    self.settings = settings
    self.rules = rules
    self.templates = templates
    self.store = store
    self.logger = logger
  }

  /// Whether this process has the secrets that the receivers need.
  ///
  /// - Throws: `Failure` that names each that is missing.
  static func verifySecrets(of rules: RouterRules) throws(Failure) {
    let missing = rules.missingVariables(in: ProcessInfo.processInfo.environment)
    guard !missing.isEmpty else { return }
    let list = missing.map(\.description).joined(separator: "; ")
    throw Failure("\(list). Set it for this process, or take the receiver out of the rules")
  }

  /// Ends `run` soon. Safe from any thread.
  func stop() { isStopping.store(true, ordering: .releasing) }

  /// Reads the rules again soon. Safe from any thread.
  func reload() { isReloadAsked.store(true, ordering: .releasing) }

  private var stops: Bool { isStopping.load(ordering: .acquiring) }

  /// Runs until `stop`. Blocks.
  func run() throws {
    try store.recoverIntents()
    guard let loop = try makeLoop() else { return }
    let links = try feedbackLinks()
    let interface = try startInterface(links)
    let workers = startDelivery(rules, links) + [startHeartbeat(rules.heartbeatURL)]
    defer {
      interface?.stop()
      stop()
      for worker in workers { worker.join() }
    }
    try loop.run { now in
      healthyAt.store(now.milliseconds, ordering: .releasing)
      settleStrays(at: now)
      return isReloadAsked.exchange(false, ordering: .acquiringAndReleasing) ? newRules() : nil
    }
  }

  /// Waits for brokers that are away. Nil where we are to stop meanwhile.
  private func makeLoop() throws -> RouterLoop? {
    while !stops {
      do {
        return try RouterLoop(settings, rules, store, logger: logger) { [self] in stops }
      } catch let error as KafkaError where error.isRetriable {
        logger.warning("waiting for the brokers: \(error)")
        DedicatedThread.pause(milliseconds: 500)
      }
    }
    return nil
  }

  /// Every two seconds: messages whose receiver is gone, also those that a person sends again, are delivered by nobody else.
  private func settleStrays(at now: Timestamp) {
    guard abs(now.milliseconds - straysLookedForAt.load(ordering: .relaxed)) >= 2_000 else { return }
    straysLookedForAt.store(now.milliseconds, ordering: .relaxed)
    do {
      for stray in try store.settleStrays(rules, at: now) {
        let place = stray.destination.map { "goes to \($0)" } ?? "is among the dead letters"
        logger.warning(
          "the rules have no receiver \(stray.receiver) any more: a message for it \(place)",
          metadata: ["message": "\(stray.id)"])
      }
    } catch {
      logger.error("\(error)")
    }
  }

  private func newRules() -> RouterRules? {
    do {
      let read = try RulesLoader.load(file: settings.rulesFile)
      guard read.receivers == rules.receivers, read.feedback == rules.feedback else {
        RouterMetrics.countReload(isTaken: false)
        logger.error("receivers or feedback have changed: restart the router; the old rules stay until then")
        return nil
      }
      RouterMetrics.countReload(isTaken: true)
      logger.info("rules read again")
      return read
    } catch {
      RouterMetrics.countReload(isTaken: false)
      logger.error("the rules have faults, the old ones stay: \(error)")
      return nil
    }
  }

  private func feedbackLinks() throws -> FeedbackLinks? {
    guard let settings = rules.feedback else { return nil }
    let secret = ProcessInfo.processInfo.environment[settings.secretVariable] ?? ""
    guard secret.utf8.count >= 16 else {
      throw Failure(
        "feedback links are configured, but \(settings.secretVariable) holds no secret of at least 16 characters: set it"
      )
    }
    return FeedbackLinks(base: settings.url, secret: secret, validMilliseconds: settings.valid.value)
  }

  private func startInterface(_ links: FeedbackLinks?) throws -> ListeningServer? {
    guard let address = settings.listen else { return nil }
    let api = RouterAPI(
      store: store, token: settings.token, links: links, faults: { [self] in faults }, now: { Clock.wall() })
    let server = try APIServer.start(api, at: address)
    logger.info("serving the interface", metadata: ["address": "\(address)", "port": "\(server.port)"])
    if let file = settings.portFile { try String(server.port).write(toFile: file, atomically: true, encoding: .utf8) }
    return server
  }

  /// What keeps the router from doing its work, nothing where it does.
  var faults: [String] {
    let silence = Clock.wall().milliseconds - healthyAt.load(ordering: .acquiring)
    return silence < 30_000 ? [] : ["input: nothing was read and stored for \(silence / 1_000) s, see the log"]
  }

  private func startDelivery(_ rules: RouterRules, _ links: FeedbackLinks?) -> [DedicatedThread] {
    rules.receivers.values.flatMap { settings in
      let deliverer = Deliverer(store, Receiver(settings, templates, links: links))
      return (0..<settings.concurrency).map { _ in
        DedicatedThread(name: "deliver-\(settings.name)") { [self] in deliver(deliverer, settings.name) }
      }
    }
  }

  private func deliver(_ deliverer: Deliverer, _ name: String) {
    var clock = Clock()
    while !stops {
      let now = clock.now()
      if clock.takeSetBack() { deliverer.clockWasSetBack() }
      do {
        switch try deliverer.step(at: now) {
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
