import Deals

/// Changes up to an instant, one after the other, which can go on from where another left off.
protocol ChangeStream: AnyObject {
  /// When the change that comes next happened, nil at the end.
  var headTime: Timestamp? { get }
  /// Where the change that comes next begins.
  var place: StreamPlace { get }
  /// Takes the change that comes next; nil at the end.
  func take() throws -> DealChange?
  /// Adds the changes that come next to `batch`: so many at most.
  func take(_ count: Int, into batch: inout [DealChange]) throws
  /// Goes to a place that `place` named before.
  func resume(at place: StreamPlace) throws
  /// What could not be used so far.
  var unreadable: UnreadableLines { get }
  /// What else a reader should know of the input.
  var remarks: [String] { get }
  /// How far the changes so far were from the order of event time.
  var order: EventOrder { get }
  /// How much of the input has been read, from 0 to 1; nil where that is not known.
  var share: Double? { get }
}

extension ChangeStream {
  func take(_ count: Int, into batch: inout [DealChange]) throws {
    for _ in 0..<count {
      guard let change = try take() else { return }
      batch.append(change)
    }
  }

  /// What else a reader should know of the input.
  var remarks: [String] { [] }
}

/// A place in a stream of changes.
struct StreamPlace: Codable, Hashable, Sendable {
  /// Bytes of text, or changes, that lie before.
  var position: Int64
  /// Lines that lie before.
  var line: Int
  /// Lines before that could not be used.
  var unreadable: Int
  /// How far the changes so far are from the order of event time, the one that comes next included; nil where it is not kept.
  var order: EventOrder?
}

/// Lines that could not be used: all are counted, the first are kept; and what is missing between the lines of a dump.
public struct UnreadableLines: Sendable {
  /// How many lines are kept in full.
  public static let kept = 20
  /// How many there are.
  public internal(set) var count = 0
  /// The first of them.
  public internal(set) var first: [UnreadableLine] = []
  /// Offsets that are missing between the records of a dump.
  public internal(set) var gaps = OffsetGaps()

  mutating func add(_ line: @autoclosure () -> UnreadableLine) {
    count += 1
    if first.count < Self.kept { first.append(line()) }
  }
}
