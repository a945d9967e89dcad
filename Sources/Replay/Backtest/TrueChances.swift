import CRMImport
import Deals
import Statistics

/// The chances that a simulated history was drawn from: no model can be expected to do better.
public struct TrueChances: Sendable {
  /// The share of closed deals whose outcome must be the table's: a history may lack a change, another has nothing to do
  /// with it.
  private static let sharedAtLeast = 0.95

  private let path: String
  private let forecasts: [(id: DealID, forecast: Forecast)]

  /// How well the true chances themselves tell won from lost deals: of the whole table, or of the deals of a history.
  public let report: SkillReport

  /// Reads the table that `dealpulse simulate --truth` writes: deal_id, closed_at, win_probability, outcome.
  ///
  /// - Throws: `ReplayError` where the file can't be read or is no such table.
  public init(path: String) throws(ReplayError) {
    var reader = CSVReader(try FileBytes.read(path: path))
    guard let header = reader.next()?.fields, let chance = header.firstIndex(of: "win_probability"),
      let outcome = header.firstIndex(of: "outcome"), let deal = header.firstIndex(of: "deal_id")
    else { throw .unusable(file: path, reason: "it has no columns deal_id, win_probability and outcome") }
    var forecasts: [(id: DealID, forecast: Forecast)] = []
    while let row = reader.next() {
      guard row.fields.count == header.count, let id = DealID(row.fields[deal]), let value = Double(row.fields[chance]),
        (0...1).contains(value)
      else { throw .unusable(file: path, reason: "line \(row.line) has no deal with a chance from 0 to 1") }
      forecasts.append((id, Forecast(chance: value, isWon: row.fields[outcome] == Outcome.won.name)))
    }
    self.init(path, forecasts)
  }

  private init(_ path: String, _ forecasts: [(id: DealID, forecast: Forecast)]) {
    self.path = path
    self.forecasts = forecasts
    report = SkillReport(forecasts: forecasts.map(\.forecast))
  }

  /// The chances of a history's closed deals.
  ///
  /// - Parameter outcomes: What became of them.
  /// - Throws: `ReplayError.otherTruth` where the table is that of another history.
  public func joined(with outcomes: [DealID: Outcome]) throws(ReplayError) -> TrueChances {
    let own = forecasts.filter { outcomes[$0.id].map { $0 == .won } == $0.forecast.isWon }
    let known = Set(own.map(\.id)).count
    guard !outcomes.isEmpty, Double(known) >= Self.sharedAtLeast * Double(outcomes.count) else {
      throw .otherTruth(file: path, known: known, deals: outcomes.count)
    }
    return TrueChances(path, own)
  }
}
