import Foundation

/// One of our programs as a process of its own. Killed, where it still runs, when it is forgotten.
final class Program {
  private let process = Process()
  private let input = Pipe()
  private let isLogged: Bool
  let log: String

  /// Starts a program that writes to a log of its own, or to a device.
  init(_ name: String, _ arguments: [String], environment: [String: String] = [:], device: String? = nil) throws {
    let own = FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(UUID().uuidString).log").path
    log = device ?? own
    isLogged = device == nil
    if device == nil { _ = FileManager.default.createFile(atPath: log, contents: nil) }
    process.executableURL = Self.folder.appendingPathComponent(name)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let file = FileHandle(forWritingAtPath: log)
    process.standardOutput = file
    process.standardError = file
    process.standardInput = input
    // Threads of a pool block signals, and a child inherits that.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// The programs lie where the tests were built.
  private static var folder: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  /// What it has written; nothing of one that writes to a device.
  var output: String { isLogged ? (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" : "" }
  var isRunning: Bool { process.isRunning }

  func send(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Asks for an orderly end, once the program can have begun to listen: it does before its first line.
  func terminate() {
    if isLogged { _ = eventually { !isRunning || !output.isEmpty } }
    signal(SIGTERM)
  }

  /// Waits for the end and gives the exit status.
  @discardableResult
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Runs a program to its end.
  static func run(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let program = try Program(name, arguments)
    let status = program.wait()
    return (status, program.output)
  }
}

/// Calls until a condition holds; false where it does not within five minutes.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = Date().addingTimeInterval(300)
  while Date() < deadline {
    if try condition() { return true }
    // A breath between two looks at another process, not a wait for a result.
    usleep(20_000)
  }
  return false
}
