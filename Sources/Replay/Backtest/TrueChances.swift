import CRMImport
import Deals
import Statistics

/// The chances that a simulated history was drawn from: no model can be expected to do better.
public struct TrueChances: Sendable {
  /// How well the true chances themselves tell won from lost deals.
  public let report: SkillReport

  /// Reads the table that `dealpulse simulate --truth` writes: deal_id, closed_at, win_probability, outcome.
  ///
  /// - Throws: `ReplayError` where the file can't be read or is no such table.
  public init(path: String) throws(ReplayError) {
    var reader = CSVReader(try FileBytes.read(path: path))
    guard let header = reader.next()?.fields, let chance = header.firstIndex(of: "win_probability"),
      let outcome = header.firstIndex(of: "outcome")
    else { throw .damaged(file: path, reason: "it has no columns win_probability and outcome") }
    var forecasts: [Forecast] = []
    while let row = reader.next() {
      guard row.fields.count == header.count, let value = Double(row.fields[chance]), (0...1).contains(value) else {
        throw .damaged(file: path, reason: "line \(row.line) has no chance from 0 to 1")
      }
      forecasts.append(Forecast(chance: value, isWon: row.fields[outcome] == Outcome.won.name))
    }
    report = SkillReport(forecasts: forecasts)
  }
}
