import Deals
import EngineConfiguration
import Foundation
import Scoring
import Testing

@testable import Replay

@Suite("A change is tried on history before it goes live")
struct CompareTests {
  private func history(_ seed: UInt64) -> DealHistory {
    DealHistory(RandomLives.changes(4_000, deals: 400, seed: seed))
  }

  @Test("a configuration compared with itself changes nothing")
  func same() {
    let comparison = Comparison(
      history(1), ScoringConfiguration(.weighted), ScoringConfiguration(.weighted), alertTier: .high)
    #expect(comparison.moves.isEmpty)
    #expect(!comparison.weeks.isEmpty)
    #expect(comparison.weeks.allSatisfy { $0.gone == 0 && $0.new == 0 && $0.kept > 0 && $0.monday.weekday == 1 })
    #expect(comparison.auc?.difference == 0 && comparison.auc?.p == 1)
    #expect(comparison.brier?.difference == 0)
  }

  @Test("amounts bear the base currency, and deals whose currency has no rate are told, side by side")
  func currencies() throws {
    let changes = RandomLives.changes(600, deals: 60, seed: 3)
    var euros = ScoringConfiguration(.points)
    euros.currencies = CurrencyTable(base: try #require(Currency("EUR")), rates: [.usd: 0.9])
    let known = Comparison(DealHistory(changes), euros, ScoringConfiguration(.weighted))
    #expect(known.unknownCurrencies == (0, 0) && known.text.contains(" EUR in amount move"))
    #expect(known.json.contains("\"currency\":\"EUR\""))
    euros.currencies.rates = [:]
    let unknown = Comparison(DealHistory(changes), euros, ScoringConfiguration(.weighted))
    #expect(unknown.unknownCurrencies.first > 10 && unknown.unknownCurrencies.second == 0)
    #expect(
      unknown.text.contains("A: \(unknown.unknownCurrencies.first) deals have amounts in a currency without a rate"))
    #expect(!unknown.text.contains("B: 0 deals"))
  }

  @Test("a lower threshold lets alerts appear and none disappear, and moves deals up only")
  func lowered() throws {
    var lower = ScoringConfiguration(.weighted)
    lower.tiers.medium = 52
    let comparison = Comparison(history(2), ScoringConfiguration(.weighted), lower, alertTier: .high)
    #expect(!comparison.moves.isEmpty)
    #expect(comparison.moves.allSatisfy { $0.from == .medium && $0.to == .high && $0.amount > .zero })
    #expect(comparison.weeks.reduce(0) { $0 + $1.new } > 0)
    // The chances are the same, so neither measure changes.
    #expect(comparison.auc?.difference == 0)
    #expect(comparison.text.contains("Medium → High"))
    let week = try #require(comparison.weeks.first { $0.new > 0 })
    #expect(week.newDeals.count == week.new && week.goneDeals.isEmpty)
    #expect(comparison.text.contains("    appear: \(week.newDeals[0])"))
    #expect(comparison.json.contains("\"new_deals\":[\"\(week.newDeals[0])\""))
  }

  @Test("a search is judged only on deals that closed after those that it was made on")
  func tuned() throws {
    let tuning = try #require(Tuning(history(3), start: ScoringConfiguration(.weighted)))
    let weights = tuning.found.weights
    let sum = weights.cycleBucket + weights.rep + weights.industry + weights.leadSource + weights.stage
    #expect(abs(sum - 1) < 1e-9)
    #expect(tuning.earlierDeals > 0 && tuning.laterDeals > 0)
    #expect(tuning.laterTiers.reduce(0) { $0 + $1.deals } == tuning.laterDeals)
    let path = NSTemporaryDirectory() + "tuned-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let columns = path + ".columns"
    defer { try? FileManager.default.removeItem(atPath: columns) }
    try "abc".write(toFile: columns, atomically: true, encoding: .utf8)
    let provenance = Provenance(inputs: ["history.csv"], columns: columns, start: nil, share: 0.6)
    let text = tuning.configuration(provenance)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    // SHA-256 of "abc": FIPS 180-2, appendix B.1.
    #expect(
      text.contains(
        "# Columns: \(columns), 3 bytes, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"))
    #expect(text.contains("# Share of closed deals searched on: 0.6\n") && text.contains("# Program: "))
    let read = try ScoringConfiguration(file: path)
    #expect(read.yaml == tuning.found.yaml)
    #expect(read.settings.configurationHash != "default")
  }

  @Test("a history that ends before there is anything to judge on gives no tuning")
  func tooFew() {
    #expect(Tuning(DealHistory([]), start: ScoringConfiguration(.weighted)) == nil)
    #expect(
      Tuning(DealHistory(RandomLives.changes(3, deals: 2, seed: 1)), start: ScoringConfiguration(.weighted)) == nil)
  }
}
