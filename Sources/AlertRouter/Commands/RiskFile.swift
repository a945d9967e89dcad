import Alerts
import Deals
import Foundation
import Programs

/// Risk events in a file: one JSON object, or JSON Lines.
enum RiskFile {
  /// The statements of a file, in its order.
  ///
  /// - Throws: `Failure` with file and line for what can't be read.
  static func read(_ path: String) throws -> [AlertSource] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path) can't be read: check it")
    }
    let decoder = RiskDecoder()
    if let one = try? data.withUnsafeBytes({ try decoder.decode($0) }) { return [AlertSource(one)] }
    var statements: [AlertSource] = []
    for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      do {
        statements.append(AlertSource(try line.withUnsafeBytes { try decoder.decode($0) }))
      } catch {
        throw Failure("\(path):\(index + 1): \(error)")
      }
    }
    return statements
  }
}
