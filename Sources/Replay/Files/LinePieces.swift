import Foundation

/// A file in pieces of whole lines, compressed with gzip or zstd or not at all, for whoever reads lines on several threads.
struct LinePieces {
  /// About how many bytes a piece has, where lines are shorter.
  static let size = 1 << 20

  private let file: UnpackedFile
  /// The beginning of a line whose end was not read yet.
  private var rest: [UInt8] = []
  private var isAtEnd = false
  private var isAtStart = true

  /// Opens a file.
  init(path: String) throws(ReplayError) { file = try UnpackedFile(path: path) }

  /// The next piece, which ends with a line's end, or where the file does; nil behind the last.
  mutating func next() throws(ReplayError) -> [UInt8]? {
    var piece = rest
    rest = []
    var searched = 0
    while !isAtEnd {
      try fill(&piece)
      if isAtStart, piece.starts(with: LineReader.byteOrderMark) { piece.removeFirst(LineReader.byteOrderMark.count) }
      isAtStart = false
      if let end = piece[searched...].lastIndex(of: 0x0A) {
        rest = Array(piece[(end + 1)...])
        piece.removeSubrange((end + 1)...)
        return piece
      }
      searched = piece.count
    }
    return piece.isEmpty ? nil : piece
  }

  /// Adds what makes up a piece, or what there is.
  private mutating func fill(_ piece: inout [UInt8]) throws(ReplayError) {
    let start = piece.count
    var end = start
    piece.append(contentsOf: repeatElement(0, count: Self.size))
    while end < piece.count, !isAtEnd {
      let (file, from) = (file, end)
      let count = try piece.withUnsafeMutableBytes { bytes in
        Result { () throws(ReplayError) in try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[from...]))
        }
      }.get()
      isAtEnd = count == 0
      end += count
    }
    piece.removeSubrange(end...)
  }

  /// Hands out each line of a piece that is not empty, with its number in the piece, from 1; returns the number of the last.
  static func forEachLine(_ piece: [UInt8], _ body: (Int, UnsafeRawBufferPointer) -> Void) -> Int {
    piece.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      var (start, line) = (0, 0)
      while start < bytes.count {
        let end = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base } ?? bytes.count
        line += 1
        let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        let content = UnsafeRawBufferPointer(rebasing: bytes[start..<(hasReturn ? end - 1 : end)])
        if !content.isEmpty { body(line, content) }
        start = end + 1
      }
      return line
    }
  }
}
