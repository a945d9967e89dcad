import CLibrdkafka

/// Which share-out of a group's partitions a member has taken part in. Each gives a partition to one member at most, and
/// their numbers grow one by one.
public struct GroupGeneration: Hashable, Sendable {
  /// The group's count of share-outs.
  public var number: Int32
  /// Who the member was in it.
  public var memberID: String

  /// A member's place in a generation.
  public init(number: Int32, memberID: String) {
    self.number = number
    self.memberID = memberID
  }

  /// Whether this is the very next generation of the same member: what it owned in both, nobody else owned in between.
  public func directlyFollows(_ earlier: GroupGeneration) -> Bool {
    memberID == earlier.memberID && earlier.number < .max && number == earlier.number + 1
  }
}

extension Consumer {
  /// The generation that this member belongs to; nil where it has none, or where librdkafka does not let it be known.
  ///
  /// librdkafka 2.0 says it to nobody, but packs it up with the rest of the member's metadata. The packing is its own affair,
  /// so what is found there counts only where metadata made anew from it, by the public call, packs up to the same bytes.
  public var generation: GroupGeneration? {
    guard let memberID, let metadata = groupMetadata(), let packed = metadata.packed else { return nil }
    let place = Self.packingName.utf8.count
    guard packed.count >= place + 4, packed.starts(with: Self.packingName.utf8) else { return nil }
    let number = packed.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Int32.self) }
    guard number >= 0 else { return nil }
    let made = GroupMetadata(
      groupID: configuration.groupID, generation: number, memberID: memberID,
      groupInstanceID: configuration.groupInstanceID)
    return made?.packed == packed ? GroupGeneration(number: number, memberID: memberID) : nil
  }

  /// Lets librdkafka look after this member's place in its group now, if a heartbeat is due.
  ///
  /// It looks after groups whenever its main thread has something to do, and that of a client where little happens has
  /// nothing to do for up to a second, however short the heartbeat's interval is. Any question makes it look.
  public func tendGroup() { _ = memberID }

  private static var packingName: String { "CGMDv2:" }
}

extension GroupMetadata {
  fileprivate init?(groupID: String, generation: Int32, memberID: String, groupInstanceID: String?) {
    guard
      let pointer = rd_kafka_consumer_group_metadata_new_with_genid(groupID, generation, memberID, groupInstanceID)
    else { return nil }
    self.init(pointer)
  }

  /// The bytes as which librdkafka hands metadata from one binding to another.
  fileprivate var packed: [UInt8]? {
    var buffer: UnsafeMutableRawPointer?
    var size = 0
    if let error = rd_kafka_consumer_group_metadata_write(pointer, &buffer, &size) {
      rd_kafka_error_destroy(error)
      return nil
    }
    guard let buffer else { return nil }
    defer { rd_kafka_mem_free(nil, buffer) }
    return [UInt8](UnsafeRawBufferPointer(start: buffer, count: size))
  }
}
