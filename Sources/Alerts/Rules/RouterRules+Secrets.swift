/// An environment variable that the rules need and that does not hold what they need.
public struct MissingVariable: Hashable, Sendable, CustomStringConvertible {
  /// What needs it, such as `the receiver mail`.
  public var reader: String
  /// Its name.
  public var variable: String
  /// What is wrong with it, such as `is not set`.
  public var fault: String

  /// The words.
  public var description: String { "\(reader) needs the environment variable \(variable), which \(fault)" }
}

extension RouterRules {
  /// The variables that receivers and feedback links need and an environment lacks, by receiver and name, feedback last.
  /// Without them each message to such a receiver would end among the dead letters, and links could be made up.
  public func missingVariables(in environment: [String: String]) -> [MissingVariable] {
    let ofReceivers = receivers.values.sorted { $0.name < $1.name }.flatMap { receiver in
      receiver.transport.secretVariables.filter { environment[$0, default: ""].isEmpty }.sorted()
        .map { MissingVariable(reader: "the receiver \(receiver.name)", variable: $0, fault: "is not set") }
    }
    guard let name = feedback?.secretVariable else { return ofReceivers }
    let length = environment[name, default: ""].utf8.count
    guard length < FeedbackSettings.minimumSecretBytes else { return ofReceivers }
    let fault = length == 0 ? "is not set" : "holds fewer than \(FeedbackSettings.minimumSecretBytes) characters"
    return ofReceivers + [MissingVariable(reader: "feedback", variable: name, fault: fault)]
  }
}
