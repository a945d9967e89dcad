import Kafka
import Logging
import Synchronization

/// Ends the transactions that former owners of partitions have left open.
///
/// Until somebody does, the broker holds back the offsets that the heir asks for, and from every reader of committed records
/// what was written since: for the time-out of the transaction and the broker's interval for looking. A producer that takes
/// a transactional id into use ends at once what is open under it.
///
/// No member that is alive and well is fenced by this:
/// - A thread's id is named after its `group.instance.id` and taken into use within an assignment, the first after the thread
///   was out of its group (`TransactionalCommitter.join`); what is open is committed or aborted before the thread joins its
///   group again. So a transaction is only open while its owner is a member, or was one and stood still or died.
/// - An id is fenced only where the group's coordinator, asked after this member got its partitions, knows this member and
///   not the id's instance.
/// - An instance that comes, or comes back, after that answer is given partitions with a later generation. None begins
///   before this member has joined it, and it joins only when the fencing is over: `revoked` waits for `conclude()`.
///
/// What is left is a member that stands still, longer than a session, between the answer and the fencing, while another
/// comes back: that one then gives up what it owned and joins again. So does one that stood still, when it goes on. What was
/// open is done again by whoever owns the partitions then, so even that loses nothing and publishes nothing twice. With the
/// cooperative assignor the same may happen to one that comes back within the moment between answer and fencing, as this
/// member joins the next generation without a handler: `assigned` asks anew in each.
final class Succession: Sendable {
  /// What the scorers' group and their transactions are called.
  struct Names: Sendable {
    /// This thread's `group.instance.id`.
    var member: String
    var settings: ScorerSettings
  }

  private enum Phase {
    case asking, fencing, over, cancelled
  }

  private final class Progress: Sendable {
    private let phase = Mutex(Phase.asking)

    var now: Phase { phase.withLock { $0 } }

    /// False where that was forbidden meanwhile.
    func enter(_ next: Phase) -> Bool {
      phase.withLock { phase in
        guard phase != .cancelled else { return false }
        phase = next
        return true
      }
    }

    /// Forbids everything that has not begun; gives what was under way.
    func cancel() -> Phase {
      phase.withLock { phase in
        defer { phase = .cancelled }
        return phase
      }
    }
  }

  /// Longer than that the broker leaves no transaction open: its time-out and the interval for looking, twice each.
  private static let patience = Duration.seconds(40)
  /// The members that it is about.
  let writers: Set<String>
  private let progress = Progress()
  private let thread: DedicatedThread

  /// Begins, on a thread of its own.
  ///
  /// - Parameters:
  ///   - writers: The members that wrote the newest positions of the partitions this one was given.
  ///   - group: Whom to ask for the group's members.
  init(to writers: Set<String>, _ names: Names, asking group: Admin, logger: Logger) {
    self.writers = writers
    let progress = progress
    thread = DedicatedThread(name: "succession") {
      Self.run(writers, names, group, progress, logger)
      _ = progress.enter(.over)
    }
  }

  var isOver: Bool { progress.now == .over }

  /// Waits for the end, at most for a second, then gives up. When this returns nobody is fenced any more.
  ///
  /// - Returns: Whether nothing was left to do.
  func conclude() -> Bool {
    let deadline = ContinuousClock.now + .seconds(1)
    while progress.now == .fencing, ContinuousClock.now < deadline { DedicatedThread.pause(milliseconds: 5) }
    return cancel()
  }

  /// Gives up. When this returns nobody is fenced any more.
  ///
  /// - Returns: Whether nothing was left to do.
  @discardableResult
  func cancel() -> Bool {
    let phase = progress.cancel()
    if phase == .fencing { thread.join() }
    return phase == .over
  }

  /// The writers whose instances are not in the group; nil where this member is not in it either, and so may fence nobody.
  static func departed(_ writers: Set<String>, _ members: [GroupMember], member: String) -> Set<String>? {
    let present = Set(members.compactMap(\.groupInstanceID))
    return present.contains(member) ? writers.subtracting(present) : nil
  }

  private static func run(
    _ writers: Set<String>, _ names: Names, _ group: Admin, _ progress: Progress, _ logger: Logger
  ) {
    let deadline = ContinuousClock.now + patience
    while progress.now == .asking, ContinuousClock.now < deadline {
      let asked = ContinuousClock.now
      do throws(KafkaError) {
        let members = try group.members(of: names.settings.groupID, timeout: 1_000)
        guard let departed = departed(writers, members, member: names.member), !departed.isEmpty else { return }
        guard progress.enter(.fencing) else { return }
        // The answer must not grow old.
        let end = asked + .milliseconds(names.settings.sessionTimeout / 2)
        if try fence(departed, names.settings, until: end, progress, logger) { return }
        guard progress.enter(.asking) else { return }
      } catch {
        guard error.isRetriable else {
          return logger.warning("a former owner's transaction is left to the broker to end: \(error)")
        }
        DedicatedThread.pause(milliseconds: 50)
      }
    }
  }

  /// False where the time was too short.
  private static func fence(
    _ members: Set<String>, _ settings: ScorerSettings, until end: ContinuousClock.Instant, _ progress: Progress,
    _ logger: Logger
  ) throws(KafkaError) -> Bool {
    // Each tells of its retries as of failures.
    var quiet = logger
    quiet.logLevel = .error
    var open: [(id: String, producer: Producer)] = []
    for member in members.sorted() {
      let id = settings.transactionalID(ofMember: member)
      logger.notice("ends what a member that left has open", metadata: ["transactional_id": "\(id)"])
      open.append((id, try Producer(settings.successorConfiguration(id), logger: quiet)))
    }
    defer { for (_, producer) in open { producer.close() } }
    while !open.isEmpty, progress.now == .fencing, ContinuousClock.now < end {
      for index in open.indices.reversed() {
        do throws(KafkaError) {
          try open[index].producer.initTransactions(timeout: 100)
        } catch {
          if error.isRetriable { continue }
          throw error
        }
        open.remove(at: index).producer.close()
      }
    }
    return open.isEmpty
  }
}

extension ScorerSettings {
  /// A thread's `group.instance.id`: stable over restarts, different for each thread that runs.
  func memberName(thread number: Int) -> String { "\(instanceID)-\(number)" }

  /// The transactional id of the group's member of that name.
  func transactionalID(ofMember name: String) -> String { "\(groupID)-\(name)" }

  /// A producer that does nothing but take an id into use, which ends what is open under it.
  func successorConfiguration(_ transactionalID: String) -> ProducerConfiguration {
    var configuration = ProducerConfiguration(client: client)
    configuration.client.clientID += "-successor"
    configuration.transactionalID = transactionalID
    return configuration
  }
}
