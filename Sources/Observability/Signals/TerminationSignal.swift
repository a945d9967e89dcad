import Dispatch
import Foundation
import Synchronization

/// Turns SIGTERM and SIGINT into an orderly stop: the first calls a handler, the second ends the process at once with 128
/// and the signal's number.
///
/// Keep the value as long as signals are to be handled. One in a process.
public final class TerminationSignal {
  private let sources: [any DispatchSourceSignal]
  private let numbers: [Int32]

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - numbers: The signals.
  ///   - handler: Is called once with the first signal's number, on a queue of its own: it may block.
  public init(_ numbers: [Int32] = [SIGTERM, SIGINT], handler: @escaping @Sendable (Int32) -> Void) {
    let arrivals = Arrivals()
    // Arrivals are counted on one queue and handled on another, so that a handler that hangs can't hold up the second.
    let queue = DispatchQueue(label: "dealpulse.signals")
    self.numbers = numbers
    sources = numbers.map { number in
      // Dispatch only watches: without this the signal's default action would still end the process.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        guard arrivals.isFirst else { _exit(128 + number) }
        DispatchQueue.global().async { handler(number) }
      }
      source.resume()
      return source
    }
  }

  deinit { cancel() }

  /// Stops listening; signals then have their default action again.
  public func cancel() {
    for source in sources where !source.isCancelled { source.cancel() }
    for number in numbers { signal(number, SIG_DFL) }
  }
}

/// Tells the first arrival from those behind it.
private final class Arrivals: Sendable {
  private let hasCome = Atomic<Bool>(false)

  var isFirst: Bool { !hasCome.exchange(true, ordering: .relaxed) }
}
