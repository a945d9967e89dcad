import CLibrdkafka

/// Headers for records of one kind: those that are always the same are laid out once.
///
/// `@unchecked Sendable`: the native list is only read (copied by librdkafka) after it is built.
public final class RecordHeaders: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Headers that every record of this kind carries.
  public init(_ headers: [MessageHeader]) {
    pointer = rd_kafka_headers_new(headers.count + 2)
    for header in headers {
      let count = header.value?.count ?? 0
      (header.value ?? []).withUnsafeBytes { bytes in
        _ = rd_kafka_header_add(
          pointer, header.name, -1, header.value == nil ? nil : bytes.baseAddress ?? Producer.nothing, count)
      }
    }
  }

  deinit { rd_kafka_headers_destroy(pointer) }
}
