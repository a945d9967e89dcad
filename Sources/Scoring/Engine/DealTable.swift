import Deals

/// The deals of one partition: found by id, kept in blocks that never move, with what each was at the last commit.
///
/// A dictionary of the states themselves would double its memory whenever it grows; here only the small index does.
struct DealTable: Sendable {
  private struct Name: Sendable {
    /// nil where the place is empty; the state means nothing then.
    var id: DealID?
    /// The commit interval in which the place was last written to.
    var touched: UInt32

    static let empty = Name(id: nil, touched: 0)
  }

  private static let noState = DealState(
    createdAt: Timestamp(milliseconds: 0), stage: .qualified, stageEnteredAt: Timestamp(milliseconds: 0), amount: nil,
    descriptors: Descriptors(), expectedCloseAt: nil, status: .open, lastChangedAt: Timestamp(milliseconds: 0),
    recentEvents: RecentEvents())

  private struct Change: Sendable {
    var slot: Int32
    /// What the slot held at the last commit; nil where it held nothing.
    var id: DealID?
    var state: DealState?
  }

  private static let blockBits = 10
  private static let blockSize = 1 << blockBits

  private var index = DealIndex()
  /// The states, and apart from them the ids: looking for a deal need not fetch the states of others from memory.
  private var states: [[DealState]] = []
  private var names: [[Name]] = []
  private var vacant: [Int32] = []
  private var used: Int32 = 0
  private var journal: [Change] = []
  private var interval: UInt32 = 1
  private let canRollBack: Bool

  /// An empty table; one that need not roll back keeps nothing for it.
  init(canRollBack: Bool) { self.canRollBack = canRollBack }

  /// Deals kept, closed and deleted ones included.
  var count: Int { index.count }

  func place(of id: DealID) -> Int32? {
    index.place(of: id) { names[Self.block($0)][Self.row($0)].id == id }
  }

  /// The state in a place that holds a deal, looked at and changed where it lies: copies of it were a tenth of the cost
  /// of scoring. A change must be announced by `willChange` first.
  subscript(place: Int32) -> DealState {
    _read { yield states[Self.block(place)][Self.row(place)] }
    _modify { yield &states[Self.block(place)][Self.row(place)] }
  }

  func id(at place: Int32) -> DealID? { names[Self.block(place)][Self.row(place)].id }

  /// Keeps what a place holds for a rollback, once in a commit interval.
  mutating func willChange(_ place: Int32) {
    guard canRollBack else { return }
    let (block, row) = (Self.block(place), Self.row(place))
    guard names[block][row].touched != interval, let id = names[block][row].id else { return }
    journal.append(Change(slot: place, id: id, state: states[block][row]))
    names[block][row].touched = interval
  }

  mutating func insert(_ id: DealID, _ state: DealState) -> Int32 {
    let place = vacantPlace()
    if canRollBack { journal.append(Change(slot: place, id: nil, state: nil)) }
    fill(place, id, state)
    return place
  }

  mutating func remove(at place: Int32) {
    guard let id = id(at: place) else { return }
    willChange(place)
    empty(place, id)
    // Else the place is not reused before the commit: the journal may have to put the deal back into it.
    if !canRollBack { vacant.append(place) }
  }

  /// Takes in a state from the changelog: nothing to undo, nothing to publish.
  mutating func restore(_ id: DealID, _ state: DealState) {
    if let place = place(of: id) {
      self[place] = state
      return
    }
    fill(vacantPlace(), id, state)
  }

  mutating func restoreRemoval(of id: DealID) {
    guard let place = place(of: id) else { return }
    empty(place, id)
    vacant.append(place)
  }

  /// Every deal whose state changed since the last commit, with its state; nil where it was removed.
  func forEachChange(_ body: (DealID, DealState?) throws -> Void) rethrows {
    for change in journal {
      if let id = id(at: change.slot) {
        try body(id, self[change.slot])
      } else if let id = change.id {
        try body(id, nil)
      }
    }
  }

  /// How many deals changed since the last commit.
  var changes: Int { journal.count }

  mutating func commit() {
    for change in journal where id(at: change.slot) == nil { vacant.append(change.slot) }
    journal.removeAll(keepingCapacity: true)
    interval &+= 1
  }

  /// Puts everything back to the last commit. Returns the places that hold a deal again or still.
  mutating func rollback() -> [Int32] {
    var restored: [Int32] = []
    for change in journal.reversed() {
      if let current = id(at: change.slot) { empty(change.slot, current) }
      if let id = change.id, let state = change.state {
        fill(change.slot, id, state, touched: 0)
        restored.append(change.slot)
      } else {
        vacant.append(change.slot)
      }
    }
    journal.removeAll(keepingCapacity: true)
    interval &+= 1
    return restored
  }

  func forEach(_ body: (Int32, DealID, DealState) throws -> Void) rethrows {
    for place in 0..<used {
      if let id = id(at: place) { try body(place, id, self[place]) }
    }
  }

  private static func block(_ place: Int32) -> Int { Int(place) >> blockBits }
  private static func row(_ place: Int32) -> Int { Int(place) & (blockSize - 1) }

  private mutating func vacantPlace() -> Int32 {
    if let place = vacant.popLast() { return place }
    if Int(used) == states.count * Self.blockSize {
      states.append([DealState](repeating: Self.noState, count: Self.blockSize))
      names.append([Name](repeating: .empty, count: Self.blockSize))
    }
    used += 1
    return used - 1
  }

  private mutating func fill(_ place: Int32, _ id: DealID, _ state: DealState, touched: UInt32? = nil) {
    self[place] = state
    names[Self.block(place)][Self.row(place)] = Name(id: id, touched: touched ?? interval)
    index.insert(id, at: place)
  }

  private mutating func empty(_ place: Int32, _ id: DealID) {
    index.remove(id, at: place)
    self[place] = Self.noState
    names[Self.block(place)][Self.row(place)] = .empty
  }
}
