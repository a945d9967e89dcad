import Deals

extension AlertPipeline {
  /// Turns a draft into a message, or into a line of a digest where there are too many.
  mutating func dispatch(_ draft: Draft, at now: Timestamp, _ output: inout PipelineOutput) {
    var group = draft.group
    // What is over and can't be said now stays, so that it is said later.
    var waiting: Set<Fingerprint> = []
    var wakesAt: Timestamp?
    guard let route = routes[group.routeID] else { return }
    defer {
      for alert in draft.resolved where !waiting.contains(alert.fingerprint) { remove(alert.fingerprint, from: &group) }
      changes.states.formUnion((draft.alerts + draft.resolved).map(\.fingerprint))
      group.dueAt = nextLook(group, route, at: now)
      if let wakesAt { group.wake(at: wakesAt) }
      store(group)
    }
    group.messages += 1
    let recipient = recipient(of: draft)
    if let held = reasonForDigest(draft, recipient, at: now) {
      let (reason, purpose, dueAt, text) = held
      bin(draft.alerts, to: purpose, receiver: group.receiver, recipientID: recipient?.id, dueAt: dueAt)
      for alert in draft.alerts { group.note(alert, saidAt: now, by: draft.purpose) }
      group.lastSentAt = now
      if rules.keepsIncidents(group.receiver) {
        // The end of an incident goes by itself.
        waiting = Set(draft.resolved.map(\.fingerprint))
        wakesAt = draft.resolved.isEmpty ? nil : now.adding(milliseconds: 1_000)
      } else if purpose == .storm {
        for alert in draft.resolved { group.heldBack[alert.fingerprint] = .storm }
        waiting = Set(draft.resolved.map(\.fingerprint))
      } else if !isInDailyDigest(recipient?.id) {
        waiting = Set(draft.resolved.map(\.fingerprint))
        wakesAt = draft.resolved.isEmpty ? nil : dueAt
      }
      note(reason, text, draft.alerts + draft.resolved, group, nil, at: now, &output)
      return
    }
    let message = message(draft, group, recipient, at: now)
    for alert in draft.alerts { group.note(alert, saidAt: now, by: draft.purpose) }
    group.lastSentAt = now
    output.messages.append(message)
    let reason: DecisionReason =
      switch draft.purpose {
      case .reminder: .repeated
      case .escalation: .escalated
      default: .sent
      }
    note(reason, "to \(recipient?.name ?? group.receiver)", draft.alerts, group, message.id, at: now, &output)
    noteOver(draft.resolved, to: recipient?.name ?? group.receiver, group, message.id, at: now, &output)
    tellThoseAbove(draft, group, at: now, &output)
    finishOneOffs(draft.alerts, &group, at: now)
  }

  private func recipient(of draft: Draft) -> Person? {
    guard let id = draft.group.recipientID else { return nil }
    guard draft.purpose == .escalation else { return rules.owners.people[id] }
    return rules.owners.everyone(above: id).dropFirst(draft.level).first
  }

  /// Who was asked because nobody had answered hears of the end too. An incident is the group's, whoever is asked: its
  /// end is said already, and what else of the group is open keeps it open.
  private func tellThoseAbove(
    _ draft: Draft, _ group: AlertGroup, at now: Timestamp, _ output: inout PipelineOutput
  ) {
    guard !rules.keepsIncidents(group.receiver) else { return }
    for (level, person) in rules.owners.everyone(above: group.recipientID).enumerated() {
      let theirs = draft.resolved.filter { alert in
        alert.isHandedOn != true && (group.said[alert.fingerprint]?.escalations ?? 0) > level
      }
      guard !theirs.isEmpty else { return }
      let end = Draft(group: group, purpose: .resolved, alerts: [], resolved: theirs)
      let message = message(end, group, person, at: now)
      output.messages.append(message)
      noteOver(theirs, to: person.name, group, message.id, at: now, &output)
    }
  }

  private mutating func reasonForDigest(
    _ draft: Draft, _ recipient: Person?, at now: Timestamp
  ) -> (DecisionReason, MessagePurpose, Timestamp, String)? {
    // Nobody is woken by a storm warning that waits in a storm.
    let isAboutUs = (draft.alerts + draft.resolved).contains {
      $0.source.kind == .dataUnavailable || $0.source.kind == .volumeSpike
    }
    guard !isAboutUs else { return nil }
    // The end of an incident wakes nobody; unsaid, the incident would stay open.
    if draft.alerts.isEmpty, rules.keepsIncidents(draft.group.receiver) { return nil }
    if let until = stormEnd(draft.group.receiver, at: now) {
      return (.storm, .storm, until, "more than \(rules.stormLimit) messages at once; gathered until \(until)")
    }
    guard let recipient, draft.purpose != .escalation else { return nil }
    let told = draft.alerts + draft.resolved
    if let exempt = rules.budgetExempt, told.contains(where: { $0.source.tier >= exempt }) { return nil }
    let budget = recipient.dailyBudget ?? rules.dailyBudget
    let zone = rules.zone(of: recipient)
    let others = ledger.budgetsElsewhere.values.reduce(0) { $0 + $1.used(recipient.id, zone: zone, at: now) }
    let largest = ledger.budgetsElsewhere.values.map { $0.largest(recipient.id, zone: zone, at: now) }.max()
    let elsewhere = BudgetBook.Said(messages: others, largest: largest ?? .zero)
    guard
      !ledger.budget.take(
        recipient.id, draft.alerts.dollars, budget: budget, elsewhere: elsewhere, zone: zone, at: now)
    else { return nil }
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
      [group.key, draft.purpose.rawValue, String(group.messages), recipient?.id ?? "-"] + draft.alerts.map(\.newsID)
        + draft.resolved.map(\.newsID).sorted())
    var message = OutgoingMessage(
      id: id, purpose: draft.purpose, receiver: group.receiver, recipient: recipient, madeAt: now)
    message.groupKey = group.key
    message.labels = group.labels
    message.hold(draft.alerts)
    message.resolved = draft.resolved.sortedByDollars()
    let standing = standing(draft, group, recipient)
    if !standing.isEmpty { (message.standing, message.standingDollars) = (standing.count, standing.dollars) }
    return message
  }

  /// What of the group is open and known to the reader, beside the news.
  private func standing(_ draft: Draft, _ group: AlertGroup, _ recipient: Person?) -> [Alert] {
    guard draft.purpose == .alert || draft.purpose == .resolved, recipient?.id == group.recipientID else { return [] }
    let news = Set(draft.alerts.map(\.fingerprint))
    return group.alerts.values.filter {
      !$0.isResolved && group.said[$0.fingerprint] != nil && !news.contains($0.fingerprint)
    }
  }

  private func noteOver(
    _ alerts: [Alert], to name: String, _ group: AlertGroup, _ messageID: String, at now: Timestamp,
    _ output: inout PipelineOutput
  ) {
    note(.resolved, "to \(name)", alerts.filter { $0.isHandedOn != true }, group, messageID, at: now, &output)
    for alert in alerts where alert.isHandedOn == true {
      note(.handedOn, "\(alert.news); said to \(name)", [alert], group, messageID, at: now, &output)
    }
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
