/// Why a transfer failed, by what to do about it.
public enum DeliveryFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// It may work later: no connection, a time-out, a broken answer, a server's fault.
  case transient(String)
  /// It was handed over whole, and no answer says what became of it: it may have arrived, and the next try may repeat it.
  case uncertain(String)
  /// The receiver asks to wait so many milliseconds.
  case rateLimited(milliseconds: Int64)
  /// It will not work until a person changes something.
  case permanent(String)

  /// The same without these texts, which nobody must read.
  func redacting(_ secrets: [String]) -> DeliveryFailure {
    func clean(_ text: String) -> String {
      secrets.filter { !$0.isEmpty }.reduce(text) { $0.replacing($1, with: "***") }
    }
    switch self {
    case .transient(let text): return .transient(clean(text))
    case .uncertain(let text): return .uncertain(clean(text))
    case .permanent(let text): return .permanent(clean(text))
    case .rateLimited: return self
    }
  }

  /// The words.
  public var description: String {
    switch self {
    case .transient(let text): "\(text); it is tried again"
    case .uncertain(let text): "\(text); it may have arrived, and is tried again"
    case .rateLimited(let milliseconds): "the receiver asks to wait \(milliseconds / 1_000) s; it is tried again then"
    case .permanent(let text): "\(text); mend it, then run alert-router dead-letters --retry"
    }
  }
}
