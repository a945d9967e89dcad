import AlertDelivery
import Alerts
import Deals
import Foundation
import Testing

@testable import AlertRouter

/// The program's commands as a person calls them.
@Suite(.serialized) struct CommandTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Runs `alert-router` in the folder; its status and all it said.
  func call(_ arguments: [String], environment: [String: String] = [:]) throws -> (status: Int32, words: String) {
    let process = Process()
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process.executableURL = tests.appendingPathComponent("alert-router")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let words = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, words)
  }

  @Test("a command on a store that there is not fails with what to do, and makes none")
  func noStore() throws {
    for arguments in [
      ["why", "--deal", "D1"], ["ack", "--deal", "D1", "--author", "ann"], ["dead-letters"], ["silence", "list"],
      ["silence", "add", "deal_id=D1", "--author", "ann", "--comment", "known"], ["silence", "expire", "x"],
    ] {
      let answer = try call(arguments + ["--store", "nowhere.sqlite"])
      #expect(answer.status == 1)
      #expect(answer.words.contains("only alert-router run makes a store"), "\(answer.words)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("nowhere.sqlite").path))
    }
  }

  @Test("a word about what is unknown is refused; a good one says what it does, and a silence is listed at once")
  func words() throws {
    let path = try StoredAlert.store("D1", at: Timestamp(milliseconds: 1_772_452_800_000)).path
    func told(_ arguments: String...) throws -> (status: Int32, words: String) {
      try call(arguments + ["--store", path])
    }
    let unknown = try told("ack", "--deal", "NOSUCH", "--author", "ann")
    #expect(unknown.status == 1)
    #expect(unknown.words.contains("no alert of NOSUCH is open"), "\(unknown.words)")
    let known = try told("ack", "--deal", "D1", "--author", "ann")
    #expect(known.status == 0)
    #expect(known.words.contains("the alert of D1 is acknowledged by ann"), "\(known.words)")
    #expect(try told("silence", "expire", "nosuch").status == 1)
    let added = try told("silence", "add", "deal_id=D1", "--author", "ann", "--comment", "known")
    let id = added.words.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    #expect(try told("silence", "list").words.contains("\(id)  active"))
    let ended = try told("silence", "expire", id)
    #expect(ended.words.contains("silence \(id) ends now"), "\(ended.words)")
    #expect(try told("silence", "list").words.contains("\(id)  expired"))
    #expect(try told("silence", "expire", id).status == 1)
  }

  @Test("dead letters show the deal, the person and why; one that there is not can't be sent again")
  func deadLetters() throws {
    let noon = Timestamp(milliseconds: 1_772_452_800_000)
    let store = try StoredAlert.store("D1", at: noon)
    var entry = try #require(try store.takeNext(receiver: "out", at: noon))
    try store.markDead(entry, note: "the mail server answered 550 no", at: noon)
    let list = try call(["dead-letters", "--store", store.path])
    #expect(list.words.contains("out → channel  alert: D1  1 try  the mail server answered 550 no"), "\(list.words)")
    entry.message.recipient = Person(id: "max", name: "Max")
    entry.message.alerts = Array(repeating: entry.message.alerts[0], count: 7)
    #expect(DeadLettersCommand.line(entry).contains("out → Max  alert: D1 D1 D1 D1 D1 and 2 more"))
    let unknown = try call(["dead-letters", "--retry", "--id", "nosuch", "--store", store.path])
    #expect(unknown.status == 1)
    #expect(unknown.words.contains("there is no dead letter nosuch"), "\(unknown.words)")
    let retried = try call(["dead-letters", "--retry", "--store", store.path])
    #expect(retried.words.contains("1 is sent again"), "\(retried.words)")
    #expect(try store.entries(state: "pending").count == 1)
  }

  @Test("a receiver's missing secret stops the start with its name; check warns of it and does not fail")
  func missingSecret() throws {
    let yaml = "receivers: {slack: {type: slack, url_env: NO_SUCH_HOOK}}\nroute: {receiver: slack}\n"
    try yaml.write(to: folder.appendingPathComponent("router.yaml"), atomically: true, encoding: .utf8)
    let words = "the receiver slack needs the environment variable NO_SUCH_HOOK, which is not set"
    let check = try call(["check", "--config", "router.yaml"])
    #expect(check.status == 0)
    #expect(check.words.contains("warning: here \(words)"), "\(check.words)")
    let run = try call(["run", "--config", "router.yaml", "--bootstrap-servers", "127.0.0.1:1"])
    #expect(run.status == 1)
    #expect(run.words.contains(words), "\(run.words)")
    let set = try call(["check", "--config", "router.yaml"], environment: ["NO_SUCH_HOOK": "https://hooks.test"])
    #expect(!set.words.contains("warning"))
  }
}
