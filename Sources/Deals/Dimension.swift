/// A property by which deals are grouped into segments.
public enum Dimension: UInt8, CaseIterable, Sendable, Hashable {
  /// The sales rep who owns the deal.
  case rep
  /// The buyer's industry.
  case industry
  /// The buyer's region.
  case region
  /// What is sold.
  case productType
  /// Where the lead came from.
  case leadSource
  /// The stage of an open deal; the stage reached, of a closed one.
  case stage
  /// The band of the amount.
  case sizeBucket
  /// The band of the age of an open deal, or of the cycle of a closed one.
  case cycleBucket

  /// The name on the wire and in configurations, such as `lead_source`.
  public var name: String {
    switch self {
    case .rep: "rep"
    case .industry: "industry"
    case .region: "region"
    case .productType: "product_type"
    case .leadSource: "lead_source"
    case .stage: "stage"
    case .sizeBucket: "size_bucket"
    case .cycleBucket: "cycle_bucket"
    }
  }

  /// The dimension of a name, else nil.
  public init?(name: String) {
    guard let dimension = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = dimension
  }
}

/// What describes a deal in words; nil where the CRM does not say.
///
/// Kept as five numbers of four bytes: a state is copied and kept for each deal, and an optional symbol takes eight.
public struct Descriptors: Hashable, Sendable {
  private var repIndex = Self.none
  private var industryIndex = Self.none
  private var regionIndex = Self.none
  private var productIndex = Self.none
  private var sourceIndex = Self.none

  /// No symbol has this number: four thousand million texts do not fit in memory.
  private static let none = UInt32.max

  /// Descriptors, each nil where unknown.
  public init(
    rep: Symbol? = nil, industry: Symbol? = nil, region: Symbol? = nil, productType: Symbol? = nil,
    leadSource: Symbol? = nil
  ) {
    self.rep = rep
    self.industry = industry
    self.region = region
    self.productType = productType
    self.leadSource = leadSource
  }

  /// The sales rep who owns the deal.
  public var rep: Symbol? {
    get { Self.symbol(repIndex) }
    set { repIndex = newValue?.index ?? Self.none }
  }
  /// The buyer's industry.
  public var industry: Symbol? {
    get { Self.symbol(industryIndex) }
    set { industryIndex = newValue?.index ?? Self.none }
  }
  /// The buyer's region.
  public var region: Symbol? {
    get { Self.symbol(regionIndex) }
    set { regionIndex = newValue?.index ?? Self.none }
  }
  /// What is sold.
  public var productType: Symbol? {
    get { Self.symbol(productIndex) }
    set { productIndex = newValue?.index ?? Self.none }
  }
  /// Where the lead came from.
  public var leadSource: Symbol? {
    get { Self.symbol(sourceIndex) }
    set { sourceIndex = newValue?.index ?? Self.none }
  }

  private static func symbol(_ index: UInt32) -> Symbol? { index == none ? nil : Symbol(index: index) }
}

/// The age of an open deal, or the cycle of a closed one, in bands of days: (0, 30], (30, 60], (60, 90], above 90.
public enum CycleBucket: UInt8, CaseIterable, Sendable, Hashable, Comparable {
  /// Up to 30 days.
  case fast
  /// 31 to 60 days.
  case medium
  /// 61 to 90 days.
  case long
  /// More than 90 days.
  case veryLong

  /// The band of a number of days.
  public init(days: Int) {
    self = days <= 30 ? .fast : days <= 60 ? .medium : days <= 90 ? .long : .veryLong
  }

  /// The name on the wire, as in the reference data.
  public var name: String {
    switch self {
    case .fast: "Fast (0-30d)"
    case .medium: "Medium (30-60d)"
    case .long: "Long (60-90d)"
    case .veryLong: "Very Long (90-120d)"
    }
  }

  /// Buckets order by length.
  public static func < (left: CycleBucket, right: CycleBucket) -> Bool { left.rawValue < right.rawValue }
}
