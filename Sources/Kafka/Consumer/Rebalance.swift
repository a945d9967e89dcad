/// What a group does with a member's partitions. Handlers run within `poll`, on its thread.
public struct RebalanceHandler {
  /// These partitions are now this member's. Returns where to start reading; a partition left out starts as `.stored`.
  public var assigned: ([TopicPartition]) -> [TopicPartition: StartOffset]
  /// These go to another member when this returns: the last chance to commit what was done for them.
  public var revoked: ([TopicPartition]) -> Void
  /// These went to another member already: drop everything about them and write nothing.
  public var lost: ([TopicPartition]) -> Void

  /// A handler.
  public init(
    assigned: @escaping ([TopicPartition]) -> [TopicPartition: StartOffset] = { _ in [:] },
    revoked: @escaping ([TopicPartition]) -> Void = { _ in }, lost: @escaping ([TopicPartition]) -> Void = { _ in }
  ) {
    self.assigned = assigned
    self.revoked = revoked
    self.lost = lost
  }
}
