import CZlib
import CZstd

/// Turns the bytes of a compressed file into those that were compressed, piece by piece.
protocol Unpacker: AnyObject {
  /// Unpacks from `input` into `output`; says how much of each was used.
  ///
  /// - Throws: `UnpackFailure` where the input is damaged.
  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(UnpackFailure) -> (read: Int, written: Int)
  /// Whether the input so far ends where a whole member or frame does: what ends elsewhere was cut off.
  var isWhole: Bool { get }
}

/// Why compressed bytes can't be unpacked.
struct UnpackFailure: Error {
  var reason: String
}

/// How a file is compressed, told by its first bytes: a name may say anything.
enum Compression {
  case none
  case gzip
  case zstd

  /// Bytes that are needed to tell.
  static let markLength = 4

  init(_ head: some Collection<UInt8>) {
    let mark = Array(head.prefix(Self.markLength))
    // RFC 1952 and RFC 8878; the second of zstd's is a frame to be skipped, which tools put in front.
    switch mark {
    case [0x28, 0xB5, 0x2F, 0xFD]: self = .zstd
    case let mark where mark.count == 4 && mark[0] & 0xF0 == 0x50 && mark[1...] == [0x2A, 0x4D, 0x18]: self = .zstd
    case let mark where mark.starts(with: [0x1F, 0x8B]): self = .gzip
    default: self = .none
    }
  }

  func unpacker() -> (any Unpacker)? {
    switch self {
    case .none: nil
    case .gzip: GzipUnpacker()
    case .zstd: ZstdUnpacker()
    }
  }
}

/// gzip by zlib: any number of members, one after the other; what follows the last one is left out, as gzip does.
final class GzipUnpacker: Unpacker {
  private var stream = z_stream()
  private var isBetweenMembers = false
  private var isPastTheLast = false

  init() {
    // 15 bits of window, and 16 for a gzip header.
    let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "out of memory")
  }

  deinit { inflateEnd(&stream) }

  var isWhole: Bool { isBetweenMembers || isPastTheLast }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(UnpackFailure) -> (read: Int, written: Int) {
    if isBetweenMembers, input.first != 0x1F { isPastTheLast = true }
    if isPastTheLast { return (input.count, 0) }
    isBetweenMembers = false
    // zlib takes its input as mutable and does not change it.
    stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(input.count)
    stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = UInt32(output.count)
    let status = inflate(&stream, Z_NO_FLUSH)
    if status == Z_STREAM_END {
      isBetweenMembers = true
      inflateReset(&stream)
    } else if status != Z_OK, status != Z_BUF_ERROR {
      throw UnpackFailure(reason: stream.msg.map { String(cString: $0) } ?? "zlib's error \(status)")
    }
    return (input.count - Int(stream.avail_in), output.count - Int(stream.avail_out))
  }
}

/// zstd by its own library: any number of frames.
final class ZstdUnpacker: Unpacker {
  private let stream: OpaquePointer
  private(set) var isWhole = false

  init() {
    guard let stream = ZSTD_createDStream() else { preconditionFailure("out of memory") }
    self.stream = stream
  }

  deinit { ZSTD_freeDStream(stream) }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(UnpackFailure) -> (read: Int, written: Int) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(stream, &target, &source)
    if ZSTD_isError(status) != 0 { throw UnpackFailure(reason: String(cString: ZSTD_getErrorName(status))) }
    // Nothing more is expected once a frame has ended and all of it was handed out.
    isWhole = status == 0
    return (source.pos, target.pos)
  }
}
