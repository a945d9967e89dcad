/// How much of deals.changes may lie fetched and unread.
///
/// librdkafka holds its limits against each queue. While history is merged every partition has one of its own, so what all
/// of them may hold is shared out. Afterwards all have one together, whose limit is then that of one partition: it must not
/// be small. Below 2.2, librdkafka looks at a queue that was full again after up to a second, in which what lies there is used
/// up; but the more partitions there are, the more a single answer of the broker brings.
struct QueueLimits: Equatable {
  private static let allKibibytes = 768 * 1_024
  private static let allMessages = 1_200_000

  var kibibytes: Int
  var messages: Int

  init(partitions: Int) {
    kibibytes = min(max(Self.allKibibytes / max(partitions, 1), 2_048), 65_536)
    messages = min(max(Self.allMessages / max(partitions, 1), 5_000), 100_000)
  }
}
