import CRMImport
import Deals
import Foundation
import Testing

@testable import Trends

/// The reference data and its figures, which lie beside the project; the tests that need them are left out elsewhere.
private let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data")

@Suite(
  "Insights agree with the reference's figures",
  .enabled(if: FileManager.default.fileExists(atPath: shared.path), "../shared/data is not there"))
struct ReferenceFiguresTests {
  private let reference: [String: Any]
  private let found: [String: Any]

  init() throws {
    let data = try Data(contentsOf: shared.appendingPathComponent("reference.json"))
    reference = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let export = try CRMExport(
      path: shared.appendingPathComponent("skygeni_sales_data.csv").path, settings: ImportSettings(), stagePath: false)
    let deals = export.changes.compactMap { change -> ClosedDeal? in
      guard let outcome = change.deal.status.outcome, let closedAt = change.deal.status.closedAt else { return nil }
      return ClosedDeal(
        outcome: outcome, closedAt: closedAt, createdAt: change.deal.createdAt, stage: change.deal.stage,
        amount: change.deal.amount.flatMap { Money(units: $0.units) }, descriptors: change.deal.descriptors)
    }
    let json = Data(Insights(deals).json().utf8)
    found = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
  }

  /// Compares what the reference has, all the way down; what it has not, is ours.
  private func differences(_ expected: Any, _ found: Any?, _ path: String) -> [String] {
    if let expected = expected as? [String: Any] {
      guard let found = found as? [String: Any] else { return ["\(path): missing"] }
      return expected.flatMap { differences($0.value, found[$0.key], "\(path).\($0.key)") }
    }
    if let expected = expected as? [Any] {
      guard let found = found as? [Any], found.count == expected.count else { return ["\(path): another length"] }
      return zip(expected, found).enumerated().flatMap { differences($1.0, $1.1, "\(path)[\($0)]") }
    }
    if let expected = expected as? String {
      return expected == found as? String ? [] : ["\(path): \(expected), not \(found ?? "nothing")"]
    }
    guard let number = (expected as? NSNumber)?.doubleValue, let mine = (found as? NSNumber)?.doubleValue else {
      return ["\(path): missing"]
    }
    // The tests' figures stand there with six decimals, the rest with all of them.
    let isRounded = ["p_values", "chi2", "cramers_v"].contains { path.contains($0) }
    let tolerance = isRounded ? 5.01e-7 : 1e-12 * max(1, abs(number))
    return abs(number - mine) <= tolerance ? [] : ["\(path): \(number), not \(mine)"]
  }

  @Test("Every figure that the reference has, tiers and provenance apart") func everyFigure() {
    for (key, value) in reference where !["source", "risk_tiers"].contains(key) {
      #expect(differences(value, found[key], key) == [], "\(key)")
    }
    #expect(reference.count > 15)
  }
}
