import Foundation
import Testing

/// The program's commands as a person calls them.
@Suite struct CommandTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Runs `alert-router` in the folder; its status and all it said.
  func call(_ arguments: String..., environment: [String: String] = [:]) throws -> (status: Int32, words: String) {
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

  @Test("a receiver's missing secret stops the start with its name; check warns of it and does not fail")
  func missingSecret() throws {
    let yaml = "receivers: {slack: {type: slack, url_env: NO_SUCH_HOOK}}\nroute: {receiver: slack}\n"
    try yaml.write(to: folder.appendingPathComponent("router.yaml"), atomically: true, encoding: .utf8)
    let words = "the receiver slack needs the environment variable NO_SUCH_HOOK, which is not set"
    let check = try call("check", "--config", "router.yaml")
    #expect(check.status == 0)
    #expect(check.words.contains("warning: here \(words)"), "\(check.words)")
    let run = try call("run", "--config", "router.yaml", "--bootstrap-servers", "127.0.0.1:1")
    #expect(run.status == 1)
    #expect(run.words.contains(words), "\(run.words)")
    let set = try call("check", "--config", "router.yaml", environment: ["NO_SUCH_HOOK": "https://hooks.test"])
    #expect(!set.words.contains("warning"))
  }
}
