import Foundation
import Synchronization

/// Where log lines go. A line is written whole or counted as lost: a full disk never stops a program. Safe from any thread.
public final class LogSink: Sendable {
  private let output: @Sendable ([UInt8]) -> Bool
  private let lostLines = Atomic<Int>(0)
  private let turn = Mutex(())

  /// A sink.
  ///
  /// - Parameter output: Writes a line with its line end; false where it could not. Called by one thread at a time.
  public init(_ output: @escaping @Sendable ([UInt8]) -> Bool) { self.output = output }

  /// Lines that could not be written since the start.
  public var lost: Int { lostLines.load(ordering: .relaxed) }

  /// Standard error.
  public static let standardError = LogSink { line in
    do {
      try FileHandle.standardError.write(contentsOf: Data(line))
      return true
    } catch {
      return false
    }
  }

  func write(_ line: String) {
    let bytes = Array(line.utf8)
    if turn.withLock({ _ in output(bytes) }) { return }
    lostLines.add(1, ordering: .relaxed)
  }
}
