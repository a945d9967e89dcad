import Configuration
import Deals

/// Who hears of what a route takes.
public enum Audience: String, CaseIterable, Codable, Hashable, Sendable, ConfigurationWord {
  /// The receiver's own channel, no person.
  case channel
  /// The rep who owns the deal.
  case rep
  /// The rep's manager.
  case manager
  /// The head of sales.
  case cro
}

/// A node of the routing tree. What it does not say, its parent says.
public struct Route: Hashable, Sendable {
  /// Its path of names, such as `root/critical`.
  public var id: String
  /// All must fit.
  public var matchers: [Matcher] = []
  /// Whether its siblings after it are asked too.
  public var continues = false
  /// The name of the receiver.
  public var receiver: String
  /// To whom.
  public var audience: Audience = .channel
  /// Alerts that agree in these fields share a message; nil puts each alert in a group of its own.
  public var groupBy: [String]? = []
  /// How long a new group waits for company.
  public var groupWait = Milliseconds(30_000)
  /// How long after a message the group's next news waits.
  public var groupInterval = Milliseconds(300_000)
  /// After how long what is still open is said again.
  public var repeatInterval = Milliseconds(4 * 86_400_000)
  /// Never during these intervals.
  public var mutedDuring: [String] = []
  /// Only during these, where there are any.
  public var activeDuring: [String] = []
  /// Who does not acknowledge within this time is passed over; nil for never.
  public var escalateAfter: Milliseconds?
  /// Routes within this one.
  public var children: [Route] = []

  /// A route that takes everything.
  public init(id: String, receiver: String) {
    self.id = id
    self.receiver = receiver
  }

  /// The key of the group that a statement belongs to.
  public func groupLabels(_ source: AlertSource) -> [String] {
    guard let groupBy else { return ["fingerprint=\(source.fingerprint.text)"] }
    return groupBy.map { "\($0)=\(source.text(of: $0))" }
  }
}
