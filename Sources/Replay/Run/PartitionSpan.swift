/// The offsets of a partition that a replay reads. They are fixed when it begins: a topic goes on growing, and a change that
/// comes late has its place in the order of time before others that were read.
public struct PartitionSpan: Codable, Hashable, Sendable {
  /// The partition.
  public var partition: Int32
  /// The first offset that is read.
  public var first: Int64
  /// The offset before which reading ends; `first` where nothing is read.
  public var end: Int64

  /// Offsets of a partition.
  public init(partition: Int32, first: Int64, end: Int64) {
    self.partition = partition
    self.first = first
    self.end = end
  }
}
