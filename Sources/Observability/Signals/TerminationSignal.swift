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
    let registrations = DispatchGroup()
    self.numbers = numbers
    sources = numbers.map { number in
      #if !os(Linux)
        // There Dispatch only watches: without this the signal's default action would still end the process. On Linux it
        // takes the signal over, and one that comes before must not be lost: it ends the process, which has done nothing.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        guard arrivals.isFirst else { _exit(128 + number) }
        DispatchQueue.global().async { handler(number) }
      }
      registrations.enter()
      source.setRegistrationHandler { registrations.leave() }
      source.resume()
      return source
    }
    // Returns when no signal can be missed any more: some microseconds.
    registrations.wait()
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
