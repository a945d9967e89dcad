import Deals
import Scoring
import Testing

@testable import Replay

@Suite("Published scores are derived again")
struct VerifierTests {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

  private func published(_ seed: UInt64, crashes: Double = 0, ticks: Double = 0) -> SmallScorer {
    var scorer = SmallScorer(partitions: 3, seed: seed)
    var changes: [DealChange?] = RandomLives.changes(3_000, deals: 150, seed: seed)
    for index in stride(from: 40, to: changes.count, by: 97) { changes.insert(nil, at: index) }
    scorer.run(changes, crashes: crashes, ticks: ticks)
    return scorer
  }

  @Test("an undisturbed run verifies whole, with nothing missing", arguments: seeds)
  func undisturbed(seed: UInt64) {
    let scorer = published(seed)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.verified == scorer.topics.risks.count, "seed \(seed)")
    #expect(scorer.topics.risks.contains { $0.event?.trigger == .ageing })
    #expect(report.isClean && report.notVerifiable.isEmpty && report.verifiedWithoutPrevious == 0, "seed \(seed)")
    #expect(report.repeats == 0)
  }

  @Test("every attempt of a scorer that was killed again and again verifies", arguments: seeds)
  func killed(seed: UInt64) {
    let scorer = published(seed, crashes: 0.05)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.verified == scorer.topics.risks.count, "seed \(seed): \(report.differences.first?.fields ?? [])")
    #expect(report.repeats > 0)
    #expect(report.missing == 0, "seed \(seed)")
  }

  @Test(
    "older history that comes after newer verifies: the engine forgets a closed deal when time moves on",
    arguments: seeds)
  func olderAfterNewer(seed: UInt64) {
    var scorer = SmallScorer(partitions: 3, seed: seed)
    let newer = RandomLives.changes(600, deals: 40, seed: seed)
    let older = RandomLives.changes(1_500, deals: 60, seed: seed + 100).map { $0.earlier(byDays: 300) }
    let newest = RandomLives.changes(600, deals: 80, seed: seed + 200).map { $0.earlier(byDays: -100) }
    scorer.run(newer + older + newest, crashes: seed.isMultiple(of: 2) ? 0.05 : 0)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.verified == scorer.topics.risks.count, "seed \(seed): \(report.differences.first?.fields ?? [])")
    #expect(report.missing == 0, "seed \(seed)")
  }

  @Test(
    "older history after newer verifies where the wall clock moves time on, too", arguments: (1...12).map { UInt64($0) }
  )
  func olderAfterNewerByTheClock(seed: UInt64) {
    var scorer = SmallScorer(partitions: 3, seed: seed)
    let newer = RandomLives.changes(600, deals: 40, seed: seed)
    let older = RandomLives.changes(1_500, deals: 60, seed: seed + 100).map { $0.earlier(byDays: 300) }
    scorer.run(newer + older, ticks: 0.3)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.differing == 0, "seed \(seed): \(report.differences.first?.fields ?? [])")
    #expect(report.verified == scorer.topics.risks.count)
    #expect(report.missing == 0, "seed \(seed): \(report.firstMissing)")
  }

  @Test("scores that the wall clock asked for verify, also across kills", arguments: seeds)
  func wallClock(seed: UInt64) {
    let scorer = published(seed, crashes: 0.03, ticks: 0.3)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.differing == 0, "seed \(seed): \(report.differences.first.map { "\($0)" } ?? "")")
    #expect(report.missing == 0, "seed \(seed): \(report.firstMissing.first.map { "\($0)" } ?? "")")
  }

  @Test("one altered member of one score is found and named")
  func altered() throws {
    var scorer = published(7)
    scorer.topics.risks[500].event?.winProbability = Probability(0.123)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.differing == 1)
    #expect(report.differences.first?.fields == ["win_probability"])
    #expect(report.differences.first?.position == scorer.topics.risks[500].position)
    #expect(!report.isClean)
  }

  @Test("a score that names another ledger offset than it used is found")
  func wrongBaseline() throws {
    var scorer = published(8)
    let index = try #require(scorer.topics.risks.lastIndex { $0.event?.trigger == .stageChange })
    scorer.topics.risks[index].event?.baselineOffset -= 60
    #expect(Verifier(settings: scorer.settings).verify(scorer.topics).differing == 1)
  }

  @Test("a score that was never written is missed")
  func missing() throws {
    let scorer = published(9)
    let victim = try #require(scorer.topics.risks.firstIndex { $0.event?.trigger == .stageChange })
    var whole = scorer.topics
    let partition = whole.risks[victim].position.partition
    whole.risks.remove(at: victim)
    let holed = Verifier(settings: scorer.settings).verify(whole)
    // Compaction takes a deal's oldest scores first, and an older one is still there.
    #expect(holed.missing == 1 && holed.possiblyCompacted == 0)
    #expect(holed.differing == 0)
    // Without a gap in its offsets nothing was ever removed from the partition.
    var offset: Int64 = 0
    for index in whole.risks.indices where whole.risks[index].position.partition == partition {
      whole.risks[index].position.offset = offset
      offset += 1
    }
    let lost = Verifier(settings: scorer.settings).verify(whole)
    #expect(lost.missing == 1)
    #expect(!lost.isClean)
  }

  @Test("in a compacted topic the scores that are left verify, and those that are gone are not missed")
  func compacted() {
    let scorer = published(12)
    var left = scorer.topics
    var newest: [DealID: SourcePosition] = [:]
    for record in left.risks { if let id = record.event?.dealID { newest[id] = record.position } }
    left.risks.removeAll { record in record.event.map { newest[$0.dealID] != record.position } ?? true }
    let report = Verifier(settings: scorer.settings).verify(left)
    #expect(report.verified == newest.count)
    #expect(report.verifiedWithoutPrevious > 0)
    #expect(report.possiblyCompacted > 0)
    #expect(report.missing == 0 && report.differing == 0)
  }

  @Test("what can't be derived is told apart from what differs")
  func obstacles() {
    let scorer = published(10)
    var other = scorer.topics
    for index in 0..<10 { other.risks[index].event?.configurationHash = "another" }
    #expect(Verifier(settings: scorer.settings).verify(other).notVerifiable == [.otherConfiguration: 10])

    var short = scorer.topics
    short.ledger.removeLast(short.ledger.count / 2)
    let report = Verifier(settings: scorer.settings).verify(short)
    #expect(report.differing == 0)
    #expect((report.notVerifiable[.ledgerTooShort] ?? 0) > 0)

    var cut = scorer.topics
    cut.changes.removeAll { $0.position.offset < 300 }
    let retained = Verifier(settings: scorer.settings).verify(cut)
    #expect(retained.differing == 0)
    #expect((retained.notVerifiable[.changesNotRetained] ?? 0) > 0)
  }

  @Test("changes behind the last published score are pending, not missing")
  func pending() {
    var scorer = published(11)
    let half = scorer.topics.risks.count / 2
    scorer.topics.risks.removeLast(half)
    let report = Verifier(settings: scorer.settings).verify(scorer.topics)
    #expect(report.missing == 0)
    #expect(report.pending > 0)
  }
}
