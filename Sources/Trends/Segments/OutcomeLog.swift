import Deals

/// The closed deals of the last 400 days, for what is only asked when something has been found.
struct OutcomeLog: Sendable {
  private(set) var deals: [DealID: ClosedDeal] = [:]
  private var oldest = Day(number: .max)

  mutating func add(_ deal: ClosedDeal, _ id: DealID) {
    deals[id] = deal
    oldest = min(oldest, deal.closedAt.day)
  }

  mutating func remove(_ id: DealID) { deals[id] = nil }

  /// Forgets what closed before a day; looks only when a month of it has gathered.
  mutating func forget(before day: Day) {
    guard day - oldest >= 30 else { return }
    deals = deals.filter { $0.value.closedAt.day >= day }
    oldest = deals.values.map(\.closedAt.day).min() ?? Day(number: .max)
  }

  func forEach(from day: Day, to end: Day, _ body: (ClosedDeal) -> Void) {
    for deal in deals.values where deal.closedAt.day >= day && deal.closedAt.day < end { body(deal) }
  }

  func closed(from day: Day, to end: Day) -> [ClosedDeal] {
    deals.values.filter { $0.closedAt.day >= day && $0.closedAt.day < end }
  }
}
