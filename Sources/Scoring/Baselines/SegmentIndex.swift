import Deals

/// Finds a segment's place in the table of windows. One look-up in an array for a dimension's value, one in a dictionary
/// for a pair.
struct SegmentIndex: Sendable {
  private var places = [[Int32]](repeating: [], count: Dimension.allCases.count)
  private var pairs: [UInt64: Int32] = [:]
  private var repsByIndustry: [Symbol: [(rep: Symbol, index: Int)]] = [:]
  private var valuesByDimension = [[(value: Symbol, index: Int)]](repeating: [], count: Dimension.allCases.count)

  func find(_ dimension: Dimension, _ value: Symbol) -> Int? {
    let row = places[Int(dimension.rawValue)]
    guard value.ordinal < row.count, row[value.ordinal] >= 0 else { return nil }
    return Int(row[value.ordinal])
  }

  func find(rep: Symbol, industry: Symbol) -> Int? {
    pairs[Self.key(rep, industry)].map(Int.init)
  }

  func values(of dimension: Dimension) -> [(value: Symbol, index: Int)] {
    valuesByDimension[Int(dimension.rawValue)]
  }

  func reps(in industry: Symbol) -> [(rep: Symbol, index: Int)] { repsByIndustry[industry] ?? [] }

  /// The place of a segment; `next` where it is new.
  mutating func place(_ dimension: Dimension, _ value: Symbol, next: Int) -> Int {
    if let index = find(dimension, value) { return index }
    let row = Int(dimension.rawValue)
    if places[row].count <= value.ordinal {
      places[row].append(contentsOf: repeatElement(-1, count: value.ordinal + 1 - places[row].count))
    }
    places[row][value.ordinal] = Int32(next)
    valuesByDimension[row].append((value, next))
    return next
  }

  /// The place of a rep within an industry; `next` where it is new.
  mutating func place(rep: Symbol, industry: Symbol, next: Int) -> Int {
    if let index = find(rep: rep, industry: industry) { return index }
    pairs[Self.key(rep, industry)] = Int32(next)
    repsByIndustry[industry, default: []].append((rep, next))
    return next
  }

  private static func key(_ rep: Symbol, _ industry: Symbol) -> UInt64 {
    UInt64(rep.ordinal) << 32 | UInt64(industry.ordinal)
  }
}
