import Foundation
import Scoring
import Testing

@testable import Replay

@Suite("A checkpoint writes and removes its own files alone")
struct CheckpointFolderTests {
  private func plan(_ folder: TestFolder, _ changes: Int = 600) throws -> ReplayPlan {
    let lines = RandomLives.changes(changes, deals: 50, seed: 41).map(TestFolder.line)
    var plan = ReplayPlan(inputs: [try folder.write("in.jsonl", lines)], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 200
    return plan
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  @Test("scores that are written into the folder of the checkpoint stay when the replay has come to its end")
  func outputBeside() throws {
    let folder = try TestFolder()
    var plan = try plan(folder)
    plan.output = folder("checkpoint/scores.jsonl")
    // An empty folder that is there already will do.
    try FileManager.default.createDirectory(atPath: folder("checkpoint"), withIntermediateDirectories: true)
    #expect(try HistoryReplay(plan).advance(400))
    let last = try HistoryReplay(plan)
    #expect(last.isResumed)
    try TestFolder.run(last)
    #expect(try names(folder("checkpoint")) == ["scores.jsonl"])
    #expect(try Data(contentsOf: URL(filePath: plan.output)).count > 10_000)
  }

  @Test(
    "a folder that holds something else is refused, and nothing in it is touched",
    arguments: ["deals-2024.csv", "deals-2024.jsonl", "ledger.jsonl", "notes.txt"])
  func foreign(name: String) throws {
    let folder = try TestFolder()
    let plan = try plan(folder)
    try FileManager.default.createDirectory(atPath: folder("checkpoint"), withIntermediateDirectories: true)
    let file = try folder.write("checkpoint/\(name)", ["precious"])
    #expect(throws: ReplayError.foreignFolder(folder("checkpoint"), file: name)) { try HistoryReplay(plan) }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious\n")
    #expect(try names(folder("checkpoint")) == [name])
    #expect(!FileManager.default.fileExists(atPath: plan.output))
  }

  @Test("what was put beside a checkpoint stays through the next one and through the end", arguments: [true, false])
  func strangers(atFirst: Bool) throws {
    let folder = try TestFolder()
    let plan = try plan(folder)
    let replay = try HistoryReplay(plan)
    let strangers = ["deals-2024.csv", "deals-.jsonl", "deals-12a.jsonl", "ledger.csv"]
    if atFirst { for name in strangers { _ = try folder.write("checkpoint/\(name)", ["precious"]) } }
    for _ in 0..<2 { #expect(try replay.advance(200)) }
    #expect(try names(folder("checkpoint")).filter { $0.hasSuffix("0.jsonl") } == ["deals-400.jsonl"])
    if !atFirst { for name in strangers { _ = try folder.write("checkpoint/\(name)", ["precious"]) } }
    try TestFolder.run(replay)
    #expect(try names(folder("checkpoint")) == strangers.sorted())
  }

  @Test("an output or input under a name of the checkpoint is refused", arguments: ["ledger.jsonl", "deals-7.jsonl"])
  func ownNames(name: String) throws {
    let folder = try TestFolder()
    var plan = try plan(folder)
    plan.output = folder("checkpoint/../checkpoint/\(name)")
    #expect(throws: ReplayError.foreignFolder(folder("checkpoint"), file: plan.output)) { try HistoryReplay(plan) }
  }

  @Test("a replay that was killed before its first checkpoint is started again in the same folder")
  func killedEarly() throws {
    let folder = try TestFolder()
    let plan = try plan(folder)
    #expect(try HistoryReplay(plan).advance(100))
    let again = try HistoryReplay(plan)
    #expect(again.progress.changes == 0)
    try TestFolder.run(again)
    #expect(!FileManager.default.fileExists(atPath: folder("checkpoint")))
  }
}
