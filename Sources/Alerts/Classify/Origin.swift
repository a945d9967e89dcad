/// A partition of one of the router's inputs. Its alerts belong to the router that reads it.
public struct Origin: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The inputs that a group of routers shares out.
  public enum Input: String, Codable, CaseIterable, Hashable, Sendable {
    /// `deals.risk`.
    case risk
    /// `deals.trends`.
    case trends
    /// `deals.reports`.
    case reports
  }

  /// The input.
  public var input: Input
  /// The partition.
  public var partition: Int32

  /// A partition.
  public init(_ input: Input, _ partition: Int32) {
    self.input = input
    self.partition = partition
  }

  /// Whoever reads the one partition of `deals.reports` also makes digests and speaks of the stream as a whole: Kafka keeps
  /// it at exactly one router, and gives it to another when that one fails.
  public static let leader = Origin(.reports, 0)

  /// Such as `risk-3`.
  public var description: String { "\(input.rawValue)-\(partition)" }
}
