import CSimdJSON

/// Reads JSON into values that are looked at in place. Belongs to one thread.
///
/// The unsafe part of decoding ends here: nodes point into memory that the native reader owns until its next `read`, so a
/// `JSONValue` lives no longer than the closure that is given it.
final class JSONReader {
  /// The largest document, in bytes.
  let maximumBytes: Int
  private let native: OpaquePointer
  private static let maximumDepth: UInt32 = 64

  init(maximumBytes: Int = 1_000_000) {
    self.maximumBytes = maximumBytes
    let names = WireKey.allCases.map { Array($0.name.utf8CString) }
    let lengths = names.map { UInt32($0.count - 1) }
    var storage: [UnsafePointer<CChar>?] = []
    // The native reader copies the names, so pointers into a joined buffer need to hold only for this call.
    let joined = names.flatMap(\.self)
    let made: OpaquePointer? = joined.withUnsafeBufferPointer { buffer in
      var start = 0
      for name in names {
        storage.append(buffer.baseAddress.map { $0 + start })
        start += name.count
      }
      return dp_reader_new(&storage, lengths, names.count, Self.maximumDepth)
    }
    guard let made else { preconditionFailure("out of memory") }
    native = made
  }

  deinit { dp_reader_free(native) }

  /// Reads a document and hands its root to `body`.
  @inline(__always)
  func read<Result>(
    _ bytes: UnsafeRawBufferPointer, _ body: (JSONValue) throws(DecodeFailure) -> Result
  ) throws(DecodeFailure) -> Result {
    guard bytes.count <= maximumBytes else {
      throw DecodeFailure(
        .oversized, nil, "the record has \(bytes.count) bytes, at most \(maximumBytes) are read: send it smaller")
    }
    var nodes: UnsafePointer<dp_node>?
    var count = 0
    let status = dp_reader_read(native, bytes.baseAddress, bytes.count, &nodes, &count)
    guard status == DP_OK, let nodes, count > 0 else { throw Self.failure(status) }
    return try body(JSONValue(nodes: nodes, index: 0))
  }

  private static func failure(_ status: dp_status) -> DecodeFailure {
    switch status {
    case DP_INVALID_UTF8: DecodeFailure(.invalidUTF8, nil, "the record is not UTF-8: encode it as UTF-8")
    case DP_TRUNCATED: DecodeFailure(.truncatedJSON, nil, "the JSON ends too early: send the whole record")
    case DP_EMPTY: DecodeFailure(.truncatedJSON, nil, "the record is empty: send the deal, whole")
    case DP_TOO_DEEP:
      DecodeFailure(.tooDeep, nil, "the JSON is nested deeper than \(maximumDepth) levels: flatten it")
    case DP_NUMBER_RANGE: DecodeFailure(.outOfRange, nil, "a number does not fit 64 bits: write it smaller")
    default: DecodeFailure(.malformedJSON, nil, "this is no JSON: send one JSON object in each record")
    }
  }
}

/// A value within a document that is being read.
struct JSONValue {
  fileprivate let nodes: UnsafePointer<dp_node>
  fileprivate let index: Int

  private var node: dp_node {
    @inline(__always) get { nodes[index] }
  }

  var isNull: Bool { node.kind == UInt8(DP_NULL.rawValue) }
  var isObject: Bool { node.kind == UInt8(DP_OBJECT.rawValue) }

  /// The bytes of a string, nil of anything else.
  var utf8: UnsafeRawBufferPointer? {
    guard node.kind == UInt8(DP_STRING.rawValue) else { return nil }
    return UnsafeRawBufferPointer(start: node.text, count: Int(node.length))
  }

  /// Whether this is a string of just these bytes.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    utf8?.isSame(as: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) ?? false
  }

  var string: String? { utf8.map { String(decoding: $0, as: UTF8.self) } }

  var integer: Int64? { node.kind == UInt8(DP_INTEGER.rawValue) ? node.integer : nil }

  var number: Double? {
    if node.kind == UInt8(DP_REAL.rawValue) { return node.real }
    return integer.map(Double.init)
  }

  var boolean: Bool? {
    node.kind == UInt8(DP_TRUE.rawValue) ? true : node.kind == UInt8(DP_FALSE.rawValue) ? false : nil
  }

  /// Every member of an object whose name we know, in the order of the text. Of anything else, none.
  @inline(__always)
  func forEachMember(_ body: (WireKey, JSONValue) throws(DecodeFailure) -> Void) throws(DecodeFailure) {
    guard isObject else { return }
    var member = index + 1
    while member < Int(node.end) {
      if nodes[member].key != 0, let key = WireKey(rawValue: nodes[member].key) {
        try body(key, JSONValue(nodes: nodes, index: member))
      }
      member = Int(nodes[member].end)
    }
  }

  /// Every element of an array; false where this is none.
  func forEachElement(_ body: (JSONValue) throws(DecodeFailure) -> Void) throws(DecodeFailure) -> Bool {
    guard node.kind == UInt8(DP_ARRAY.rawValue) else { return false }
    var element = index + 1
    while element < Int(node.end) {
      try body(JSONValue(nodes: nodes, index: element))
      element = Int(nodes[element].end)
    }
    return true
  }
}

extension UnsafeRawBufferPointer {
  /// Whether two stretches of memory hold the same bytes; eight at a time, which for short texts beats a call.
  @inline(__always)
  func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    if count >= 8 {
      // The last eight bytes may overlap those before them.
      for offset in stride(from: 0, to: count - 8, by: 8) where !isSame(as: other, at: offset, UInt64.self) {
        return false
      }
      return isSame(as: other, at: count - 8, UInt64.self)
    }
    if count >= 4 { return isSame(as: other, at: 0, UInt32.self) && isSame(as: other, at: count - 4, UInt32.self) }
    for offset in 0..<count where self[offset] != other[offset] { return false }
    return true
  }

  @inline(__always)
  private func isSame<Word: FixedWidthInteger & BitwiseCopyable>(
    as other: UnsafeRawBufferPointer, at offset: Int, _: Word.Type
  ) -> Bool {
    loadUnaligned(fromByteOffset: offset, as: Word.self) == other.loadUnaligned(fromByteOffset: offset, as: Word.self)
  }
}
