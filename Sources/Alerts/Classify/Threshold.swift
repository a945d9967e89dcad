import Deals

/// From which size on something is worth a message: enough dollars, or enough points.
public struct Threshold: Hashable, Sendable {
  /// Deals and shifts with at least so much at stake pass.
  public var amount = Money(cents: 5_000_000)
  /// A win rate that moved, or a score that rose, by at least so many points passes.
  public var points = 5.0

  /// $50,000 or 5 points.
  public init() {}

  /// Why a statement is held back, nil where it passes. What is neither a deal nor a shift always passes.
  public func reasonToHoldBack(_ source: AlertSource) -> String? {
    guard source.kind == .dealRisk || source.kind == .trendShift else { return nil }
    // Other shifts than those of a win rate have no points; their detectors know what is worth telling.
    if source.kind == .trendShift, source.points == nil { return nil }
    if let amount = source.amount, amount >= self.amount { return nil }
    let moved = source.points.map(abs) ?? source.scoreRise
    if let moved, moved >= points { return nil }
    let held = source.amount.map { Wording.dollars($0) } ?? "an unknown amount"
    let change = moved.map { "\(Wording.decimal($0)) points" } ?? "no earlier score"
    return "\(held) is below \(Wording.dollars(amount)), and \(change) below \(Wording.decimal(points)) points"
  }
}
