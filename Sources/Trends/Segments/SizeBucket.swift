import Deals

/// The band of a deal's amount, with the reference data's bounds.
public enum SizeBucket: UInt8, CaseIterable, Sendable, Hashable {
  /// Up to $10,000.
  case small
  /// Above, up to $25,000.
  case medium
  /// Above, up to $50,000.
  case large
  /// Above $50,000.
  case enterprise

  /// The band of an amount.
  public init(_ amount: Money) {
    self =
      amount.cents <= 1_000_000
      ? .small : amount.cents <= 2_500_000 ? .medium : amount.cents <= 5_000_000 ? .large : .enterprise
  }

  /// The name on the wire.
  public var name: String {
    switch self {
    case .small: "Small (0-10K)"
    case .medium: "Medium (10-25K)"
    case .large: "Large (25-50K)"
    case .enterprise: "Enterprise (50K+)"
    }
  }
}
