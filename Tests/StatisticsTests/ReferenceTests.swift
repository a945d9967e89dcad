import Statistics
import Testing

/// Values of SciPy 1.17 (scipy.stats, scipy.special), to the last digit that it prints.
@Suite("Distributions agree with SciPy to 1e-10") struct ReferenceTests {
  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-10 * max(abs(expected), 1e-300)
  }

  @Test(
    "The tail of chi-square",
    arguments: [
      (3.0, 1, 0.08326451666355042),
      (0.5, 2, 0.7788007830714049),
      (8.891924, 3, 0.030762867701663622),
      (40, 10, 1.694474393006737e-05),
      (0.01, 4, 0.9999875415886458),
      (250, 200, 0.009379131668826098),
      (0.001, 1, 0.9747728793699604),
      (90, 3, 2.190570119285308e-19),
    ]) func chiSquare(x: Double, degrees: Int, expected: Double)
  {
    #expect(isNear(ChiSquare.tail(x, degrees: degrees), expected), "\(ChiSquare.tail(x, degrees: degrees))")
  }

  @Test(
    "The incomplete beta function",
    arguments: [
      (0.5, 0.5, 0.3, 0.36901011956554536),
      (2, 3, 0.1, 0.05230000000000001),
      (30, 70, 0.35, 0.8615754758661092),
      (500, 600, 0.47, 0.8483330071205362),
      (1, 1, 0.25, 0.25),
      (12.5, 0.7, 0.99, 0.757089225935663),
      (300, 2, 0.98, 0.0163275396756599),
    ]) func beta(a: Double, b: Double, x: Double, expected: Double)
  {
    #expect(isNear(Beta.incomplete(a, b, x), expected), "\(Beta.incomplete(a, b, x))")
  }

  @Test(
    "The normal quantile",
    arguments: [
      (0.975, 1.959963984540054),
      (0.5000001, 2.506628273311648e-07),
      (0.01, -2.3263478740408408),
      (1e-10, -6.361340902404056),
      (0.9999999, 5.199337582290661),
      (0.3, -0.5244005127080409),
      (1e-300, -37.0470962993612),
    ]) func normal(share: Double, expected: Double)
  {
    #expect(isNear(Normal.quantile(share), expected), "\(Normal.quantile(share))")
  }

  @Test(
    "Intervals for a share, exact and Wilson's",
    arguments: [
      (0, 10, 0.0, 0.30849710781876294, 0.0, 0.27753279986288926),
      (3, 10, 0.06673951117773447, 0.652452850060008, 0.10779126740630102, 0.6032218525388546),
      (50, 100, 0.39832112950330095, 0.6016788704966991, 0.4038315303659956, 0.5961684696340044),
      (10, 10, 0.6915028921812371, 1.0, 0.7224672001371109, 1.0),
      (400, 1000, 0.36946898754891105, 0.43112155404406893, 0.37007478121137727, 0.4306905704857338),
    ]) func intervals(hits: Int, tries: Int, low: Double, high: Double, wilsonLow: Double, wilsonHigh: Double) throws
  {
    let (exact, wilson) = (
      try #require(Binomial.interval(hits, of: tries)), try #require(Binomial.wilson(hits, of: tries))
    )
    // SciPy's own bounds of zero carry an error of the last digit.
    #expect(abs(exact.lowerBound - low) < 1e-10 && abs(exact.upperBound - high) < 1e-10)
    #expect(abs(wilson.lowerBound - wilsonLow) < 1e-10 && abs(wilson.upperBound - wilsonHigh) < 1e-10)
  }

  @Test("Pearson's test of a table of three levels") func contingency() throws {
    let test = try #require(ContingencyTest([(10, 20), (30, 25), (5, 40)]))
    #expect(isNear(test.chiSquare, 20.658216148412222))
    #expect(isNear(test.p, 3.2668211632552865e-05))
    #expect(test.degrees == 2)
  }

  @Test("A table that can't be tested gives nothing instead of NaN") func untestable() {
    #expect(ContingencyTest([(10, 20)]) == nil)
    #expect(ContingencyTest([(10, 0), (5, 0)]) == nil)
    #expect(Binomial.wilson(0, of: 0) == nil)
    #expect(ChiSquare.tail(1, degrees: 0).isNaN)
  }

  @Test("Holm's correction keeps the order and never passes 1") func holm() {
    #expect(Multiplicity.holm([0.01, 0.04, 0.03, 0.5]) == [0.04, 0.09, 0.09, 0.5])
  }

  @Test(
    "Fisher's exact test, one-sided (scipy.stats.hypergeom.sf)",
    arguments: [
      (5, 40, 0, 20, 0.12048092176671954),
      (30, 60, 0, 60, 6.967174969018464e-12),
      (3, 10, 7, 90, 0.06001858177500579),
      (12, 200, 40, 5_000, 4.016174370222069e-07),
      (0, 5, 3, 8, 1.0),
      (5, 5, 0, 100, 1.035618589378534e-08),
      (150, 1_000, 1_000, 9_000, 0.00024003422632708503),
      (1, 1, 0, 1, 0.5),
    ]) func fisher(hits: Int, tries: Int, otherHits: Int, otherTries: Int, expected: Double)
  {
    let tail = Hypergeometric.upperTail(hits, of: tries, besides: otherHits, of: otherTries)
    #expect(abs(tail - expected) <= 1e-8 * expected, "\(tail)")
  }

  @Test("Fisher's tail is nearly 1 far below what is likely, where single chances are too small for a number")
  func fisherBelow() {
    #expect(Hypergeometric.upperTail(10, of: 20_000, besides: 19_990, of: 20_000) == 1)
    #expect(Hypergeometric.upperTail(19_990, of: 20_000, besides: 10, of: 20_000) == 0)
  }

  @Test("The binomial's upper tail adds up from its terms") func binomialTail() {
    // 1 − 0.6^5, and the chance of five in five.
    #expect(isNear(Binomial.upperTail(1, of: 5, chance: 0.4), 0.92224))
    #expect(isNear(Binomial.upperTail(5, of: 5, chance: 0.4), 0.01024))
    #expect(Binomial.upperTail(0, of: 5, chance: 0.4) == 1)
  }
}
