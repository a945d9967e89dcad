import Deals

extension AlertPipeline {
  /// Puts an alert's news into the groups of its routes, and takes it out of those that are not its any more.
  mutating func place(_ alert: Alert, at now: Timestamp) -> [Decision] {
    let before = groupKeys[alert.fingerprint] ?? []
    var placed: Set<String> = []
    let joined = rules.tree.routes(for: alert.source).map { route in
      let person = rules.owners.person(route.audience, for: alert.source)
      let labels = route.groupLabels(alert.source)
      let key = ([route.id, person?.id ?? "-"] + labels).joined(separator: "|")
      // Taken out, so that a large group is changed in place.
      var group =
        groups.removeValue(forKey: key) ?? AlertGroup(key: key, route: route, recipientID: person?.id, labels: labels)
      group.alerts[alert.fingerprint] = alert
      group.said[alert.fingerprint]?.escalations = 0
      group.wake(at: nextMoment(group, at: now))
      groupKeys[alert.fingerprint, default: []].insert(key)
      placed.insert(key)
      store(group)
      return Decision(
        .grouped, "\(alert.news); its group speaks at \(group.dueAt ?? now) at the earliest", alert.source,
        alert.fingerprint, at: now, group: group)
    }
    return joined + before.subtracting(placed).sorted().flatMap { leave($0, alert, for: joined, at: now) }
  }

  /// Takes an alert out of a group for others. Whoever heard of it here, and does not hear of it there, is told once who has
  /// it now; an incident ends in any case, since its key is the group's.
  private mutating func leave(_ key: String, _ alert: Alert, for others: [Decision], at now: Timestamp) -> [Decision] {
    guard let here = groups[key]?.alerts[alert.fingerprint], !here.isResolved,
      var group = groups.removeValue(forKey: key)
    else { return [] }
    let isSaid = group.said[alert.fingerprint] != nil
    let isSameReader = others.contains { $0.receiver == group.receiver && $0.recipientID == group.recipientID }
    let hasIncident = rules.keepsIncidents(group.receiver)
    let name = others.first.map { other in
      other.recipientID.flatMap { rules.owners.people[$0]?.name } ?? other.receiver ?? ""
    }
    let news = "now \(alert.source.tier.name), with \(name ?? group.receiver)"
    func decision(_ text: String) -> [Decision] {
      [Decision(.handedOn, text, alert.source, alert.fingerprint, at: now, group: group)]
    }
    guard isSaid, !isSameReader || hasIncident else {
      remove(alert.fingerprint, from: &group)
      store(group)
      return decision("\(news); \(isSaid ? "the same reader hears of it" : "this group had not said it")")
    }
    group.alerts[alert.fingerprint] = alert.handedOn(news)
    group.wake(at: nextMoment(group, at: now))
    store(group)
    note(alert.fingerprint)
    return decision("\(news); the group says so next")
  }

  /// When a group may say news: after `group_wait` for the first, after `group_interval` for what follows.
  func nextMoment(_ group: AlertGroup, at now: Timestamp) -> Timestamp {
    guard let route = routes[group.routeID] else { return now }
    guard let last = group.lastSentAt else { return now.adding(milliseconds: route.groupWait.value) }
    return max(now, last.adding(milliseconds: route.groupInterval.value))
  }

  mutating func store(_ group: AlertGroup) {
    changes.groups.insert(group.key)
    if group.alerts.isEmpty { groups[group.key] = nil } else { groups[group.key] = group }
  }

  mutating func remove(_ fingerprint: Fingerprint, from group: inout AlertGroup) {
    group.alerts[fingerprint] = nil
    group.said[fingerprint] = nil
    group.heldBack[fingerprint] = nil
    changes.states.insert(fingerprint)
    groupKeys[fingerprint]?.remove(group.key)
    if groupKeys[fingerprint]?.isEmpty == true { groupKeys[fingerprint] = nil }
  }

  /// Takes over new rules: what is open is routed again, and what was said under the same group stays said.
  public mutating func reload(_ rules: RouterRules, at now: Timestamp) {
    self.rules = rules
    routes = Self.index(rules.tree)
    deduplicator.rules = rules.deduplication
    inhibitor = Inhibitor(rules.inhibitions)
    let old = groups
    // What is open and in no group is no news: it flaps, which was said.
    let placed = Set(groups.values.flatMap { $0.alerts.values.lazy.filter { !$0.isResolved }.map(\.fingerprint) })
    changes.groups.formUnion(old.keys)
    groups = [:]
    groupKeys = [:]
    for alert in openAlerts {
      inhibitor.opened(alert.source, alert.fingerprint)
      if placed.contains(alert.fingerprint) { _ = place(alert, at: now) }
    }
    for (key, before) in old {
      // A group whose alerts are all over is routed nowhere, and has yet to say so.
      guard var group = groups[key] ?? emptied(before) else { continue }
      group.said = before.said.filter { group.alerts[$0.key] != nil }
      group.heldBack = before.heldBack.filter { group.alerts[$0.key] != nil }
      for alert in before.alerts.values
      where alert.isResolved && before.said[alert.fingerprint] != nil
        && group.alerts[alert.fingerprint] == nil
      {
        group.alerts[alert.fingerprint] = alert
        group.said[alert.fingerprint] = before.said[alert.fingerprint]
        groupKeys[alert.fingerprint, default: []].insert(key)
      }
      group.lastSentAt = before.lastSentAt
      group.messages = before.messages
      group.isMuted = before.isMuted
      group.dueAt = before.dueAt ?? nextMoment(group, at: now)
      groups[key] = group.alerts.isEmpty ? nil : group
    }
  }

  /// A group of old rules without its alerts, nil where the new ones have no such route.
  private func emptied(_ before: AlertGroup) -> AlertGroup? {
    guard let route = routes[before.routeID] else { return nil }
    return AlertGroup(key: before.key, route: route, recipientID: before.recipientID, labels: before.labels)
  }
}
