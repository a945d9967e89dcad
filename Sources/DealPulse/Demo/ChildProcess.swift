import Programs
import Foundation
import Kafka

/// A program of ours that a demo runs beside itself.
final class ChildProcess {
  private let process = Process()

  /// Ends a child with the thread that started it, whatever that thread dies of; part of util-linux.
  private static let setpriv = "/usr/bin/setpriv"

  /// Starts a program that lies beside this one; its log goes to a file. It ends when this process does.
  init(_ program: String, _ arguments: [String], log: String) throws {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = own.deletingLastPathComponent().appendingPathComponent(program).path
    // Without setpriv (macOS) a killed parent leaves its children behind.
    let command =
      FileManager.default.isExecutableFile(atPath: Self.setpriv)
      ? [Self.setpriv, "--pdeathsig", "TERM", path] : [path]
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = command.dropFirst() + arguments
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let file = FileHandle(forWritingAtPath: log)
    process.standardOutput = file
    process.standardError = file
    process.standardInput = FileHandle.nullDevice
    Self.unblockSignals()
    do {
      guard FileManager.default.isExecutableFile(atPath: path) else { throw CocoaError(.fileNoSuchFile) }
      try process.run()
    } catch {
      throw Failure(
        text: "\(program) can't be started from \(own.deletingLastPathComponent().path): build it with `swift build`")
    }
  }

  var isRunning: Bool { process.isRunning }
  var status: Int32 { process.terminationStatus }

  func waitForEnd() { process.waitUntilExit() }

  /// Ends the program at once, as a machine that loses its power.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks the program to end, and makes it where it has not within five seconds.
  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    let deadline = Date().addingTimeInterval(5)
    while process.isRunning, Date() < deadline { DedicatedThread.pause(milliseconds: 10) }
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// A child inherits the mask of the thread that starts it, and threads that come from a pool block every signal: the
  /// child could not be asked to end.
  private static func unblockSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }
}
