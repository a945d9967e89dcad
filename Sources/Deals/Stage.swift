/// The funnel, in order. A connector maps a CRM's own stages onto these.
public enum Stage: UInt8, CaseIterable, Sendable, Hashable, Comparable {
  /// A qualified opportunity.
  case qualified
  /// The product was, or is to be, shown.
  case demo
  /// A proposal is with the buyer.
  case proposal
  /// Terms are being negotiated.
  case negotiation
  /// The last stage: waiting for, or past, the signature.
  case closed

  /// The name on the wire.
  public var name: String {
    switch self {
    case .qualified: "Qualified"
    case .demo: "Demo"
    case .proposal: "Proposal"
    case .negotiation: "Negotiation"
    case .closed: "Closed"
    }
  }

  /// The stage of a name on the wire, exactly as written there, else nil.
  public init?(name: String) {
    guard let stage = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = stage
  }

  /// Stages order by their place in the funnel.
  public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
}

/// How a deal ended.
public enum Outcome: UInt8, CaseIterable, Sendable, Hashable {
  /// The buyer signed.
  case won
  /// The buyer did not.
  case lost

  /// The name on the wire: `won` or `lost`.
  public var name: String { self == .won ? "won" : "lost" }
}
