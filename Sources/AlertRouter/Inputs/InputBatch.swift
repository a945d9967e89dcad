import AlertDelivery

/// What was read, and where reading goes on.
struct InputBatch {
  /// In the order in which it came.
  var statements: [Statement] = []
  /// The next offset of each partition that something was read from.
  var offsets: [InputPartition: Int64] = [:]
}
