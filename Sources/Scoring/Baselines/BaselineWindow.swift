/// How far back a baseline looks from the ledger's newest day.
public enum BaselineWindow: UInt8, CaseIterable, Sendable, Hashable {
  /// Four weeks.
  case days28
  /// A quarter.
  case days90
  /// A year.
  case days365
  /// The whole ledger.
  case all

  /// Days that it holds, the newest included; nil for the whole ledger.
  public var days: Int? {
    switch self {
    case .days28: 28
    case .days90: 90
    case .days365: 365
    case .all: nil
    }
  }

  /// The window of so many days (28, 90 or 365), else nil.
  public init?(days: Int) {
    guard let window = Self.allCases.first(where: { $0.days == days }) else { return nil }
    self = window
  }
}
