import Deals

extension AlertPipeline {
  /// Looks at a group that is due: what it would say, nil where it stays quiet.
  mutating func look(at original: AlertGroup, at now: Timestamp, _ decisions: inout [Decision]) -> Draft? {
    var group = original
    defer { store(group) }
    guard let route = routes[group.routeID] else {
      for fingerprint in group.alerts.keys { remove(fingerprint, from: &group) }
      return nil
    }
    dropUnsaidResolved(&group, route)
    if let quiet = rules.quiet(route, at: now) {
      mute(&group, quiet, at: now, &decisions)
      return nil
    }
    let alerts = speakable(&group, at: now, &decisions)
    let news = alerts.filter(group.isNews)
    let over =
      rules.receivers[group.receiver]?.sendsResolved == false
      ? [] : group.alerts.values.filter { $0.isResolved && group.said[$0.fingerprint] != nil }
    if group.isMuted {
      group.isMuted = false
      if !news.isEmpty {
        gather(news, of: &group, to: .afterMute, dueAt: now, at: now)
        // What ended meanwhile is the group's own to say: an incident ends under its key.
        guard over.isEmpty else { return Draft(group: group, purpose: .resolved, alerts: [], resolved: over) }
        return rest(&group, route, alerts, at: now)
      }
    }
    if !news.isEmpty || !over.isEmpty {
      return Draft(group: group, purpose: news.isEmpty ? .resolved : .alert, alerts: news, resolved: over)
    }
    let unanswered = alerts.filter { acknowledgements[$0.fingerprint] == nil }
    if let draft = escalation(group, route, unanswered, at: now) { return draft }
    let latest = now.adding(milliseconds: -route.repeatInterval.value)
    if unanswered.contains(where: { group.said[$0.fingerprint].map { $0.at <= latest } == true }) {
      return Draft(group: group, purpose: .reminder, alerts: unanswered, resolved: [])
    }
    return rest(&group, route, alerts, at: now)
  }

  /// What was resolved before it was ever said is nobody's business; nor is it where the receiver wants no such news.
  private mutating func dropUnsaidResolved(_ group: inout AlertGroup, _ route: Route) {
    let wantsResolved = rules.receivers[group.receiver]?.sendsResolved != false
    for alert in group.alerts.values where alert.isResolved && (!wantsResolved || group.said[alert.fingerprint] == nil)
    {
      remove(alert.fingerprint, from: &group)
    }
  }

  /// Holds a group's news back while its route is quiet.
  mutating func mute(
    _ group: inout AlertGroup, _ quiet: String, at now: Timestamp, _ decisions: inout [Decision]
  ) {
    if group.hasNews {
      group.isMuted = true
      // A muted group is looked at each minute: only what is new in it is sorted.
      let untold = group.alerts.values.filter { group.heldBack[$0.fingerprint] != .muted }
      for alert in untold.sortedByDollars() {
        group.heldBack[alert.fingerprint] = .muted
        changes.states.insert(alert.fingerprint)
        decisions.append(Decision(.muted, quiet, alert.source, alert.fingerprint, at: now, group: group))
      }
    }
    group.dueAt = Self.nextMinute(after: now)
  }

  /// Intervals begin and end with a minute: groups that wait for the end of one come together, and share a message.
  static func nextMinute(after now: Timestamp) -> Timestamp {
    now.adding(milliseconds: 60_000 - now.milliseconds % 60_000)
  }

  /// The open alerts that nothing holds back; each reason for holding one back is told once.
  mutating func speakable(
    _ group: inout AlertGroup, at now: Timestamp, _ decisions: inout [Decision]
  ) -> [Alert] {
    var alerts: [Alert] = []
    for alert in group.alerts.values.sortedByDollars() where !alert.isResolved {
      guard let (reason, text) = reasonToHoldBack(alert, group, at: now) else {
        if group.heldBack.removeValue(forKey: alert.fingerprint) != nil { changes.states.insert(alert.fingerprint) }
        alerts.append(alert)
        continue
      }
      guard group.heldBack[alert.fingerprint] != reason else { continue }
      group.heldBack[alert.fingerprint] = reason
      changes.states.insert(alert.fingerprint)
      decisions.append(Decision(reason, text, alert.source, alert.fingerprint, at: now, group: group))
    }
    return alerts
  }

  private func reasonToHoldBack(
    _ alert: Alert, _ group: AlertGroup, at now: Timestamp
  ) -> (DecisionReason, String)? {
    if let other = inhibitor.inhibitor(of: alert.source, alert.fingerprint) {
      return (.inhibited, "\(other.kind.rawValue) \(other.subject) speaks for it")
    }
    if let silence = silencer.silence(of: alert.source, at: now) {
      return (.silenced, "silence \(silence.id) by \(silence.author): \(silence.comment)")
    }
    if let word = acknowledgements[alert.fingerprint], group.said[alert.fingerprint] != nil {
      return (.acknowledged, "acknowledged by \(word.author) at \(word.at)")
    }
    return nil
  }

  /// What goes one level up because nobody there has answered in time: the lowest level at which anything is due, with all
  /// that is unanswered there.
  private func escalation(
    _ group: AlertGroup, _ route: Route, _ unanswered: [Alert], at now: Timestamp
  ) -> Draft? {
    guard let after = route.escalateAfter else { return nil }
    let levels = rules.owners.everyone(above: group.recipientID).count
    let latest = now.adding(milliseconds: -after.value)
    func level(_ alert: Alert) -> Int { group.said[alert.fingerprint]?.escalations ?? 0 }
    let due = unanswered.filter { alert in
      group.said[alert.fingerprint].map { $0.escalations < levels && $0.askedAt <= latest } == true
    }
    guard let lowest = due.map(level).min() else { return nil }
    let alerts = unanswered.filter { level($0) == lowest }
    return Draft(group: group, purpose: .escalation, alerts: alerts, resolved: [], level: lowest)
  }

  /// Sets when the group is looked at next, and says nothing.
  private func rest(_ group: inout AlertGroup, _ route: Route, _ alerts: [Alert], at now: Timestamp) -> Draft? {
    group.dueAt = nextLook(group, route, at: now)
    return nil
  }

  /// The next moment at which time alone may change what a group says.
  func nextLook(_ group: AlertGroup, _ route: Route, at now: Timestamp) -> Timestamp? {
    nextLook(at: group.alerts.values, of: group, route, at: now)
  }

  /// The same for some alerts of a group, nil where none of them is open.
  func nextLook(
    at alerts: some Sequence<Alert>, of group: AlertGroup, _ route: Route, at now: Timestamp
  ) -> Timestamp? {
    let levels = route.escalateAfter == nil ? 0 : rules.owners.everyone(above: group.recipientID).count
    var next: Timestamp?
    for alert in alerts where !alert.isResolved {
      // A silence, an inhibition or a mute may end without a word.
      guard group.heldBack[alert.fingerprint] == nil, let word = group.said[alert.fingerprint] else {
        let soon = now.adding(milliseconds: max(route.groupInterval.value, 1_000))
        next = min(next ?? soon, soon)
        continue
      }
      var moment = word.at.adding(milliseconds: route.repeatInterval.value)
      if let after = route.escalateAfter, word.escalations < levels {
        moment = min(moment, word.askedAt.adding(milliseconds: after.value))
      }
      next = min(next ?? moment, moment)
    }
    return next.map { max($0, now.adding(milliseconds: 1_000)) }
  }

  /// Moves news into a common message; the group counts it as said.
  mutating func gather(
    _ alerts: [Alert], of group: inout AlertGroup, to purpose: MessagePurpose, dueAt: Timestamp, at now: Timestamp
  ) {
    bin(alerts, to: purpose, receiver: group.receiver, recipientID: group.recipientID, dueAt: dueAt)
    for alert in alerts {
      group.note(alert, saidAt: now, by: purpose)
      changes.states.insert(alert.fingerprint)
    }
    group.lastSentAt = now
  }
}
