import Deals

/// The deals of one partition of `deals.changes` and the rules by which they change and are scored.
///
/// (state, baselines, model, change, now) → (state', ledger entries, risk events), without a clock, I/O or randomness.
/// The scorer, the replay tool and the tests all call it. Steps since the last `commit()` can be undone by `rollback()`.
public struct DealEngine: Sendable {
  /// The partition whose deals these are.
  public let partition: Int32
  /// What scores depend on.
  public let settings: EngineSettings
  /// The next offset of `deals.changes` to process, and the highest event time so far.
  public internal(set) var position = ChangelogPosition(nextOffset: 0, streamTime: nil)
  /// What has been seen since the start.
  public internal(set) var counters = EngineCounters()

  var deals: DealTable
  var queue = DueQueue()
  let reasons = Reasons()
  private var committed = ChangelogPosition(nextOffset: 0, streamTime: nil)

  /// An engine without deals. One that need not roll back keeps nothing for it, and does not know which deals have
  /// changed since the last commit.
  public init(partition: Int32, settings: EngineSettings, canRollBack: Bool = true) {
    self.partition = partition
    self.settings = settings
    deals = DealTable(canRollBack: canRollBack)
  }

  /// Deals kept: open ones, and closed or deleted ones for as long as `closedRetentionDays`.
  public var dealCount: Int { deals.count }

  /// The state of a deal, nil where it is not known.
  public func state(of id: DealID) -> DealState? { deals.place(of: id).map { deals[$0] } }

  /// Every deal with its state, in no order that means anything.
  public func forEachDeal(_ body: (DealID, DealState) throws -> Void) rethrows {
    try deals.forEach { _, id, state in try body(id, state) }
  }

  /// The earliest instant at which a deal may be due, nil where none is.
  public var nextDue: Timestamp? { queue.next }

  // MARK: Restoring

  /// Takes in a deal's record of `deals.state`; nil is its tombstone.
  public mutating func restore(_ id: DealID, _ state: DealState?) {
    guard let state else { return deals.restoreRemoval(of: id) }
    deals.restore(id, state)
  }

  /// Takes in the position's record of `deals.state`.
  public mutating func restore(_ position: ChangelogPosition) {
    self.position = position
    committed = position
  }

  /// Ends restoring: from here on steps may be made.
  public mutating func finishRestoring() {
    deals.commit()
    committed = position
    rebuildQueue()
  }

  // MARK: Commit and rollback

  /// Whether there is anything to write since the last commit.
  public var hasUncommittedChanges: Bool { deals.changes > 0 || position != committed }

  /// How many deals have changed since the last commit.
  public var uncommittedDeals: Int { deals.changes }

  /// Every deal that changed since the last commit, with its state now; nil where its record is to be a tombstone.
  public func forEachUncommittedDeal(_ body: (DealID, DealState?) throws -> Void) rethrows {
    try deals.forEachChange(body)
  }

  /// What was written is durable: it can't be undone any more.
  public mutating func commit() {
    deals.commit()
    committed = position
    if queue.count > 2 * deals.count + 1_024 { rebuildQueue() }
  }

  /// Puts deals and position back to the last commit. Counters stay: they count what was done, also in vain.
  public mutating func rollback() {
    for place in deals.rollback() { enqueue(place) }
    position = committed
  }

  /// From now on the wall clock drives the partition's due dates; kept with the position.
  public mutating func markLive() { position.isLive = true }

  mutating func enqueue(_ place: Int32) {
    guard deals.id(at: place) != nil, let due = settings.due(of: deals[place]) else { return }
    queue.insert(due, place)
  }

  private mutating func rebuildQueue() {
    var entries: [DueQueue.Entry] = []
    entries.reserveCapacity(deals.count)
    deals.forEach { place, _, state in
      if let due = settings.due(of: state) { entries.append(DueQueue.Entry(due: due, place: place)) }
    }
    queue.rebuild(entries)
  }
}
