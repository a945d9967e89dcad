import Deals

/// Deals drawn at random to be looked at by a person: the same seed draws the same, so that a replay names no others.
enum AuditSample {
  /// So many of the deals, by id.
  static func draw(_ count: Int, of deals: some Sequence<DealID>, seed: UInt64) -> [String] {
    deals.sorted { ($0.hash(seed: seed), $0.text) < ($1.hash(seed: seed), $1.text) }.prefix(count).map(\.text).sorted()
  }
}
