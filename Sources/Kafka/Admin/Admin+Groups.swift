import CLibrdkafka

/// What a cluster says of a member of a consumer group.
public struct GroupMember: Hashable, Sendable {
  /// The id that the broker gave it.
  public var memberID: String
  /// The client's name for itself.
  public var clientID: String
  /// The name that is stable over restarts; nil of a member that has none.
  public var groupInstanceID: String?

  /// A member.
  public init(memberID: String, clientID: String, groupInstanceID: String?) {
    self.memberID = memberID
    self.clientID = clientID
    self.groupInstanceID = groupInstanceID
  }
}

extension Admin {
  /// The members that a group has at this moment, of its coordinator; none of a group that does not exist. The embedded
  /// broker does not say.
  ///
  /// - Throws: `KafkaError`, a retriable one where no answer came within `timeout` milliseconds.
  public func members(of group: String, timeout: Int32 = 5_000) throws(KafkaError) -> [GroupMember] {
    let event = try group.utf8CString.withUnsafeBufferPointer { name throws(KafkaError) in
      var names: [UnsafePointer<CChar>?] = [name.baseAddress]
      return try request(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, timeout, "members of \(group)") { options, queue in
        rd_kafka_DescribeConsumerGroups(handle.pointer, &names, names.count, options, queue)
      }
    }
    defer { rd_kafka_event_destroy(event) }
    guard let result = rd_kafka_event_DescribeConsumerGroups_result(event) else { return [] }
    var count = 0
    guard let groups = rd_kafka_DescribeConsumerGroups_result_groups(result, &count), count == 1 else { return [] }
    let error = rd_kafka_ConsumerGroupDescription_error(groups[0])
    let code = rd_kafka_error_code(error)
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, "members of \(group)") }
    return (0..<rd_kafka_ConsumerGroupDescription_member_count(groups[0])).map { index in
      Self.member(rd_kafka_ConsumerGroupDescription_member(groups[0], index))
    }
  }

  private static func member(_ native: OpaquePointer?) -> GroupMember {
    func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
    return GroupMember(
      memberID: text(rd_kafka_MemberDescription_consumer_id(native)) ?? "",
      clientID: text(rd_kafka_MemberDescription_client_id(native)) ?? "",
      groupInstanceID: text(rd_kafka_MemberDescription_group_instance_id(native)))
  }
}
