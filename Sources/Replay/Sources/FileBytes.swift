import CZlib

/// A file as a whole, gzip-compressed or not.
///
/// The raw buffer ends here: zlib writes into the array only within the call.
enum FileBytes {
  /// - Throws: `ReplayError` where the file can't be opened or is damaged.
  static func read(path: String) throws(ReplayError) -> [UInt8] {
    guard let file = gzopen(path, "rb") else { throw .unopened(file: path) }
    defer { gzclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let room = UInt32(piece.count)
      let count = piece.withUnsafeMutableBytes { gzread(file, $0.baseAddress, room) }
      if count > 0 { bytes.append(contentsOf: piece[..<Int(count)]) }
      var code: Int32 = 0
      if count <= 0, let text = gzerror(file, &code), code != 0 {
        throw .damaged(file: path, reason: String(cString: text))
      }
      if count <= 0 { return bytes }
    }
  }
}
