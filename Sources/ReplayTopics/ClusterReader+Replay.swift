import Deals
import Replay

extension ClusterReader {
  /// The changes of a plan, whose offsets are fixed here. A replay that goes on from a checkpoint reads those that it was
  /// begun with, however far the topic reaches by now: else its changes would have other places than before.
  ///
  /// - Parameters:
  ///   - offsets: The offsets to read in each partition.
  ///   - instants: The event times to keep.
  /// - Returns: The changes, how many records could not be used, and what offsets are missing between those that were read.
  /// - Throws: `KafkaError`, `ClusterReaderError`, or `ReplayError` of the checkpoint.
  public func changes(
    for plan: inout ReplayPlan, offsets: Range<Int64>, instants: ClosedRange<Timestamp>
  ) throws -> (changes: [DealChange], unreadable: Int, gaps: OffsetGaps) {
    plan.spans = try plan.spansOfCheckpoint() ?? spans(within: offsets)
    return try changes(in: plan.spans, instants: instants)
  }
}
