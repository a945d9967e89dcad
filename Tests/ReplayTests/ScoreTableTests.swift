import CRMImport
import Deals
import Foundation
import Scoring
import Testing

@testable import Replay

@Suite("Scores are written as a table")
struct ScoreTableTests {
  /// A folder that is gone after the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "score-table-\(UUID().uuidString)"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func callAsFunction(_ name: String) -> String { path + "/" + name }
  }

  private func run(_ plan: ReplayPlan, _ changes: [DealChange]) throws -> Data {
    let replay = try HistoryReplay(plan, changes: changes)
    while try replay.advance(100) {}
    _ = try replay.finish()
    return try Data(contentsOf: URL(filePath: plan.output))
  }

  private func plan(_ format: ScoreFormat, _ output: String) -> ReplayPlan {
    var plan = ReplayPlan(inputs: [], output: output)
    plan.format = format
    return plan
  }

  private func rows(_ data: Data) -> [[String]] {
    var rows: [[String]] = []
    for row in CSVReader(Array(data)) { rows.append(row.fields) }
    return rows
  }

  /// Whether a cell is what a member of an event is. Numbers must be written alike: reading them may round.
  private func isSame(_ cell: String, _ member: Any?, _ column: String, _ line: String) -> Bool {
    switch member {
    case let text as String: cell == text
    case let names as [String]: cell == names.joined(separator: ";")
    case is NSNumber: line.contains("\"\(column)\":\(cell),") || line.contains("\"\(column)\":\(cell)}")
    default: cell.isEmpty
    }
  }

  @Test(
    "each cell is what the member of the column's name holds in the event", arguments: [ModelChoice.weighted, .points])
  func cells(model: ModelChoice) throws {
    let folder = try Folder()
    let changes = RandomLives.changes(2_000, deals: 100, seed: 21)
    var (lines, table) = (plan(.jsonl, folder("scores.jsonl")), plan(.csv, folder("scores.csv")))
    lines.settings.model = model.model
    table.settings.model = model.model
    let events = try run(lines, changes).split(separator: 0x0A)
    let rows = rows(try run(table, changes))
    let columns = try #require(rows.first)
    #expect(columns.count == 23 && rows.count == events.count + 1 && events.count > 500)
    for (row, event) in zip(rows.dropFirst(), events) {
      let members = try #require(try JSONSerialization.jsonObject(with: event) as? [String: Any])
      let line = String(decoding: event, as: UTF8.self)
      #expect(row.count == columns.count)
      for (column, cell) in zip(columns, row) {
        #expect(isSame(cell, members[column], column, line), "\(column): \(cell) in \(line)")
      }
    }
  }

  /// The models, as arguments of a test.
  enum ModelChoice: CaseIterable {
    case weighted, points
    var model: any RiskModel { self == .weighted ? WeightedModel() : PointsModel() }
  }

  @Test("texts with commas, quotes and line ends, short or long, are read as they were")
  func quoting() throws {
    let folder = try Folder()
    let texts = [
      "Smith, Al", "the \"best\"", "one\ntwo", "cr\rlf", "plain", "\"",
      "Zürich, \(String(repeating: "long ", count: 20))",
      String(repeating: "long and plain ", count: 8), "=1+1",
    ]
    let changes = try texts.enumerated().map { index, text in
      let instant = Timestamp(milliseconds: 1_700_000_000_000 + Int64(index))
      let id = text.contains("\n") || text.contains("\r") ? "D\(index)" : text
      return DealChange(
        eventID: EventID(high: 1, low: UInt64(index)), dealID: try #require(DealID(id)), kind: .created,
        occurredAt: instant,
        deal: Deal(
          createdAt: instant, stage: .demo, amount: Amount(units: 19.99, currency: .usd),
          descriptors: Descriptors(rep: Symbol(text), industry: Symbol("industry of " + text))))
    }
    let rows = rows(try run(plan(.csv, folder("scores.csv")), changes))
    let columns = try #require(rows.first)
    func column(_ name: String) throws -> [String] {
      let index = try #require(columns.firstIndex(of: name))
      return rows.dropFirst().map { $0[index] }
    }
    #expect(try column("rep_id") == texts)
    #expect(try column("industry") == texts.map { "industry of " + $0 })
    #expect(try column("deal_id") == changes.map(\.dealID.text))
    #expect(try Set(column("amount")) == ["19.99"])
    #expect(try Set(column("previous_score")) == [""])
  }

  @Test("a replay that was killed goes on in its table, which has one header", arguments: [22, 23] as [UInt64])
  func resumed(seed: UInt64) throws {
    let folder = try Folder()
    let changes = RandomLives.changes(2_000, deals: 80, seed: seed)
    let whole = try run(plan(.csv, folder("whole.csv")), changes)
    var plan = plan(.csv, folder("scores.csv"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 500
    for kill in [300, 900] {
      let replay = try HistoryReplay(plan, changes: changes)
      for _ in 0..<(kill / 100) { #expect(try replay.advance(100)) }
    }
    #expect(try HistoryReplay(plan, changes: changes).isResumed)
    #expect(try run(plan, changes) == whole, "seed \(seed)")
    // A checkpoint of the one form is none of the other.
    let replay = try HistoryReplay(plan, changes: changes)
    for _ in 0..<6 { #expect(try replay.advance(100)) }
    plan.format = .jsonl
    #expect(throws: ReplayError.otherReplay(checkpoint: folder("checkpoint"), differing: ["another --format"])) {
      try HistoryReplay(plan, changes: changes)
    }
  }

  @Test("one deal's rows, and those up to an instant, are those that stand in the whole table")
  func parts() throws {
    let folder = try Folder()
    let changes = RandomLives.changes(1_500, deals: 60, seed: 24).sorted { $0.occurredAt < $1.occurredAt }
    let whole = rows(try run(plan(.csv, folder("whole.csv")), changes))
    var one = plan(.csv, folder("one.csv"))
    one.onlyDeal = DealID("D7")
    let own = rows(try run(one, changes))
    #expect(own.count > 3 && own == whole.prefix(1) + whole.dropFirst().filter { $0[1] == "D7" })
    var early = plan(.csv, folder("early.csv"))
    early.until = changes[700].occurredAt
    let first = rows(try run(early, changes))
    #expect(first.count > 100 && first.count < whole.count && first == Array(whole.prefix(first.count)))
  }

  @Test("a history without scores gives the header alone")
  func empty() throws {
    let folder = try Folder()
    let text = String(decoding: try run(plan(.csv, folder("scores.csv")), []), as: UTF8.self)
    #expect(text == "\(CSVWriter.riskColumns)\n")
  }
}
