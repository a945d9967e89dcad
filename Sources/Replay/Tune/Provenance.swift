import Foundation

/// Where a configuration that was found comes from: what was read, how, and by which program.
public struct Provenance: Sendable {
  /// What there is to say, a line each.
  public let lines: [String]

  /// Reads through the files, for their digests.
  ///
  /// - Parameters:
  ///   - inputs: The files of the history.
  ///   - columns: How a table among them is read; nil where that was not said.
  ///   - start: The configuration that was started from; nil for the defaults.
  ///   - share: The share of closed deals that was searched on.
  ///   - program: The program's own file.
  public init(
    inputs: [String], columns: String?, start: String?, share: Double, program: String? = Bundle.main.executablePath
  ) {
    var lines = inputs.map { "History: \($0), \(Self.digest($0))" }
    if let columns { lines.append("Columns: \(columns), \(Self.digest(columns))") }
    lines.append("Started from \(start.map { "\($0), \(Self.digest($0))" } ?? "the defaults").")
    lines.append("Share of closed deals searched on: \(share)")
    if let program { lines.append("Program: \(URL(filePath: program).lastPathComponent), \(Self.digest(program))") }
    self.lines = lines
  }

  /// A pipe can be read only once, and a model's name is no file.
  private static func digest(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, let digest = try? FileDigest(path: path) else {
      return "which is no file that could be read again"
    }
    return "\(digest.bytes) bytes, SHA-256 \(digest.sha256)"
  }
}
