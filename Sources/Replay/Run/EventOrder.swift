import Deals

/// How far the changes of an input are from the order of event time.
///
/// A live stream is a little out of order, and a deal's own late changes are left out by the engine. What lies further back
/// was most likely put together wrongly: deals are then scored with outcomes of their future.
public struct EventOrder: Hashable, Sendable, Codable {
  /// A change that stands behind a later one.
  public struct Straggler: Hashable, Sendable, Codable {
    /// The file.
    public var file: String
    /// The line's number, from 1.
    public var line: Int
    /// How much earlier it happened than the latest change before it, in milliseconds.
    public var milliseconds: Int64

    /// file:line, and how far behind it stands.
    public var description: String { "\(file):\(line): it happened \(EventOrder.words(milliseconds)) before" }
  }

  /// How many are kept with their lines.
  static let kept = 3

  /// How many changes stand behind later ones.
  public private(set) var stragglers = 0
  /// By how much at most, in milliseconds.
  public private(set) var furthest: Int64 = 0
  /// The first of them.
  public private(set) var first: [Straggler] = []
  private var latest = Int64.min

  /// Nothing read yet.
  public init() {}

  /// Takes in the change in the next line.
  @inline(__always)
  mutating func note(_ occurredAt: Timestamp, _ file: @autoclosure () -> String, _ line: @autoclosure () -> Int) {
    if occurredAt.milliseconds >= latest {
      latest = occurredAt.milliseconds
    } else {
      add(Straggler(file: file(), line: line(), milliseconds: latest - occurredAt.milliseconds))
    }
  }

  @inline(never)
  private mutating func add(_ straggler: Straggler) {
    stragglers += 1
    furthest = max(furthest, straggler.milliseconds)
    if first.count < Self.kept { first.append(straggler) }
  }

  /// Both together: of several inputs.
  mutating func add(_ other: EventOrder) {
    stragglers += other.stragglers
    furthest = max(furthest, other.furthest)
    first += other.first.prefix(Self.kept - first.count)
  }

  /// What to say of it, a line each; nothing where every change stands where it happened.
  public var report: [String] {
    guard stragglers > 0 else { return [] }
    let one = stragglers == 1
    return first.map(\.description) + [
      "\(stragglers) \(one ? "change stands" : "changes stand") behind later ones, by up to \(Self.words(furthest)): scores "
        + "there know outcomes of their future. Sort the file by occurred_at, or give each partition as a file of its own"
    ]
  }

  /// A length of time in its largest whole unit.
  static func words(_ milliseconds: Int64) -> String {
    let units: [(name: String, length: Int64)] = [
      ("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000),
    ]
    for unit in units where milliseconds >= unit.length {
      let count = milliseconds / unit.length
      return "\(count) \(unit.name)\(count == 1 ? "" : "s")"
    }
    return "\(milliseconds) ms"
  }
}
