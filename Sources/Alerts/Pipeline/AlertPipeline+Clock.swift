import Deals

extension AlertPipeline {
  /// The clock ran ahead and was set back to `now`: what was put off into a future that is none comes at its normal time
  /// again, and no period of a digest counts as sent that has not come yet.
  public mutating func clockWasSetBack(to now: Timestamp) {
    for (key, var group) in groups {
      guard let route = routes[group.routeID] else { continue }
      let before = group
      if let last = group.lastSentAt, last > now { group.lastSentAt = now }
      for (fingerprint, word) in group.said where word.at > now || word.askedAt > now {
        group.said[fingerprint]?.at = min(word.at, now)
        group.said[fingerprint]?.askedAt = min(word.askedAt, now)
      }
      let waits = [route.groupWait.value, route.groupInterval.value, route.repeatInterval.value, 60_000]
      let latest = now.adding(milliseconds: waits.max() ?? 60_000)
      if let due = group.dueAt, due > latest { group.dueAt = latest }
      guard group != before else { continue }
      groups[key] = group
      changes.groups.insert(key)
    }
    for (key, bin) in ledger.bins where bin.dueAt > now.adding(days: 1) {
      ledger.bins[key]?.dueAt = now.adding(days: 1)
    }
    for (receiver, window) in ledger.storms where window.startedAt > now { ledger.storms[receiver]?.startedAt = now }
    ledger.calendar.limit(rules.digests, to: now)
    ledger.spike.limit(to: now)
  }
}
