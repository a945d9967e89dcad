import Deals
import Foundation

/// One line of a dump: a record with its place, as `kcat -J` writes it (topic, partition, offset, ts, key, payload); the
/// names timestamp and value are understood too.
struct DumpRecord {
  /// Why a line is no record.
  struct Failure: Error {
    var reason: String
  }

  var topic: String
  var position: SourcePosition
  var timestamp: Timestamp?
  var key: [UInt8]?
  var value: [UInt8]?
  /// Headers of text; the last of a name counts.
  var headers: [String: String] = [:]
  /// All headers `ce_id`.
  var eventIDs: [String] = []
  /// Whether the line says what the key is, or that there is none.
  private let tellsKey: Bool

  /// The key, as far as the line tells it.
  var recordKey: RecordKey { key.map { .bytes($0) } ?? (tellsKey ? .none : .untold) }

  init(_ line: UnsafeRawBufferPointer) throws {
    guard let members = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
      throw Failure(reason: "it is no JSON object")
    }
    guard let topic = members["topic"] as? String else { throw Failure(reason: "it names no topic") }
    guard let partition = members["partition"] as? Int, let offset = members["offset"] as? Int,
      let number = Int32(exactly: partition)
    else { throw Failure(reason: "it has no partition or offset") }
    self.topic = topic
    position = SourcePosition(partition: number, offset: Int64(offset))
    timestamp = (members["ts"] ?? members["timestamp"]).flatMap { $0 as? Int }
      .map { Timestamp(milliseconds: Int64($0)) }
    key = (members["key"] as? String).map { Array($0.utf8) }
    tellsKey = members["key"] is NSNull || key != nil
    value = try Self.bytes(members["payload"] ?? members["value"], in: line)
    // kcat writes them as one list of names and values in turn.
    let list = members["headers"] as? [String] ?? []
    for index in stride(from: 0, to: list.count - 1, by: 2) {
      headers[list[index]] = list[index + 1]
      if list[index] == "ce_id" { eventIDs.append(list[index + 1]) }
    }
  }

  /// A value is the record's text; some tools write the value itself, which is taken as it stands in the line.
  private static func bytes(_ value: Any?, in line: UnsafeRawBufferPointer) throws -> [UInt8]? {
    guard let value, !(value is NSNull) else { return nil }
    if let text = value as? String { return Array(text.utf8) }
    let text = Array(line)
    // Without its value a record would be a deletion.
    guard let members = WrittenJSON(text)?.members,
      let member = members.last(where: { $0.name == "payload" }) ?? members.last(where: { $0.name == "value" })
    else { throw Failure(reason: "its value holds a number that no reader can hold") }
    return Array(text[member.place])
  }

  /// Where a dead letter's record was read; nil where this is none.
  var refusedRecord: (topic: String, position: SourcePosition)? {
    guard let topic = headers["dl_topic"], let partition = headers["dl_partition"].flatMap({ Int32($0) }),
      let offset = headers["dl_offset"].flatMap({ Int64($0) })
    else { return nil }
    return (topic, SourcePosition(partition: partition, offset: offset))
  }

  func change(_ decoder: ChangeDecoder) throws(DecodeFailure) -> DealChange {
    let (key, value, timestamp, position) = (key, value, timestamp, position)
    return try Self.withBytes(key) { key throws(DecodeFailure) in
      try Self.withBytes(value) { value throws(DecodeFailure) in
        try decoder.decode(key: key, value: value, timestamp: timestamp, source: position, now: nil)
      }
    }
  }

  /// The value, decoded; nil where there is none.
  func decoded<Result>(
    _ decode: (UnsafeRawBufferPointer) throws(DecodeFailure) -> Result
  ) throws(DecodeFailure) -> Result? {
    try Self.withBytes(value) { bytes throws(DecodeFailure) -> Result? in
      guard let bytes else { return nil }
      return try decode(bytes)
    }
  }

  private static func withBytes<Result>(
    _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws(DecodeFailure) -> Result
  ) throws(DecodeFailure) -> Result {
    guard let bytes else { return try body(nil) }
    return try bytes.span.bytes.withUnsafeBytes { buffer throws(DecodeFailure) in try body(buffer) }
  }
}
