import Alerts
import Deals

/// Threshold and deduplication alone, with many known fingerprints.
struct DeduplicationBench {
  var fingerprints: Int
  var events: Int

  func figures() -> [String: Double] {
    var deduplicator = Deduplicator(DeduplicationRules())
    let threshold = Threshold()
    let now = Timestamp(milliseconds: 1_772_000_000_000)
    for number in 0..<fingerprints {
      let statement = source(number, 560, at: now)
      _ = deduplicator.take(statement, statement.fingerprint, at: now)
    }
    let spent = ContinuousClock().measure {
      for number in 0..<events {
        let statement = source(number &* 7_919 % fingerprints, 560 + number % 40, at: now)
        guard threshold.reasonToHoldBack(statement) == nil else { continue }
        _ = deduplicator.take(statement, statement.fingerprint, at: now)
      }
    }
    return ["classify_deduplicate_eps": Double(events) / (spent / .seconds(1))]
  }

  private func source(_ number: Int, _ score: Int, at now: Timestamp) -> AlertSource {
    var source = AlertSource(
      eventID: "e\(number)", kind: .dealRisk, subject: "D\(number)", tier: .high, occurredAt: now)
    source.score = RiskScore(tenths: score)
    source.amount = Money(cents: 7_500_000)
    return source
  }
}
