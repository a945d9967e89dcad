import Deals

/// A month's moves backwards of one rep, and some of the deals at random for a person to look at: whether or not they are
/// unusually many, as only a sample tells what such moves are worth.
struct RepAudit {
  private let moved: Int
  private let back: Int
  private let sample: [String]

  /// The audit of a rep's moves in a month.
  init(_ moves: [DealID: OpenPipeline.Moves], _ month: ReportCalendar.Period, sample count: Int) {
    let back = moves.filter { $0.value.back.contains(where: month.contains) }
    self.back = back.count
    moved = moves.count { $0.value.all.contains(where: month.contains) }
    sample = AuditSample.draw(count, of: back.keys, seed: UInt64(bitPattern: month.from.milliseconds))
  }

  var lines: [String] {
    guard back > 0 else { return [] }
    return [
      "\(back) of \(moved) deals that moved went backwards; to audit, drawn at random: \(sample.joined(separator: ", "))"
    ]
  }

  var figures: [Report.Figure] { [.init("moved_month", Double(moved)), .init("moved_back_month", Double(back))] }

  var labels: [Report.Label] { sample.enumerated().map { .init("audit_\($0 + 1)", $1) } }
}
