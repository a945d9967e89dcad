import Deals

extension AlertPipeline {
  /// Makes the recurring messages whose time has come, each period once.
  mutating func makeDigests(at now: Timestamp, _ output: inout PipelineOutput) {
    for schedule in rules.digests {
      guard let day = ledger.calendar.takeDue(schedule, at: now) else { continue }
      for recipient in audience(of: schedule) {
        guard let message = digest(schedule, day, recipient, at: now) else { continue }
        output.messages.append(message)
        for alert in message.alerts + message.resolved {
          var decision = Decision(
            .digested, "in \(schedule.name) of \(day)", alert.source, alert.fingerprint, at: now, messageID: message.id)
          decision.receiver = message.receiver
          decision.recipientID = message.recipient?.id
          output.decisions.append(decision)
        }
      }
    }
    ledger.resolved.removeAll { $0.changedAt.adding(days: PipelineLedger.resolvedDays) <= now }
  }

  /// One for the channel (nil), or one for each person.
  private func audience(of schedule: DigestSchedule) -> [Person?] {
    let people = rules.owners.people.values.sorted { $0.id < $1.id }
    let managers = Set(people.compactMap(\.managerID))
    switch schedule.audience {
    case .channel: return [nil]
    case .cro: return rules.owners.cro.map { [$0] } ?? []
    case .manager: return people.filter { managers.contains($0.id) && $0.id != rules.owners.croID }
    case .rep: return people.filter { !managers.contains($0.id) && $0.id != rules.owners.croID }
    }
  }

  private mutating func digest(
    _ schedule: DigestSchedule, _ day: Day, _ recipient: Person?, at now: Timestamp
  ) -> OutgoingMessage? {
    let period = day.description
    let id = OutgoingMessage.identity([schedule.name, period, recipient?.id ?? "-"])
    var message = OutgoingMessage(
      id: id, purpose: schedule.purpose, receiver: schedule.receiver, recipient: recipient, madeAt: now)
    message.period = period
    let held = takeBins(for: recipient)
    let known = Set(held.map(\.fingerprint))
    let mine = everythingOpen.filter { !known.contains($0.fingerprint) && concerns($0, recipient) }
    message.hold((held + mine).sortedByDollars())
    let since = now.adding(days: -days(of: schedule.cadence))
    message.resolved = ledger.resolved.filter { $0.changedAt > since && concerns($0, recipient) }.sortedByDollars()
    let reports = reports(for: schedule.purpose, recipient, since: since)
    message.reports = reports.isEmpty ? nil : reports
    // A day without anything at risk needs no mail; a week does, so that silence is never mistaken for health.
    if schedule.purpose == .daily, message.alerts.isEmpty, message.resolved.isEmpty, reports.isEmpty {
      return nil
    }
    return message
  }

  private func days(of cadence: DigestSchedule.Cadence) -> Int {
    switch cadence {
    case .daily: 1
    case .weekly: 7
    case .monthly: 31
    }
  }

  /// Whether an alert belongs into a person's digest: their own deals, their team's, or everything for the CRO and channels.
  func concerns(_ alert: Alert, _ recipient: Person?) -> Bool {
    guard let recipient, recipient.id != rules.owners.croID else { return true }
    guard alert.source.kind == .dealRisk else { return true }
    let rep = alert.source.text(of: "rep_id")
    return rep == recipient.id || rules.owners.people[rep]?.managerID == recipient.id
  }

  /// Whether a daily digest goes to a person.
  func isInDailyDigest(_ id: String?) -> Bool {
    rules.digests.contains { $0.purpose == .daily && audience(of: $0).contains { $0?.id == id } }
  }

  /// Puts alerts into a common message.
  mutating func bin(
    _ alerts: [Alert], to purpose: MessagePurpose, receiver: String, recipientID: String?, dueAt: Timestamp
  ) {
    ledger.add(alerts, to: purpose, receiver: receiver, recipientID: recipientID, dueAt: dueAt)
    let key = PipelineLedger.binKey(purpose, receiver, recipientID)
    changes.binned[key, default: []].formUnion(alerts.map(\.fingerprint))
  }

  private mutating func empty(_ key: String) {
    // From now on they count as said for other routers too.
    changes.states.formUnion((ledger.bins[key]?.alerts ?? []).filter { open[$0] != nil })
    ledger.bins[key] = nil
    changes.binned[key] = nil
    changes.emptiedBins.insert(key)
  }

  private mutating func takeBins(for recipient: Person?) -> [Alert] {
    guard let recipient else { return [] }
    var alerts: [Alert] = []
    for (key, bin) in ledger.bins where bin.purpose == .daily && bin.recipientID == recipient.id {
      alerts += bin.alerts.compactMap { open[$0] }
      empty(key)
    }
    return alerts
  }

  /// What is over in the groups of a bin's reader and was not said because of the storm, most dollars first.
  private mutating func takeHeldBack(by bin: DigestBin) -> [Alert] {
    var over: [Alert] = []
    for var group in groups.values where group.receiver == bin.receiver && group.recipientID == bin.recipientID {
      let held = group.alerts.values.filter { $0.isResolved && group.heldBack[$0.fingerprint] == .storm }
      guard !held.isEmpty else { continue }
      over += held
      for alert in held { remove(alert.fingerprint, from: &group) }
      store(group)
    }
    return over.sortedByDollars()
  }

  /// Sends the gathered messages whose time has come. What was resolved in the meantime is left out.
  mutating func flushBins(at now: Timestamp, _ output: inout PipelineOutput) {
    for (key, bin) in ledger.bins.sorted(by: { $0.key < $1.key }) where bin.dueAt <= now {
      empty(key)
      // The router that makes the digests knows of these alerts too, and says them there.
      if !isLeader, bin.purpose == .daily, isInDailyDigest(bin.recipientID) { continue }
      let alerts = bin.alerts.compactMap { open[$0] }.sortedByDollars()
      let over = bin.purpose == .storm ? takeHeldBack(by: bin) : []
      guard !alerts.isEmpty || !over.isEmpty else { continue }
      var message = OutgoingMessage(
        id: OutgoingMessage.identity([key, bin.dueAt.description] + (alerts + over).map(\.newsID)),
        purpose: bin.purpose,
        receiver: bin.receiver, recipient: bin.recipientID.flatMap { rules.owners.people[$0] }, madeAt: now)
      message.hold(alerts)
      message.resolved = Array(over.prefix(OutgoingMessage.maximumAlerts))
      output.messages.append(message)
      for alert in alerts + over {
        var decision = Decision(
          alert.isResolved ? .resolved : .digested, "in the \(bin.purpose.rawValue) message", alert.source,
          alert.fingerprint, at: now,
          messageID: message.id)
        decision.receiver = bin.receiver
        decision.recipientID = bin.recipientID
        output.decisions.append(decision)
      }
    }
  }
}
