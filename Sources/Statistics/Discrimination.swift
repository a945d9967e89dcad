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

  /// Deals that must have been won, and lost, for an interval or a test: of fewer DeLong's variance is far too small.
  public static let minimumDeals = 10

  /// Whether as many deals were won and lost as an interval needs.
  private var isEnough: Bool { min(wonParts.count, lostParts.count) >= Self.minimumDeals }

  /// The interval that holds the true area in 95 of 100 cases; nil where fewer than `minimumDeals` were won, or lost.
  ///
  /// DeLong's variance on the scale of the log odds, where the estimate is nearer to normal (Qin and Hotilovac, 2008). A
  /// variance of 0, such as that of chances that part won from lost without a fault, says nothing: then it is the exact
  /// interval of a share among as many tries as the smaller class has deals.
  public var interval: ClosedRange<Double>? {
    guard isEnough, let variance else { return nil }
    guard variance > 0, auc > 0, auc < 1 else {
      return Binomial.interval(share: auc, of: min(wonParts.count, lostParts.count))
    }
    let middle = log(auc / (1 - auc))
    let half = Normal.quantile(0.975) * variance.squareRoot() / (auc * (1 - auc))
    func share(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
    return share(middle - half)...share(middle + half)
  }

  /// How probable a difference at least as large as this is between two models of equal skill, judged on the same deals;
  /// nil where it can't be told, as of fewer than `minimumDeals` won or lost.
  public static func pairedTest(_ left: Discrimination, _ right: Discrimination) -> (difference: Double, p: Double?)? {
    guard left.wonParts.count == right.wonParts.count, left.lostParts.count == right.lostParts.count,
      let leftVariance = left.variance, let rightVariance = right.variance, let shared = covariance(left, right)
    else { return nil }
    let difference = left.auc - right.auc
    guard left.isEnough else { return (difference, nil) }
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
