import Configuration
import Deals
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

  @Test("a secret for feedback links that is missing, or too short to be one, is named")
  func feedbackSecret() throws {
    let yaml = """
      receivers: {out: {type: console}}
      route: {receiver: out}
      feedback: {url: "https://dp.test", secret_env: LINKS}
      """
    let rules = try RulesLoader.load(yaml: yaml, file: "router.yaml")
    let faults = [[:], ["LINKS": "0123456789abcde"], ["LINKS": "0123456789abcdef"]].map { environment in
      rules.missingVariables(in: environment).map(\.description)
    }
    #expect(
      faults == [
        ["feedback needs the environment variable LINKS, which is not set"],
        ["feedback needs the environment variable LINKS, which holds fewer than 16 characters"], [],
      ])
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

  /// Rules that were once read without a word, and then did nothing or did harm: the key, what stood there, and what the
  /// fault says to write. Each stands in line 3.
  private static let harmful: [(key: String, yaml: String, advice: String)] = [
    ("inhibit", "inhibit: {source: [\"kind=report\"]}", "must be a list"),
    ("digests", "digests: {daily: {every: day, receiver: out}}", "must be a list"),
    ("time_intervals", "time_intervals: [{name: office, time_intervals: []}]", "names with values"),
    (
      "time_intervals.office[0].times", "time_intervals: {office: [{times: {start: \"08:00\", end: \"18:00\"}}]}",
      "must be a list"
    ),
    ("holidays", "holidays: [{name: us}]", "names with values"),
    (
      "inhibit[0].equal[0]", "inhibit: [{source: [\"tier=High\"], target: [\"tier=Low\"], equal: [industri]}]",
      "no field"
    ),
    ("budget.per_day", "budget: {per_day: -5}", "must be 0 to"),
    ("storm.messages", "storm: {messages: 0}", "must be 1 to"),
    ("storm.within", "storm: {within: 0s}", "must be 1s to"),
    ("spike.within", "spike: {within: 0s}", "must be 1s to"),
    ("spike.deals", "spike: {deals: 1}", "must be 2 to"),
    ("thresholds.amount", "thresholds: {amount: -1}", "must be 0.0 to"),
    ("thresholds.points", "thresholds: {points: -1}", "must be 0.0 to"),
    ("deduplication.closes_below", "deduplication: {closes_below: 95}", "closes_below: 55 or less"),
    ("deduplication.worsens_by", "deduplication: {worsens_by: -5}", "must be 0.1 to"),
    ("deduplication.flap_openings", "deduplication: {flap_openings: 0}", "must be 2 to"),
    ("deduplication.flap_openings", "deduplication: {flap_openings: 300}", "must be 2 to 255"),
    ("retention", "retention: 0s", "must be 1d to"),
    ("retention", "retention: 106751991167d", "to 3650d"),
    ("silent_after", "silent_after: 0s", "or never"),
    ("heartbeat_url", "heartbeat_url: heartbeats.example.com", "https://"),
    ("feedback.url", "feedback: {url: \"https://\", secret_env: KEY}", "has a host"),
    ("owners.people.ann.email", "owners: {people: {ann: {email: not an address}}}", "no mail address"),
    ("owners.people.ann.budget", "owners: {people: {ann: {budget: -1}}}", "must be 0 to"),
    ("owners.people.ann.manager", "owners: {people: {ann: {manager: bob}, bob: {manager: ann}}}", "ann → bob → ann"),
    ("owners.people.ann.manager", "owners: {people: {ann: {manager: ann}}}", "in a circle"),
    ("owners.people", "owners: {people: [ann]}", "names with values"),
  ]

  @Test("rules that would do nothing or do harm are refused where they stand, with what to write", arguments: harmful)
  func refused(_ rule: (key: String, yaml: String, advice: String)) {
    let found = faults("receivers: {out: {type: console}}\nroute: {receiver: out}\n\(rule.yaml)\n")
    #expect(found.count == 1, "\(found)")
    #expect(
      found.first?.hasPrefix("router.yaml:3: \(rule.key): ") == true && found.first?.contains(rule.advice) == true)
  }

  @Test(
    "a matcher on a field with few values names one of them",
    arguments: [
      "tier=Hihg", "tier!=high", "tier=~Hihg|Crit", "tier>=Hihg", "tier=", "kind=dealrisk", "kind!~dealrisk",
      "signal=fired", "stage=Porposal", "trigger!=aging", "trend=win rate",
    ])
  func closedSets(_ matcher: String) {
    let found = faults(
      "receivers: {out: {type: console}}\nroute:\n  receiver: out\n  routes:\n    - {matchers: [\"\(matcher)\"]}\n")
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("router.yaml:5: route.routes[0].matchers[0]: ") == true)
    #expect(found.first?.contains("write one of ") == true)
  }

  @Test(
    "what a known value or none is asked by is in order",
    arguments: ["tier=~High|Critical", "stage=", "trend!=", "kind!=report", "stage!~Closed|Demo", "tier=~C.*"])
  func knownValues(_ matcher: String) throws {
    #expect(throws: Never.self) { try Matcher(matcher) }
  }

  @Test(
    "a route and a receiver that can't work are refused where they stand",
    arguments: [
      ("route.routes", "", "  routes: {critical: {matchers: [\"tier=Critical\"]}}", "must be a list"),
      ("route.repeat_interval", "", "  repeat_interval: 0s", "must be 1s to"),
      ("route.escalate_after", "", "  escalate_after: 0s", "must be 1s to"),
      ("route.escalate_after", "", "  escalate_after: 4h", "nobody is above a channel"),
      (
        "route.routes[0].escalate_after", "", "  routes: [{to: channel, escalate_after: 4h}, {to: rep}]",
        "nobody is above a channel"
      ),
      ("receivers.in.from", "{type: email, server: \"smtp://m\", from: \"D <d@e.com>\", to: a@x}", "", "mail address"),
      ("receivers.in.to", "{type: email, server: \"smtp://m\", from: d@e.com, to: \"a@x, b@x\"}", "", "mail address"),
      ("receivers.in.server", "{type: email, server: \"smtp://\", from: d@e.com, to: a@x}", "", "smtp://host:587"),
      ("receivers.in.url_env", "{type: slack, url_env: \"https://hooks.slack.com/x\"}", "", "environment variable"),
      ("receivers.in.url", "{type: webhook, url: \"https://\"}", "", "has a host"),
      ("receivers.in.concurrency", "{type: console, concurrency: 0}", "", "must be 1 to 64"),
      ("receivers.in.timeout", "{type: console, timeout: 0s}", "", "must be 1s to 2m"),
    ])
  func places(_ key: String, _ receiver: String, _ line: String, _ advice: String) {
    let found = faults(
      "receivers:\n  out: {type: console}\n  in: \(receiver.isEmpty ? "{type: console}" : receiver)\n"
        + "route:\n  receiver: out\n\(line)\n")
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("router.yaml:\(line.isEmpty ? 3 : 6): \(key): ") == true)
    #expect(found.first?.contains(advice) == true)
    #expect(found.first?.contains("hooks.slack.com") == false)
  }

  @Test("a time for answers that only routes within write to people by is in order")
  func inheritedEscalation() {
    let found = faults(
      """
      receivers: {out: {type: console}}
      route: {receiver: out, escalate_after: 4h, routes: [{matchers: ["tier=Critical"], to: manager}]}
      """)
    #expect(found.isEmpty)
  }

  @Test("a whole file of Alertmanager's is answered with all that is different, and nothing twice")
  func alertmanager() {
    let found = faults(
      """
      global: {resolve_timeout: 5m}
      route:
        receiver: team
        group_by: [alertname]
        routes:
          - {match: {severity: page}, receiver: pager}
      inhibit_rules: [{source_match: {severity: page}}]
      receivers:
        - {name: team}
        - {name: pager}
      mute_time_intervals: [{name: night}]
      """)
    let keys = found.map { String($0.split(separator: " ")[1].dropLast()) }
    #expect(
      keys == [
        "global", "route.group_by[0]", "route.routes[0].match", "inhibit_rules", "receivers", "mute_time_intervals",
      ])
  }

  @Test("an unknown key hides nothing, and a faulty receiver brings no further faults about")
  func noFollowUps() {
    let found = faults(
      """
      colour: red
      receivers:
        out: {type: webhook, url: "https://example.com", sekret_env: KEY, timeout: soon}
      route: {receiver: out, repeat: 1h, to: nobody}
      storm: {messages: many}
      """)
    let keys = found.map { String($0.split(separator: " ")[1].dropLast()) }
    #expect(
      keys == [
        "colour", "receivers.out.sekret_env", "receivers.out.timeout", "route.repeat", "route.to", "storm.messages",
      ])
  }

  @Test("a silence of which a matcher can't be read any more hides nothing")
  func oldSilence() throws {
    var silence = try Silence(
      id: "s", matchers: ["industry=EdTech"], startsAt: Timestamp(milliseconds: 0),
      endsAt: Timestamp(milliseconds: 9_000), author: "ann", comment: "known")
    let deal = Story.deal("D1", ["industry": "EdTech"])
    var silencer = Silencer()
    silencer.set(silence)
    #expect(silencer.silence(of: deal, at: Timestamp(milliseconds: 1)) != nil)
    silence.matchers.append("tier=Hihg")
    silencer.set(silence)
    #expect(silencer.silence(of: deal, at: Timestamp(milliseconds: 1)) == nil)
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
