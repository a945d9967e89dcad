import Topics

/// The name of a topic that replays write to. It always ends in `deals.risk.replay.` and a name, so that no live topic can
/// be named.
public struct ReplayTopicName: Hashable, Sendable, CustomStringConvertible {
  /// The whole name.
  public let description: String

  /// The topic of a replay; nil where the name is not of 1 to 64 small letters, digits and dashes.
  public init?(_ name: String, topics: TopicNames) {
    let allowed = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard allowed, (1...64).contains(name.utf8.count) else { return nil }
    description = "\(topics.risk).replay.\(name)"
  }
}
