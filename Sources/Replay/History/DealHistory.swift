import Deals

/// A recorded history of deals: every change in the order of event time, and the deals in the order of the input.
///
/// Changes of the same instant keep the order in which they were read, so that the same input always replays alike.
public struct DealHistory: Sendable {
  /// Every change, earliest first.
  public let changes: [DealChange]
  /// The deals in the order in which the input first names them.
  public let deals: [DealID]

  /// A history of changes in the order in which they were read.
  ///
  /// - Parameters:
  ///   - changes: The changes; they are put in the order of event time.
  ///   - deals: The order of the deals in the input; nil where it is that of their first change as read.
  public init(_ changes: [DealChange], deals: [DealID]? = nil) {
    self.deals = deals ?? Self.firstAppearances(changes)
    self.changes = Self.inEventTime(changes)
  }

  /// Whether nothing has happened.
  public var isEmpty: Bool { changes.isEmpty }

  /// The instant of the last change, nil in an empty history.
  public var end: Timestamp? { changes.last?.occurredAt }

  static func firstAppearances(_ changes: [DealChange]) -> [DealID] {
    var seen: Set<DealID> = []
    return changes.compactMap { seen.insert($0.dealID).inserted ? $0.dealID : nil }
  }

  private static func inEventTime(_ changes: [DealChange]) -> [DealChange] {
    let isSorted = zip(changes, changes.dropFirst()).allSatisfy { $0.occurredAt <= $1.occurredAt }
    if isSorted { return changes }
    // The index decides among equals: Swift does not promise that its sort is stable.
    return changes.indices
      .sorted { (changes[$0].occurredAt, $0) < (changes[$1].occurredAt, $1) }
      .map { changes[$0] }
  }
}
