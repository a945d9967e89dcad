import Foundation

/// What the program curl is answered: the status, and the body.
func curl(_ arguments: [String]) throws -> (status: String, body: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["curl", "-s", "-m", "20", "-w", "\n%{http_code}"] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
}
