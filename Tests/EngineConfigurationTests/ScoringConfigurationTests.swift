import Configuration
import Deals
import EngineConfiguration
import Foundation
import Scoring
import Testing

@Suite struct ScoringConfigurationTests {
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try body(path)
  }

  @Test("what is written is read again, every key of it")
  func roundTrip() throws {
    var configuration = ScoringConfiguration(.points)
    configuration.weights.stage = 0.25
    configuration.weights.rep = 0.15
    configuration.tiers.low = 41.5
    configuration.levels.critical = 80
    configuration.baselines = BaselineSettings(repWindows: [.days28], segmentWindow: .days90, minimumDeals: 7)
    configuration.halfLifeDays = 45
    configuration.ageingDays = [30, 120]
    configuration.closedRetentionDays = 200
    try withFile(configuration.yaml) { path in
      let read = try ScoringConfiguration(file: path)
      #expect(read.yaml == configuration.yaml)
      #expect(read.settings.configurationHash == configuration.settings.configurationHash)
      #expect(read.baselines == configuration.baselines && read.ageingDays == [30, 120])
    }
  }

  @Test("a whole scorer.yaml is read, its secrets' files left alone; a wrong key in it is told with its line")
  func wholeFile() throws {
    let text = """
      kafka:
        sasl_password_file: /nowhere/at/all
      scoring:
        minimum_deals: 12
      """
    try withFile(text) { path in
      let configuration = try ScoringConfiguration(file: path)
      #expect(configuration.baselines.minimumDeals == 12)
    }
    try withFile(text + "\n  minimum_deal: 3\n") { path in
      #expect {
        try ScoringConfiguration(file: path)
      } throws: {
        "\($0)".contains(":5: scoring.minimum_deal: is unknown") && "\($0)".contains("scoring.minimum_deals")
      }
    }
  }

  @Test("a playbook and rates of currencies are part of what a score depends on")
  func parts() throws {
    try withFile("currency_rates:\n  EUR: 1.08\nplaybook:\n  actions:\n    - id: call\n      say: call {rep}\n") {
      path in
      let configuration = try ScoringConfiguration(file: path)
      #expect(configuration.currencies.rates.count == 1 && configuration.playbook.rules.count == 1)
      #expect(configuration.settings.configurationHash != "default")
    }
    try withFile("currency_rates:\n  EUR: -1\n") { path in
      #expect {
        try ScoringConfiguration(file: path)
      } throws: { "\($0)".contains(":2:") && "\($0)".contains("must be above 0") }
    }
  }
}
