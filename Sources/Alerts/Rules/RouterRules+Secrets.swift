/// An environment variable that a receiver needs and that holds nothing.
public struct MissingVariable: Hashable, Sendable, CustomStringConvertible {
  /// The receiver that needs it.
  public var receiver: String
  /// Its name.
  public var variable: String

  /// The words.
  public var description: String {
    "the receiver \(receiver) needs the environment variable \(variable), which is not set"
  }
}

extension RouterRules {
  /// The variables that receivers need and an environment lacks, by receiver and name. Without them each message to such a
  /// receiver would end among the dead letters.
  public func missingVariables(in environment: [String: String]) -> [MissingVariable] {
    receivers.values.sorted { $0.name < $1.name }.flatMap { receiver in
      receiver.transport.secretVariables.filter { environment[$0, default: ""].isEmpty }.sorted()
        .map { MissingVariable(receiver: receiver.name, variable: $0) }
    }
  }
}
