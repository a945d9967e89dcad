import Deals

extension AlertPipeline {
  /// Turns a draft into a message, or into a line of a digest where there are too many.
  mutating func dispatch(_ draft: Draft, at now: Timestamp, _ output: inout PipelineOutput) {
    var group = draft.group
    guard let route = routes[group.routeID] else { return }
    defer {
      for alert in draft.resolved { remove(alert.fingerprint, from: &group) }
      changes.states.formUnion((draft.alerts + draft.resolved).map(\.fingerprint))
      group.dueAt = nextLook(group, route, at: now)
      store(group)
    }
    group.messages += 1
    let recipient = recipient(of: draft)
    if let held = reasonForDigest(draft, recipient, at: now) {
      let (reason, purpose, dueAt, text) = held
      gather(draft.alerts, of: &group, to: purpose, dueAt: dueAt, at: now)
      if draft.purpose == .escalation { group.isEscalated = true }
      note(reason, text, draft.alerts + draft.resolved, group, nil, at: now, &output)
      return
    }
    let message = message(draft, group, recipient, at: now)
    for alert in draft.alerts { group.said[alert.fingerprint] = alert.revision }
    group.lastSentAt = now
    if draft.purpose == .escalation { group.isEscalated = true }
    output.messages.append(message)
    let reason: DecisionReason =
      switch draft.purpose {
      case .reminder: .repeated
      case .escalation: .escalated
      default: .sent
      }
    note(reason, "to \(recipient?.name ?? group.receiver)", draft.alerts, group, message.id, at: now, &output)
    note(.resolved, "to \(recipient?.name ?? group.receiver)", draft.resolved, group, message.id, at: now, &output)
    finishOneOffs(draft.alerts, &group, at: now)
  }

  private func recipient(of draft: Draft) -> Person? {
    guard let id = draft.group.recipientID else { return nil }
    return draft.purpose == .escalation ? rules.owners.above(id) : rules.owners.people[id]
  }

  private mutating func reasonForDigest(
    _ draft: Draft, _ recipient: Person?, at now: Timestamp
  ) -> (DecisionReason, MessagePurpose, Timestamp, String)? {
    // Nobody is woken by a storm warning that waits in a storm.
    let isAboutUs = draft.alerts.contains { $0.source.kind == .dataUnavailable || $0.source.kind == .volumeSpike }
    guard !isAboutUs else { return nil }
    if let until = stormEnd(draft.group.receiver, at: now) {
      return (.storm, .storm, until, "more than \(rules.stormLimit) messages at once; gathered until \(until)")
    }
    guard let recipient, draft.purpose != .escalation else { return nil }
    if let exempt = rules.budgetExempt, draft.alerts.contains(where: { $0.source.tier >= exempt }) { return nil }
    let budget = recipient.dailyBudget ?? rules.dailyBudget
    let zone = rules.zone(of: recipient)
    let others = ledger.budgetsElsewhere.values.reduce(0) { $0 + $1.used(recipient.id, zone: zone, at: now) }
    guard !ledger.budget.take(recipient.id, budget: budget - others, zone: zone, at: now) else {
      return nil
    }
    return (
      .overBudget, .daily, now.adding(days: 1),
      "\(recipient.name) has had \(budget) messages today; it is in the digest"
    )
  }

  /// Counts a message to a receiver; the end of the window where it is one too many.
  private mutating func stormEnd(_ receiver: String, at now: Timestamp) -> Timestamp? {
    let length = rules.stormWindow.value
    var window = ledger.storms[receiver] ?? .init(startedAt: now, count: 0)
    if window.startedAt.adding(milliseconds: length) <= now { window = .init(startedAt: now, count: 0) }
    window.count += 1
    ledger.storms[receiver] = window
    return window.count > rules.stormLimit ? window.startedAt.adding(milliseconds: length) : nil
  }

  private func message(
    _ draft: Draft, _ group: AlertGroup, _ recipient: Person?, at now: Timestamp
  ) -> OutgoingMessage {
    let id = OutgoingMessage.identity(
      [group.key, draft.purpose.rawValue, String(group.messages)] + draft.alerts.map(\.newsID)
        + draft.resolved.map(\.newsID).sorted())
    var message = OutgoingMessage(
      id: id, purpose: draft.purpose, receiver: group.receiver, recipient: recipient, madeAt: now)
    message.groupKey = group.key
    message.labels = group.labels
    message.hold(draft.alerts)
    message.resolved = draft.resolved.sortedByDollars()
    return message
  }

  func note(
    _ reason: DecisionReason, _ text: String, _ alerts: [Alert], _ group: AlertGroup, _ messageID: String?,
    at now: Timestamp, _ output: inout PipelineOutput
  ) {
    for alert in alerts {
      output.decisions.append(
        Decision(reason, text, alert.source, alert.fingerprint, at: now, group: group, messageID: messageID))
    }
  }

  /// A report is over when it was said.
  private mutating func finishOneOffs(_ alerts: [Alert], _ group: inout AlertGroup, at now: Timestamp) {
    for alert in alerts where alert.source.kind == .report {
      remove(alert.fingerprint, from: &group)
      if groupKeys[alert.fingerprint] == nil {
        open[alert.fingerprint] = nil
        changes.alerts.insert(alert.fingerprint)
      }
    }
  }
}
