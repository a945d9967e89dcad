/// A stretch of written text, which goes from a writer to whoever saves it, and comes back empty.
///
/// Unchecked, because whoever has a piece is alone with it: a queue hands it on, and nobody keeps it.
public final class TextPiece: @unchecked Sendable {
  var memory: UnsafeMutablePointer<UInt8>
  var capacity: Int
  /// Bytes that are written in it.
  public internal(set) var count = 0

  /// An empty piece with room for so many bytes.
  public init(capacity: Int) {
    self.capacity = capacity
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  /// Hands out what is written, for the length of a call.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  /// Forgets what is written and keeps the memory.
  public func removeAll() { count = 0 }
}
