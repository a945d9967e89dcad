/// A file as a whole, compressed with gzip or zstd or not at all.
enum FileBytes {
  /// - Throws: `ReplayError` where the file can't be opened or is damaged.
  static func read(path: String) throws(ReplayError) -> [UInt8] {
    let file = try UnpackedFile(path: path)
    var bytes: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
    defer { piece.deallocate() }
    while true {
      let count = try file.read(into: piece)
      if count == 0 { return bytes }
      bytes.append(contentsOf: piece[..<count])
    }
  }
}
