import Deals

/// Offsets that are missing between others of their partition, as where a part of a dump was lost.
///
/// A transaction's marker takes an offset of its own and is never handed out, so single offsets are counted apart: they may
/// be nothing at all.
public struct OffsetGaps: Hashable, Sendable {
  /// More than one offset that is missing.
  public struct Gap: Hashable, Sendable {
    /// The partition.
    public var partition: Int32
    /// The first offset that is missing.
    public var first: Int64
    /// The last one.
    public var last: Int64
  }

  /// How many are kept.
  static let kept = 3

  /// How many gaps of more than one offset there are.
  public private(set) var count = 0
  /// How many offsets are missing in them.
  public private(set) var offsets: Int64 = 0
  /// The first of them, by partition and offset.
  public private(set) var first: [Gap] = []
  /// How many single offsets are missing.
  public private(set) var single = 0

  /// None.
  public init() {}

  /// What is missing between records, in any order. What lies before the first of a partition may have passed its
  /// retention, and is not missed.
  public init(_ positions: [SourcePosition]) {
    var before: SourcePosition?
    for position in positions.sorted(by: { ($0.partition, $0.offset) < ($1.partition, $1.offset) }) {
      if let before, before.partition == position.partition, position.offset - before.offset > 1 {
        add(Gap(partition: position.partition, first: before.offset + 1, last: position.offset - 1))
      }
      before = position
    }
  }

  private mutating func add(_ gap: Gap) {
    guard gap.last > gap.first else { return single += 1 }
    count += 1
    offsets += gap.last - gap.first + 1
    if first.count < Self.kept { first.append(gap) }
  }

  /// Both together: of several inputs.
  mutating func add(_ other: OffsetGaps) {
    count += other.count
    offsets += other.offsets
    first += other.first.prefix(Self.kept - first.count)
    single += other.single
  }

  /// What to say of them, a line each; nothing where there are none.
  ///
  /// - Parameter topic: The topic, such as deals.changes.
  public func report(of topic: String) -> [String] {
    var lines = first.map {
      "offsets \(Figures.count(Int($0.first))) to \(Figures.count(Int($0.last))) of partition \($0.partition) of \(topic) are missing"
    }
    if count > 0 {
      let gaps = count == 1 ? "1 gap" : "\(Figures.count(count)) gaps"
      lines.append(
        "\(gaps) in \(topic), \(Figures.count(Int(offsets))) offsets in all: what was written there is not known. Dump the topic "
          + "again where it should be whole")
    }
    if single > 0 {
      let offsets = single == 1 ? "1 single offset" : "\(Figures.count(single)) single offsets"
      lines.append("\(offsets) of \(topic) \(single == 1 ? "is" : "are") missing: markers of transactions leave such")
    }
    return lines
  }
}
