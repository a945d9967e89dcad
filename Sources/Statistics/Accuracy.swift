import Foundation

/// How near the chances came to what happened.
public struct Accuracy: Sendable {
  /// One group of deals that were given like chances.
  public struct Bin: Sendable {
    /// Deals in it.
    public var deals: Int
    /// The mean of the chances.
    public var chance: Double
    /// The share that was won.
    public var winRate: Double
    /// The lowest and the highest chance.
    public var range: ClosedRange<Double>
    /// What the chances' own scatter within the bin adds to the score, summed over its deals.
    fileprivate var scatter: Double
  }

  /// The mean of (chance − outcome)²: 0 is perfect, and always naming the base rate gives `uncertainty`.
  public let brier: Double
  /// The interval that holds the true score in 95 of 100 cases, held in 0...1; nil of fewer than two deals. The normal
  /// approximation for a mean.
  public let brierInterval: ClosedRange<Double>?
  /// How far the chances of each bin lie from what happened in it; 0 is perfect.
  public let reliability: Double
  /// How far what happened in the bins lies from the base rate; more is better.
  public let resolution: Double
  /// What the base rate alone leaves open.
  public let uncertainty: Double
  /// What the parts above leave out, as they look at the bins' mean chances alone: the variance of the chances within bins,
  /// less twice their covariance with what happened. reliability − resolution + uncertainty + this is the score.
  public let withinBins: Double
  /// The mean of −ln(the chance that was given to what happened), each held at −ln(`leastChance`).
  public let logLoss: Double
  /// How many forecasts gave what happened `leastChance` or less: they were certain, and wrong.
  public let certainAndWrong: Int
  /// A chance of 0 that came true would cost infinitely much; this is what scikit-learn holds it at.
  public static let leastChance = 1e-15
  /// Ten groups of equal size where chances differ enough; equal chances are never torn apart.
  public let bins: [Bin]

  /// Nil without deals. Decomposition: Murphy (1973) over the bins, with the components within them of Stephenson, Coelho and
  /// Jolliffe (2008), so that the parts add up whatever the bins.
  public init?(_ forecasts: [Forecast]) {
    guard !forecasts.isEmpty else { return nil }
    let count = Double(forecasts.count)
    let base = Double(forecasts.count { $0.isWon }) / count
    var (squares, fourths) = (0.0, 0.0)
    var logs = 0.0
    var certain = 0
    for forecast in forecasts {
      let outcome = forecast.isWon ? 1.0 : 0
      let square = (forecast.chance - outcome) * (forecast.chance - outcome)
      squares += square
      fourths += square * square
      let given = forecast.isWon ? forecast.chance : 1 - forecast.chance
      if given <= Self.leastChance { certain += 1 }
      logs -= log(min(max(given, Self.leastChance), 1 - Self.leastChance))
    }
    brier = squares / count
    // The variance of the squares; rounding may leave it a hair below 0 where all are equal.
    let variance = max(0, (fourths - squares * brier) / max(1, count - 1))
    let half = Normal.quantile(0.975) * (variance / count).squareRoot()
    brierInterval = forecasts.count > 1 ? max(0, brier - half)...min(1, brier + half) : nil
    logLoss = logs / count
    certainAndWrong = certain
    uncertainty = base * (1 - base)
    bins = Self.bins(forecasts)
    reliability = bins.reduce(0) { $0 + Double($1.deals) * pow($1.chance - $1.winRate, 2) } / count
    resolution = bins.reduce(0) { $0 + Double($1.deals) * pow($1.winRate - base, 2) } / count
    withinBins = bins.reduce(0) { $0 + $1.scatter } / count
  }

  private static func bins(_ forecasts: [Forecast]) -> [Bin] {
    let sorted = forecasts.sorted { $0.chance < $1.chance }
    var bins: [Bin] = []
    var start = 0
    for tenth in 1...10 {
      var end = max(start, sorted.count * tenth / 10)
      while end > start, end < sorted.count, sorted[end].chance == sorted[end - 1].chance { end += 1 }
      guard end > start else { continue }
      let part = sorted[start..<end]
      let deals = Double(part.count)
      let (chance, rate) = (part.reduce(0) { $0 + $1.chance } / deals, Double(part.count { $0.isWon }) / deals)
      let scatter = part.reduce(0) { sum, forecast in
        let off = forecast.chance - chance
        return sum + off * (off - 2 * ((forecast.isWon ? 1 : 0) - rate))
      }
      bins.append(
        Bin(
          deals: part.count, chance: chance, winRate: rate, range: sorted[start].chance...sorted[end - 1].chance,
          scatter: scatter))
      start = end
    }
    return bins
  }
}

/// How well the riskiest deals are the ones that are lost.
public struct LossRanking: Sendable {
  /// The mean precision over the recall of lost deals, deals of equal risk taken together; the share of lost deals is what
  /// chance gives.
  public let averagePrecision: Double
  /// For each tenth of the deals, riskiest first: the share lost there, divided by the share lost of all.
  public let lift: [Double]

  /// Nil where no deal was lost.
  public init?(_ forecasts: [Forecast]) {
    let lost = forecasts.count { !$0.isWon }
    guard lost > 0 else { return nil }
    let sorted = forecasts.sorted { $0.chance < $1.chance }
    var sum = 0.0
    var (found, seen, start) = (0, 0, 0)
    // Losses up to each place; within equal risk they are spread evenly, so that no order is made up.
    var losses: [Double] = [0]
    losses.reserveCapacity(sorted.count + 1)
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].chance == sorted[start].chance { end += 1 }
      let here = sorted[start..<end].count { !$0.isWon }
      for place in 1...(end - start) { losses.append(Double(found) + Double(here * place) / Double(end - start)) }
      found += here
      seen = end
      sum += Double(here) / Double(lost) * Double(found) / Double(seen)
      start = end
    }
    averagePrecision = sum
    let share = Double(lost) / Double(sorted.count)
    lift = (0..<10).compactMap { tenth in
      let (from, to) = (sorted.count * tenth / 10, sorted.count * (tenth + 1) / 10)
      guard to > from else { return nil }
      return (losses[to] - losses[from]) / Double(to - from) / share
    }
  }
}
