import Foundation

/// A router's claim on a store: while it lives, no other router runs there. Two would send each other's messages again.
///
/// A lock on a file beside the store (`flock`), not on the store itself, which commands must read and write meanwhile. The
/// system releases it when the process ends, however it ends.
public final class StoreLock: Sendable {
  private let descriptor: Int32

  /// Takes the claim.
  ///
  /// - Parameter path: The store's file; the lock's is named like it, with `.lock` at the end.
  /// - Throws: `StoreError`, of the kind `taken` where another router holds it.
  public init(store path: String) throws(StoreError) {
    let file = "\(path).lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StoreError(kind: .inaccessible, path: path, text: "\(file): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      let owner = Self.owner(descriptor)
      close(descriptor)
      guard reason == EWOULDBLOCK else {
        throw StoreError(kind: .inaccessible, path: path, text: "\(file): \(String(cString: strerror(reason)))")
      }
      throw StoreError(kind: .taken, path: path, text: "another router\(owner) runs on it")
    }
    // For people only: the lock is what counts.
    _ = ftruncate(descriptor, 0)
    let words = Array("\(getpid())\n".utf8)
    _ = pwrite(descriptor, words, words.count, 0)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func owner(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber }
    return digits.isEmpty ? "" : ", process \(digits),"
  }
}
