import Deals

/// The symbols of fixed words, interned once.
///
/// Whoever scores keeps a copy: a look at a global costs a call, and a score takes twenty looks.
struct Vocabulary: Hashable, Sendable {
  let rep: Symbol = "rep"
  let industry: Symbol = "industry"
  let region: Symbol = "region"
  let leadSource: Symbol = "lead_source"
  let stage: Symbol = "stage"
  let cycleBucket: Symbol = "cycle_bucket"
  let amount: Symbol = "amount"
  let days: Symbol = "days"

  private let stages = Stage.allCases.map { Symbol($0.name) }
  private let cycleBuckets = CycleBucket.allCases.map { Symbol($0.name) }

  /// The one that all copies are of.
  static let shared = Vocabulary()

  private init() {}

  @inline(__always)
  func symbol(of stage: Stage) -> Symbol { stages[Int(stage.rawValue)] }

  @inline(__always)
  func symbol(of bucket: CycleBucket) -> Symbol { cycleBuckets[Int(bucket.rawValue)] }

  /// The dimension that a factor looks at; nil of one that looks at none.
  func dimension(of factor: Symbol) -> Dimension? {
    if factor == cycleBucket { return .cycleBucket }
    if factor == rep { return .rep }
    if factor == industry { return .industry }
    if factor == leadSource { return .leadSource }
    if factor == stage { return .stage }
    return factor == region ? .region : nil
  }
}
