import Testing

@testable import Replay
import Statistics

@Suite("Measures of skill")
struct MeasureTests {
  private func forecasts(_ pairs: [(Double, Int)]) -> [Forecast] {
    pairs.map { Forecast(chance: $0.0, isWon: $0.1 == 1) }
  }

  @Test("the AUC counts pairs, ties half")
  func auc() throws {
    let ranked = forecasts([(0.1, 0), (0.4, 0), (0.35, 1), (0.8, 1)])
    #expect(Discrimination(ranked)?.auc == 0.75)
    #expect(Discrimination(forecasts([(0.5, 0), (0.5, 1)]))?.auc == 0.5)
    #expect(Discrimination(forecasts([(0.5, 1), (0.6, 1)])) == nil)
  }

  /// By counting pairs, the definition in DeLong, DeLong and Clarke-Pearson (1988).
  private func slow(_ forecasts: [Forecast]) -> (auc: Double, variance: Double) {
    let won = forecasts.filter(\.isWon).map(\.chance)
    let lost = forecasts.filter { !$0.isWon }.map(\.chance)
    func wins(_ left: Double, _ right: Double) -> Double { left > right ? 1 : left == right ? 0.5 : 0 }
    let byWon = won.map { chance in lost.reduce(0) { $0 + wins(chance, $1) } / Double(lost.count) }
    let byLost = lost.map { chance in won.reduce(0) { $0 + wins($1, chance) } / Double(won.count) }
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
    let auc = byWon.reduce(0, +) / Double(won.count)
    return (auc, variance(byWon) / Double(won.count) + variance(byLost) / Double(lost.count))
  }

  @Test("the fast AUC and its variance are those of counting pairs", arguments: [1, 2, 3, 4] as [UInt64])
  func deLong(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let many = (0..<300).map { _ in
      let chance = Double(Int.random(in: 0..<40, using: &generator)) / 40
      return Forecast(chance: chance, isWon: generator.chance(0.2 + chance / 2))
    }
    let fast = try #require(Discrimination(many))
    let expected = slow(many)
    #expect(abs(fast.auc - expected.auc) < 1e-12, "seed \(seed)")
    #expect(abs(try #require(fast.variance) - expected.variance) < 1e-12, "seed \(seed)")
  }

  @Test("of fewer than ten won or lost deals the AUC has no interval and no test, however well they are parted")
  func fewDeals() throws {
    for (won, lost) in [(2, 2), (9, 40), (40, 9)] {
      let parted = try #require(
        Discrimination(
          forecasts((0..<won).map { (0.6 + Double($0) / 1_000, 1) } + (0..<lost).map { (0.4 - Double($0) / 1_000, 0) }))
      )
      #expect(parted.auc == 1)
      #expect(parted.interval == nil)
      let level = try #require(
        Discrimination(forecasts((0..<won).map { _ in (0.5, 1) } + (0..<lost).map { _ in (0.5, 0) })))
      #expect(Discrimination.pairedTest(parted, level)?.p == nil)
    }
    let report = SkillReport(forecasts: forecasts([(0.9, 1), (0.8, 1), (0.2, 0), (0.1, 0)]))
    let verdict = Verdict(inSample: report, leaveOneOut: report, pointInTime: report)
    #expect(verdict.skill == .unknown)
    #expect(verdict.sentence == "no verdict: 2 deals were won and 2 lost, and an interval needs 10 of each")
  }

  @Test("a variance of zero is not certainty: the interval is that of a share of the smaller class")
  func noVariance() throws {
    let parted = forecasts(
      (0..<12).map { (0.6 + Double($0) / 1_000, 1) } + (0..<10).map { (0.4 - Double($0) / 1_000, 0) })
    let interval = try #require(Discrimination(parted)?.interval)
    // 0.025^(1/10), of Clopper and Pearson.
    #expect(abs(interval.lowerBound - 0.691_502_892_18) < 1e-9 && interval.upperBound == 1)
    let equal = try #require(Discrimination(forecasts((0..<30).map { (0.5, $0 % 2) }))?.interval)
    #expect(equal.lowerBound < 0.3 && equal.upperBound > 0.7)
  }

  @Test("the interval stays within 0 and 1 and leaves out chance no more often than it may")
  func coverage() throws {
    var (missed, tries) = (0, 0)
    for seed in 1...400 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let noise = (0..<25).map { (Double.random(in: 0..<1, using: &generator), $0 < 10 ? 1 : 0) }
      let interval = try #require(Discrimination(forecasts(noise))?.interval)
      tries += 1
      if !interval.contains(0.5) { missed += 1 }
      #expect(interval.lowerBound >= 0 && interval.upperBound <= 1, "seed \(seed)")
    }
    // 5% and four standard errors.
    #expect(Double(missed) <= 0.05 * Double(tries) + 4 * (0.05 * 0.95 * Double(tries)).squareRoot(), "\(missed)")
  }

  @Test("a model compared with itself has no difference; with noise it has one that is seen")
  func paired() throws {
    var generator = SeededGenerator(seed: 5)
    let outcomes = (0..<800).map { _ in Double.random(in: 0..<1, using: &generator) }
    let good = outcomes.map { chance in
      Forecast(chance: chance, isWon: generator.chance(chance))
    }
    let noise = good.map { Forecast(chance: Double.random(in: 0..<1, using: &generator), isWon: $0.isWon) }
    let skilled = try #require(Discrimination(good))
    #expect(Discrimination.pairedTest(skilled, skilled)?.difference == 0)
    let unskilled = try #require(Discrimination(noise))
    let test = try #require(Discrimination.pairedTest(skilled, unskilled))
    #expect(test.difference > 0.2)
    #expect(try #require(test.p) < 1e-6)
  }

  @Test("Brier score, log loss and the decomposition by hand")
  func accuracy() throws {
    let accuracy = try #require(Accuracy(forecasts([(0.8, 1), (0.8, 1), (0.8, 0), (0.2, 0)])))
    #expect(abs(accuracy.brier - (0.04 + 0.04 + 0.64 + 0.04) / 4) < 1e-12)
    #expect(abs(accuracy.reliability - (3 * (0.8 - 2.0 / 3) * (0.8 - 2.0 / 3) + 0.04) / 4) < 1e-12)
    #expect(abs(accuracy.brier - (accuracy.reliability - accuracy.resolution + accuracy.uncertainty)) < 1e-12)
    #expect(accuracy.bins.map(\.deals) == [1, 3])
    // A chance of 0 that came true is held at 1e-15, not infinite, and counted.
    let certain = try #require(Accuracy(forecasts([(0, 1), (1, 0), (1, 1), (0.001, 1)])))
    #expect(certain.certainAndWrong == 2)
    #expect(try #require(Accuracy(forecasts([(0, 1)]))).logLoss < 35)
  }

  @Test("the parts of the Brier score add up to it, however the chances scatter", arguments: [1, 2, 3] as [UInt64])
  func decomposition(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let many = (0..<500).map { _ in
      let chance = Double.random(in: 0..<1, using: &generator)
      return Forecast(chance: chance, isWon: generator.chance(chance * chance))
    }
    let parts = try #require(Accuracy(many))
    let sum = parts.reliability - parts.resolution + parts.uncertainty + parts.withinBins
    #expect(abs(sum - parts.brier) < 1e-12, "seed \(seed)")
    // Chances that tell deals of a group apart make it negative.
    #expect(parts.withinBins < -1e-5, "seed \(seed)")
  }

  @Test("average precision and lift find lost deals; equal chances make neither")
  func ranking() throws {
    let perfect = try #require(LossRanking(forecasts([(0.1, 0), (0.2, 0), (0.8, 1), (0.9, 1)])))
    #expect(perfect.averagePrecision == 1)
    let flat = try #require(LossRanking(forecasts((0..<20).map { (0.5, $0 % 4 == 0 ? 1 : 0) })))
    #expect(flat.averagePrecision == 0.75)
    #expect(flat.lift.count == 10)
    #expect(flat.lift.allSatisfy { abs($0 - 1) < 1e-9 })
    #expect(LossRanking(forecasts([(0.3, 1)])) == nil)
  }
}
