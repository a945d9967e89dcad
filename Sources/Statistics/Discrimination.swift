import Foundation

/// How well chances put won deals before lost ones: the area under the ROC curve with its uncertainty.
///
/// DeLong, DeLong and Clarke-Pearson (1988), computed by midranks as in Sun and Xu (2014): O(n log n).
public struct Discrimination: Sendable {
  /// The chance that a won deal was given more than a lost one, ties counting half.
  public let auc: Double
  private let wonParts: [Double]
  private let lostParts: [Double]

  /// Nil where there are not both won and lost deals.
  public init?(_ forecasts: [Forecast]) {
    let order = forecasts.indices.sorted { forecasts[$0].chance < forecasts[$1].chance }
    let wonCount = forecasts.count { $0.isWon }
    let lostCount = forecasts.count - wonCount
    guard wonCount > 0, lostCount > 0 else { return nil }
    var parts = [Double](repeating: 0, count: forecasts.count)
    var (lostBelow, wonBelow) = (0, 0)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, forecasts[order[end]].chance == forecasts[order[start]].chance { end += 1 }
      let won = order[start..<end].count { forecasts[$0].isWon }
      let lost = end - start - won
      for index in order[start..<end] {
        parts[index] =
          forecasts[index].isWon
          ? (Double(lostBelow) + Double(lost) / 2) / Double(lostCount)
          : (Double(wonCount - wonBelow - won) + Double(won) / 2) / Double(wonCount)
      }
      wonBelow += won
      lostBelow += lost
      start = end
    }
    wonParts = forecasts.indices.filter { forecasts[$0].isWon }.map { parts[$0] }
    lostParts = forecasts.indices.filter { !forecasts[$0].isWon }.map { parts[$0] }
    auc = wonParts.reduce(0, +) / Double(wonCount)
  }

  /// The variance of the area; nil where a class has fewer than two deals.
  public var variance: Double? { Self.covariance(self, self) }

  /// The interval that holds the true area in 95 of 100 cases, held in 0...1; nil where it can't be told.
  public var interval: ClosedRange<Double>? {
    guard let variance else { return nil }
    let half = Normal.quantile(0.975) * variance.squareRoot()
    return max(0, auc - half)...min(1, auc + half)
  }

  /// How probable a difference at least as large as this is between two models of equal skill, judged on the same deals;
  /// nil where it can't be told.
  public static func pairedTest(_ left: Discrimination, _ right: Discrimination) -> (difference: Double, p: Double?)? {
    guard left.wonParts.count == right.wonParts.count, left.lostParts.count == right.lostParts.count,
      let leftVariance = left.variance, let rightVariance = right.variance, let shared = covariance(left, right)
    else { return nil }
    let difference = left.auc - right.auc
    let variance = leftVariance + rightVariance - 2 * shared
    guard variance > 0 else { return (difference, difference == 0 ? 1 : nil) }
    return (difference, Normal.twoSided(difference / variance.squareRoot()))
  }

  private static func covariance(_ left: Discrimination, _ right: Discrimination) -> Double? {
    guard let won = covariance(left.wonParts, right.wonParts), let lost = covariance(left.lostParts, right.lostParts)
    else { return nil }
    return won / Double(left.wonParts.count) + lost / Double(left.lostParts.count)
  }

  private static func covariance(_ left: [Double], _ right: [Double]) -> Double? {
    guard left.count > 1, left.count == right.count else { return nil }
    let count = Double(left.count)
    let (leftMean, rightMean) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
    var sum = 0.0
    for index in left.indices { sum += (left[index] - leftMean) * (right[index] - rightMean) }
    return sum / (count - 1)
  }
}
