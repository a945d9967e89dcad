import Configuration
import Testing

@testable import Alerts

@Suite struct RulesTests {
  private func faults(_ yaml: String) -> [String] {
    do {
      _ = try RulesLoader.load(yaml: yaml, file: "router.yaml")
      return []
    } catch {
      return error.faults.map(\.description)
    }
  }

  @Test("the environment variables that receivers need are named where they are missing or empty")
  func missingVariables() throws {
    let yaml = """
      receivers:
        crm: {type: webhook, url: "https://crm.test", secret_env: KEY}
        mail: {type: email, server: "smtp://m:25", from: a@b.test, to: c@d.test, username: u, password_env: PASSWORD}
        open: {type: webhook, url: "https://open.test"}
        slack: {type: slack, url_env: HOOK}
      route: {receiver: slack}
      """
    let rules = try RulesLoader.load(yaml: yaml, file: "router.yaml")
    #expect(rules.missingVariables(in: ["KEY": "k", "PASSWORD": "p", "HOOK": "h"]).isEmpty)
    let missing = rules.missingVariables(in: ["KEY": "k", "HOOK": ""])
    #expect(missing.map(\.variable) == ["PASSWORD", "HOOK"])
    #expect(missing.first?.description.contains("the receiver mail needs the environment variable PASSWORD") == true)
  }

  @Test("every fault of a file is told, with its line, its key and what to do")
  func faultsAreTold() {
    let found = faults(
      """
      time_zone: Europe/Berlim
      receivers:
        out: {type: console}
        web: {type: webhook}
      time_intervals:
        night: [{times: [{start: "22:00", end: "06:00"}]}]
      route:
        receiver: out
        routes:
          - {matchers: ["colour=red"], receiver: in}
          - {group_wait: soon}
          - {mute_time_intervals: [lunch]}
      """)
    #expect(found.count == 7)
    for (line, word) in [
      (1, "IANA"), (4, "url"), (6, "midnight"), (10, "colour"), (10, "no receiver in"), (11, "length of time"),
      (12, "lunch"),
    ] {
      #expect(found.contains { $0.hasPrefix("router.yaml:\(line): ") && $0.contains(word) }, "\(line) \(word)")
    }
  }

  @Test("a misspelt key is told with the one that was probably meant")
  func misspelt() {
    let found = faults("receivers: {out: {type: console}}\nroute:\n  reciever: out\n")
    #expect(found.contains { $0.contains("router.yaml:3: route.reciever") && $0.contains("did you mean receiver?") })
  }

  @Test("the root takes everything at all times")
  func root() {
    let found = faults("receivers: {out: {type: console}}\nroute: {receiver: out, matchers: [\"kind=report\"]}\n")
    #expect(found.contains { $0.contains("the root takes everything") })
  }

  @Test("no text makes the loader fall over", arguments: [UInt64(11), 12, 13])
  func hostile(_ seed: UInt64) {
    print("seed \(seed)")
    var random = SplitMix(seed)
    let pieces = [
      "route:", "\n", "  ", "receivers:", "- ", "{", "}", "[", "]", "out", "type: console", ": ", "\"", "&a", "*a", "0",
    ]
    for _ in 0..<500 {
      let text = (0..<Int(random.next() % 30)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      _ = faults(text)
    }
  }
}
