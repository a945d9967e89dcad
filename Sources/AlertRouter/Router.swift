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
  /// The rules that hold now, and the links that they ask for.
  private struct Current: Sendable {
    var rules: RouterRules
    var links: FeedbackLinks?
  }

  let settings: RouterProcessSettings
  let store: RouterStore
  let templates: MessageTemplates
  let logger: Logger
  private let current: Mutex<Current>
  private let deliveries: Deliveries
  private let isStopping = Atomic<Bool>(false)
  private let isReloadAsked = Atomic<Bool>(false)
  /// When a turn of the reading thread ended last, and when it last had its place in the group.
  private let hasHeartbeat = Atomic<Bool>(false)
  private let healthyAt = Atomic<Int64>(0)
  private let assignedAt = Atomic<Int64>(0)
  /// A healthy router is nowhere still for so many milliseconds.
  private static let patience: Int64 = 30_000
  private let straysLookedForAt = Atomic<Int64>(0)

  init(
    settings: RouterProcessSettings, rules: RouterRules, templates: MessageTemplates, store: RouterStore, logger: Logger
  ) {
    self.settings = settings
    current = Mutex(Current(rules: rules))
    self.templates = templates
    self.store = store
    self.logger = logger
    deliveries = Deliveries(store, templates, logger)
  }

  /// Whether this process has the secrets that receivers and feedback links need.
  ///
  /// - Throws: `Failure` that names each that is missing.
  static func verifySecrets(of rules: RouterRules) throws(Failure) {
    let missing = rules.missingVariables(in: ProcessInfo.processInfo.environment)
    guard !missing.isEmpty else { return }
    let list = missing.map(\.description).joined(separator: "; ")
    throw Failure("\(list). Set it for this process, or take what needs it out of the rules")
  }

  /// Ends `run` soon. Safe from any thread.
  func stop() { isStopping.store(true, ordering: .releasing) }

  /// Reads the rules again soon. Safe from any thread.
  func reload() { isReloadAsked.store(true, ordering: .releasing) }

  private var rules: RouterRules { current.withLock { $0.rules } }

  private var stops: Bool { isStopping.load(ordering: .acquiring) }

  /// Runs until `stop`. Blocks.
  func run() throws {
    try store.recoverIntents()
    guard let loop = try makeLoop() else { return }
    follow(rules)
    let interface = try startInterface()
    let heartbeat = startHeartbeat()
    defer {
      interface?.stop()
      stop()
      deliveries.stop()
      heartbeat.join()
    }
    assignedAt.store(Clock.wall().milliseconds, ordering: .releasing)
    try loop.run { now, isAssigned in
      healthyAt.store(now.milliseconds, ordering: .releasing)
      if isAssigned { assignedAt.store(now.milliseconds, ordering: .releasing) }
      settleStrays(at: now)
      return isReloadAsked.exchange(false, ordering: .acquiringAndReleasing) ? newRules() : nil
    }
  }

  /// Waits for brokers that are away. Nil where we are to stop meanwhile.
  private func makeLoop() throws -> RouterLoop? {
    while !stops {
      do {
        return try RouterLoop(
          settings, rules, store, logger: logger,
          takeHeartbeat: { [self] in hasHeartbeat.exchange(false, ordering: .acquiringAndReleasing) },
          isStopped: { [self] in stops })
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
      try Self.verifySecrets(of: read)
      follow(read)
      RouterMetrics.countReload(isTaken: true)
      logger.info("rules read again")
      return read
    } catch {
      RouterMetrics.countReload(isTaken: false)
      logger.error("the rules have faults, the old ones stay: \(error)")
      return nil
    }
  }

  /// Delivers and signs by these rules from now on.
  private func follow(_ rules: RouterRules) {
    let links = rules.feedback.map { settings in
      FeedbackLinks(
        base: settings.url, secret: ProcessInfo.processInfo.environment[settings.secretVariable] ?? "",
        validMilliseconds: settings.valid.value)
    }
    current.withLock { $0 = Current(rules: rules, links: links) }
    deliveries.follow(rules, links)
  }

  private func startInterface() throws -> ListeningServer? {
    guard let address = settings.listen else { return nil }
    // Made anew for each request: the links may have changed.
    let server = try APIServer.start(at: address) { [self] in
      RouterAPI(
        store: store, token: settings.token, links: current.withLock { $0.links }, faults: { [self] in faults },
        now: { Clock.wall() }, heartbeat: { [self] in hasHeartbeat.store(true, ordering: .releasing) })
    }
    logger.info("serving the interface", metadata: ["address": "\(address)", "port": "\(server.port)"])
    if let file = settings.portFile { try String(server.port).write(toFile: file, atomically: true, encoding: .utf8) }
    return server
  }

  /// What keeps the router from doing its work, nothing where it does.
  var faults: [String] {
    let now = Clock.wall().milliseconds
    let turnedAt = healthyAt.load(ordering: .acquiring)
    guard turnedAt > 0 else { return ["input: nothing is read yet, see the log"] }
    guard now - turnedAt < Self.patience else {
      return ["input: nothing was read and stored for \((now - turnedAt) / 1_000) s, see the log"]
    }
    let away = now - assignedAt.load(ordering: .acquiring)
    return away < Self.patience ? [] : ["input: no place in the group for \(away / 1_000) s: see whether Kafka answers"]
  }

  /// Asks for the outside watch's URL each minute while the router reads its part of the stream.
  private func startHeartbeat() -> DedicatedThread {
    DedicatedThread(name: "heartbeat") { [self] in
      var clock = Clock()
      var next: Int64 = 0
      var lastURL: String?
      while !stops {
        let now = clock.now().milliseconds
        let url = rules.heartbeatURL
        if url != lastURL { next = 0 }
        lastURL = url
        if let url, now >= next, faults.isEmpty {
          next = now + 60_000
          do { try HealthPing.send(to: url) } catch { logger.warning("heartbeat: \(error)") }
        }
        DedicatedThread.pause(milliseconds: 200)
      }
    }
  }
}
