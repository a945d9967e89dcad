import CLibrdkafka

/// Holds the handler that librdkafka's rebalance callback leads to.
///
/// `@unchecked Sendable`: the handler is set and called on the consumer's own thread alone.
final class RebalanceState: @unchecked Sendable {
  var handler = RebalanceHandler()
  private var removed: Set<TopicPartition> = []

  func noteRemoved(_ partitions: [TopicPartition]) { removed.formUnion(partitions) }

  /// The partitions that went away since the last call.
  func takeRemoved() -> Set<TopicPartition> {
    guard !removed.isEmpty else { return [] }
    defer { removed = [] }
    return removed
  }
}

extension Consumer {
  static func rebalance(
    _ client: OpaquePointer?, _ code: rd_kafka_resp_err_t,
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, _ opaque: UnsafeMutableRawPointer?
  ) {
    guard let client, let list, let opaque else { return }
    let isCooperative = rd_kafka_rebalance_protocol(client).map { String(cString: $0) } == "COOPERATIVE"
    let partitions = PartitionList.partitions(of: list)
    let callbacks = Unmanaged<ClientHandle.Callbacks>.fromOpaque(opaque).takeUnretainedValue()
    let handler = callbacks.rebalancing?.handler
    guard code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else {
      callbacks.rebalancing?.noteRemoved(partitions)
      if rd_kafka_assignment_lost(client) != 0 {
        handler?.lost(partitions)
      } else {
        handler?.revoked(partitions)
      }
      finish(isCooperative ? rd_kafka_incremental_unassign(client, list) : nil)
      if !isCooperative { rd_kafka_assign(client, nil) }
      return
    }
    let starts = handler?.assigned(partitions) ?? [:]
    for index in 0..<Int(list.pointee.cnt) {
      let key = partitions[index]
      if let start = starts[key] { list.pointee.elems[index].offset = start.rawValue }
    }
    finish(isCooperative ? rd_kafka_incremental_assign(client, list) : nil)
    if !isCooperative { rd_kafka_assign(client, list) }
  }

  /// An error here means that the assignment has changed again meanwhile; the next callback tells.
  private static func finish(_ error: OpaquePointer?) {
    if let error { rd_kafka_error_destroy(error) }
  }
}
