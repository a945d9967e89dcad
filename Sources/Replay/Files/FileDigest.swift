import Crypto
import Foundation

/// What tells a file's content from another's.
public struct FileDigest: Hashable, Sendable {
  /// Bytes as they are on disk.
  public private(set) var bytes = 0
  /// SHA-256 of them, in hexadecimal.
  public let sha256: String

  /// Reads a file through.
  ///
  /// - Throws: `ReplayError` where it can't be read.
  public init(path: String) throws(ReplayError) {
    guard let file = FileHandle(forReadingAtPath: path) else { throw .unopened(file: path) }
    defer { try? file.close() }
    var hash = SHA256()
    do {
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        bytes += piece.count
        hash.update(data: piece)
      }
    } catch {
      throw .damaged(file: path, reason: error.localizedDescription)
    }
    let digits = Array("0123456789abcdef".utf8)
    sha256 = String(decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
