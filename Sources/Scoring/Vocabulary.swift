import Deals

/// The symbols of fixed words, interned once.
enum Vocabulary {
  static let rep = Symbol("rep")
  static let industry = Symbol("industry")
  static let region = Symbol("region")
  static let leadSource = Symbol("lead_source")
  static let stage = Symbol("stage")
  static let cycleBucket = Symbol("cycle_bucket")
  static let amount = Symbol("amount")
  static let days = Symbol("days")

  private static let dimensions: [(factor: Symbol, dimension: Dimension)] = [
    (cycleBucket, .cycleBucket), (rep, .rep), (industry, .industry), (leadSource, .leadSource), (stage, .stage),
    (region, .region),
  ]

  /// The dimension that a factor looks at; nil of one that looks at none.
  static func dimension(of factor: Symbol) -> Dimension? {
    for index in dimensions.indices where dimensions[index].factor == factor { return dimensions[index].dimension }
    return nil
  }

  private static let stages = Stage.allCases.map { Symbol($0.name) }
  private static let cycleBuckets = CycleBucket.allCases.map { Symbol($0.name) }

  static func symbol(of stage: Stage) -> Symbol { stages[Int(stage.rawValue)] }
  static func symbol(of bucket: CycleBucket) -> Symbol { cycleBuckets[Int(bucket.rawValue)] }
}
