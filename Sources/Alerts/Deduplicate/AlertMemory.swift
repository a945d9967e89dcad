import Deals

/// What the router knows of one fingerprint: 48 bytes, so that a million fit anywhere.
public struct AlertMemory: Codable, Hashable, Sendable {
  /// Whether the alert is open.
  public var isOpen = false
  /// Whether the deal has opened and closed too often lately.
  public var isFlapping = false
  /// The tier that was last news.
  public var tier: RiskTier
  /// The score that was last news.
  public var score: RiskScore?
  /// Openings since `windowStart`.
  public var openings: UInt8 = 0
  /// The hash of what was last taken in.
  public var contentHash: UInt64
  /// When it opened last.
  public var openedAt: Timestamp
  /// When openings began to be counted.
  public var windowStart: Timestamp
  /// Since when it has been below the bound while open; nil where it is not.
  public var recoveredAt: Timestamp?

  /// A memory as it was kept; closed and without openings.
  public init(tier: RiskTier, score: RiskScore?, contentHash: UInt64, openedAt: Timestamp, windowStart: Timestamp) {
    self.tier = tier
    self.score = score
    self.contentHash = contentHash
    self.openedAt = openedAt
    self.windowStart = windowStart
  }

  init(_ source: AlertSource, at now: Timestamp) {
    tier = source.tier
    score = source.score
    contentHash = 0
    openedAt = now
    windowStart = now
  }
}
