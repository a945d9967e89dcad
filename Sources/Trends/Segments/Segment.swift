import Deals

extension Dimension {
  /// A closed deal's value of the dimension; nil where it has none.
  public func value(of deal: ClosedDeal) -> Symbol? {
    switch self {
    case .rep: deal.descriptors.rep
    case .industry: deal.descriptors.industry
    case .region: deal.descriptors.region
    case .productType: deal.descriptors.productType
    case .leadSource: deal.descriptors.leadSource
    case .stage: Names.stages[Int(deal.stage.rawValue)]
    case .sizeBucket: deal.amount.map { Names.sizes[Int(SizeBucket($0).rawValue)] }
    case .cycleBucket: Names.cycles[Int(CycleBucket(days: deal.cycleDays).rawValue)]
    }
  }
}

/// Names of bands and stages, each made once.
private enum Names {
  static let stages = Stage.allCases.map { Symbol($0.name) }
  static let sizes = SizeBucket.allCases.map { Symbol($0.name) }
  static let cycles = CycleBucket.allCases.map { Symbol($0.name) }
}

/// A group of deals that share the values of one or two dimensions.
public struct Segment: Hashable, Sendable {
  /// One dimension with its value.
  public struct Part: Hashable, Sendable {
    /// The dimension.
    public var dimension: Dimension
    /// Its value.
    public var value: Symbol

    /// A dimension with its value.
    public init(_ dimension: Dimension, _ value: Symbol) {
      self.dimension = dimension
      self.value = value
    }
  }

  /// The first part.
  public var first: Part
  /// The second, of a pair.
  public var second: Part?

  /// A segment.
  public init(_ first: Part, _ second: Part? = nil) {
    self.first = first
    self.second = second
  }

  /// The segment of a deal in some dimensions; nil where the deal has no value of one.
  public init?(_ deal: ClosedDeal, _ dimensions: SegmentDimensions) {
    guard let value = dimensions.first.value(of: deal) else { return nil }
    var second: Part?
    if let dimension = dimensions.second {
      guard let value = dimension.value(of: deal) else { return nil }
      second = Part(dimension, value)
    }
    self.init(Part(dimensions.first, value), second)
  }

  /// The parts, one or two.
  public var parts: [Part] { second.map { [first, $0] } ?? [first] }

  /// Such as `industry=EdTech` or `industry=EdTech and lead_source=Partner`.
  public var name: String { parts.map { "\($0.dimension.name)=\($0.value.text)" }.joined(separator: " and ") }

  /// The values alone, as a person says them: `EdTech from Partner`.
  public var spoken: String { parts.map(\.value.text).joined(separator: " with ") }

  /// Whether a deal belongs to it.
  public func contains(_ deal: ClosedDeal) -> Bool { parts.allSatisfy { $0.dimension.value(of: deal) == $0.value } }
}

/// One or two dimensions by which deals are grouped.
public struct SegmentDimensions: Hashable, Sendable {
  /// The first.
  public var first: Dimension
  /// The second, of a pair.
  public var second: Dimension?

  /// Dimensions.
  public init(_ first: Dimension, _ second: Dimension? = nil) {
    self.first = first
    self.second = second
  }

  /// What is watched where nobody says otherwise: each dimension alone, industry × lead source and rep × industry.
  public static let standard: [SegmentDimensions] =
    Dimension.allCases.map { SegmentDimensions($0) } + [
      SegmentDimensions(.industry, .leadSource), SegmentDimensions(.rep, .industry),
    ]

  /// The dimensions of a name such as `rep` or `rep*industry`, else nil.
  public init?(name: String) {
    let names = name.split(separator: "*").map { Dimension(name: String($0.filter { $0 != " " })) }
    guard (1...2).contains(names.count), let first = names[0] else { return nil }
    guard names.count == 2 else {
      self.init(first)
      return
    }
    guard let second = names[1], second != first else { return nil }
    self.init(first, second)
  }

  /// Such as `rep` or `rep*industry`.
  public var name: String { second.map { "\(first.name)*\($0.name)" } ?? first.name }
}
