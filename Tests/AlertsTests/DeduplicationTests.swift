import Deals
import Testing

@testable import Alerts

@Suite struct DeduplicationTests {
  @Test("a repeat says nothing, a step of the score or a higher tier does")
  func worsening() throws {
    var story = try Story()
    story.take(Story.deal(score: 56))
    story.pass("1m")
    story.take(Story.deal(score: 58))
    story.pass("1h")
    #expect(story.purposes == [.alert])
    #expect(story.reasons("D1").contains(.deduplicated))
    story.take(Story.deal(score: 61.5, tier: .critical))
    story.pass("1h")
    #expect(story.purposes == [.alert, .alert])
    #expect(story.messages.last?.alerts.first?.news == "worse: High → Critical, 56 → 61.5")
  }

  @Test("backfill, small deals and calm deals never alert, each with its reason")
  func silence() throws {
    var story = try Story()
    var history = Story.deal("H")
    history.isBackfill = true
    story.take(history)
    story.take(Story.deal("S", dollars: 900))
    story.take(Story.deal("L", score: 30, tier: .low))
    story.pass("1d", step: "1h")
    #expect(story.messages.isEmpty)
    #expect(story.reasons("H") == [.backfill])
    #expect(story.reasons("S") == [.belowThreshold])
    #expect(story.reasons("L") == [.notUrgent])
  }

  @Test("a small deal whose score rose by enough points alerts")
  func points() throws {
    var story = try Story()
    var deal = Story.deal("S", dollars: 900)
    deal.previousScore = RiskScore(points: 50)
    story.take(deal)
    story.pass("1m")
    #expect(story.purposes == [.alert])
  }

  @Test("a deal that recovers closes only below the bound and after its minimum time")
  func hysteresis() throws {
    var story = try Story()
    story.take(Story.deal(score: 58))
    story.pass("1h")
    story.take(Story.deal(score: 52, tier: .medium))
    story.pass("1h")
    #expect(story.pipeline.openAlerts.count == 1)
    story.take(Story.deal(score: 40, tier: .low))
    #expect(story.reasons("D1").last == .recovering)
    story.pass("21h")
    #expect(story.purposes == [.alert])
    story.pass("2h")
    #expect(story.purposes == [.alert, .resolved])
    #expect(story.pipeline.openAlerts.isEmpty)
  }

  @Test("a deal that rises again before its minimum time stays open without a word")
  func noBounce() throws {
    var story = try Story()
    story.take(Story.deal(score: 58))
    story.pass("1h")
    story.take(Story.deal(score: 40, tier: .low))
    story.pass("1h")
    story.take(Story.deal(score: 58))
    story.pass("3d", step: "1h")
    #expect(story.purposes == [.alert])
  }

  @Test("a deal that closes resolves its alert at once")
  func close() throws {
    var story = try Story()
    story.take(Story.deal())
    story.pass("10m")
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("10m")
    #expect(story.purposes == [.alert, .resolved])
    #expect(story.messages.last?.resolved.first?.news == "deleted")
  }

  @Test("a deal that opens again before its end was said is news, and nobody is passed over for it at once")
  func reopened() throws {
    var story = try Story(
      """
      owners: {cro: carla, people: {carla: {name: Carla}, max: {name: Max, manager: carla}, r: {name: R, manager: max}}}
      route: {receiver: out, to: manager, group_by: ["..."], group_wait: 0s, group_interval: 8h, repeat_interval: 30d,
        escalate_after: 12h}
      """)
    story.take(Story.deal("D1", ["rep_id": "r"]))
    story.pass("1h")
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("1h")
    let decided = story.decisions.count
    story.take(Story.deal("D1", score: 80, tier: .critical, ["rep_id": "r"]))
    #expect(story.decisions.dropFirst(decided).first?.text.hasPrefix("open again; its group speaks at") == true)
    story.pass("11h")
    #expect(story.purposes == [.alert, .alert])
    #expect(story.messages.last?.alerts.map(\.news) == ["open again"])
    // Twelve hours from the second message, not from the first.
    story.pass("6h")
    #expect(story.purposes == [.alert, .alert])
    story.pass("2h")
    #expect(story.purposes == [.alert, .alert, .escalation])
  }

  @Test("a flapping deal is one message that says so, then silence for the window")
  func flapping() throws {
    var story = try Story()
    for _ in 0..<8 {
      story.take(Story.deal())
      story.pass("10m")
      story.take(.ended(dealID: "D1", at: story.now))
      story.pass("10m")
    }
    let alerts = story.messages.filter { $0.purpose == .alert }
    #expect(alerts.count == 3)
    #expect(alerts.last?.alerts.first?.news.hasPrefix("at risk again for the 3rd time") == true)
  }

  /// Opens a deal so often that it flaps and its last opening is passed over.
  private func flapping(_ story: inout Story, openings: Int) {
    for opening in 1...openings {
      story.take(Story.deal())
      story.pass("10m")
      guard opening < openings else { return }
      story.take(.ended(dealID: "D1", at: story.now))
      story.pass("10m")
    }
  }

  @Test("a flapping deal that gets worse by a tier is said, in an opening that was said or not; a higher score is not")
  func flappingWorse() throws {
    for openings in [3, 4] {
      var story = try Story()
      flapping(&story, openings: openings)
      let before = story.messages.count
      story.take(Story.deal(score: 64))
      story.pass("1h")
      #expect(story.messages.count == before)
      story.take(Story.deal(score: 78, tier: .critical))
      story.pass("1h")
      #expect(story.purposes.dropFirst(before) == [.alert])
      #expect(story.messages.last?.alerts.first?.news == "worse: High → Critical, 58 → 78")
    }
    // An opening that is worse than what was said is said too.
    var story = try Story()
    flapping(&story, openings: 4)
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("10m")
    story.take(Story.deal(score: 78, tier: .critical))
    story.pass("10m")
    #expect(story.messages.last?.alerts.first?.news == "worse: High → Critical, 58 → 78")
  }

  @Test(
    "a deal that flapped and has stayed open until the window was over is said to be steady, and is as any other again")
  func steady() throws {
    var story = try Story()
    flapping(&story, openings: 4)
    let before = story.messages.count
    story.pass("8d", step: "1h")
    #expect(story.messages.dropFirst(before).map { $0.alerts.first?.news } == ["still at risk, and steady now"])
    story.take(Story.deal(score: 64))
    story.pass("1h")
    #expect(story.messages.last?.alerts.first?.news == "worse: 58 → 64")
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("1h")
    #expect(story.purposes.last == .resolved)
  }

  @Test("since when a deal has been critical is noted at its opening or rise, and forgotten when it falls")
  func criticalSince() throws {
    var story = try Story()
    story.take(Story.deal())
    story.pass("10d", step: "1d")
    #expect(story.pipeline.openAlerts.first?.criticalSince == nil)
    let risen = story.now
    story.take(Story.deal(score: 80, tier: .critical))
    story.pass("1d", step: "1h")
    story.take(Story.deal(score: 81, tier: .critical))
    #expect(story.pipeline.openAlerts.first?.criticalSince == risen)
    story.take(Story.deal(score: 60))
    #expect(story.pipeline.openAlerts.first?.criticalSince == nil)
  }

  @Test("whatever the order of repeats, the alert of a deal is said once", arguments: [UInt64(1), 2, 3, 4])
  func repeats(_ seed: UInt64) throws {
    print("seed \(seed)")
    var random = SplitMix(seed)
    var story = try Story()
    for _ in 0..<300 {
      story.take(Story.deal("D\(random.next() % 10)", score: 56 + Double(random.next() % 40) / 10))
      story.tick()
    }
    story.pass("10m")
    let subjects = story.messages.flatMap(\.alerts).map(\.source.subject)
    #expect(Set(subjects).count == subjects.count)
    #expect(subjects.count == 10)
  }
}

struct SplitMix {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
