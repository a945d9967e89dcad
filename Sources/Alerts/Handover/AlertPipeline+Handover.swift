import Deals

extension AlertPipeline {
  /// Whether this router makes digests and speaks of the stream as a whole.
  public var isLeader: Bool { owned.map { $0.contains(.leader) } ?? true }

  /// Whether a partition's alerts are this router's.
  func isOwned(_ origin: Origin) -> Bool { owned.map { $0.contains(origin) } ?? true }

  /// What there is to know of an alert, nil where there is nothing.
  public func state(of fingerprint: Fingerprint) -> AlertState? {
    let keys = groupKeys[fingerprint] ?? []
    let inGroups = keys.sorted().compactMap { groups[$0] }
    var state = AlertState()
    state.memory = deduplicator[fingerprint]
    state.alert = open[fingerprint] ?? inGroups.lazy.compactMap { $0.alerts[fingerprint] }.first
    state.origin = state.alert?.source.origin
    state.places = inGroups.map { AlertState.Place($0, fingerprint) }
    state.acknowledgement = acknowledgements[fingerprint]
    return state.memory == nil && state.alert == nil ? nil : state
  }

  /// From now on only these partitions' alerts are this router's; none at the start of a process, before its group has
  /// given it any.
  public mutating func ownNothing() {
    let all = Set(open.values.compactMap(\.source.origin)).union(resolvedOrigins)
    owned = []
    release(all)
    forgetToTell()
  }

  /// What was just put aside is not told: another router may know better by now.
  public mutating func forgetToTell() { changes.states = [] }

  private var resolvedOrigins: [Origin] {
    groups.values.flatMap { $0.alerts.values.filter(\.isResolved).compactMap(\.source.origin) }
  }

  /// Partitions go to another router: their alerts are put aside as they stand. Returns which, so that they can be told.
  @discardableResult
  public mutating func release(_ origins: Set<Origin>) -> Set<Fingerprint> {
    owned?.subtract(origins)
    var leaving: Set<Fingerprint> = []
    for alert in open.values where alert.source.origin.map(origins.contains) == true {
      leaving.insert(alert.fingerprint)
    }
    for group in groups.values {
      for alert in group.alerts.values where alert.source.origin.map(origins.contains) == true {
        leaving.insert(alert.fingerprint)
      }
    }
    for fingerprint in leaving {
      guard let state = stateToTell(fingerprint) else { continue }
      elsewhere[fingerprint] = state
      putAside(fingerprint)
    }
    // The next owner says them: here they would be said a second time.
    takeOutOfBins(leaving)
    return leaving
  }

  /// What other routers have to know of an alert. What waits in a common message here counts as said only here: whoever
  /// goes on with it says it.
  func stateToTell(_ fingerprint: Fingerprint) -> AlertState? {
    guard var state = state(of: fingerprint) else { return nil }
    let receivers = Set(
      ledger.bins.values.lazy.filter { $0.alerts.contains(fingerprint) && isSaidByThisRouterOnly($0) }.map(\.receiver))
    for index in state.places.indices where receivers.contains(state.places[index].receiver) {
      (state.places[index].said, state.places[index].lastSentAt) = (nil, nil)
    }
    return state
  }

  /// Whether a common message would be lost with this router. A person's daily digest is not: whoever makes it knows of all
  /// that is open.
  private func isSaidByThisRouterOnly(_ bin: DigestBin) -> Bool {
    bin.purpose != .daily || !isInDailyDigest(bin.recipientID)
  }

  private mutating func takeOutOfBins(_ leaving: Set<Fingerprint>) {
    for (key, bin) in ledger.bins where isSaidByThisRouterOnly(bin) && !bin.alerts.isDisjoint(with: leaving) {
      let staying = bin.alerts.subtracting(leaving)
      ledger.bins[key]?.alerts = staying
      // What is kept of it is written anew.
      changes.emptiedBins.insert(key)
      changes.binned[key] = staying
    }
  }

  private mutating func putAside(_ fingerprint: Fingerprint) {
    for key in groupKeys[fingerprint] ?? [] {
      guard var group = groups.removeValue(forKey: key) else { continue }
      remove(fingerprint, from: &group)
      store(group)
    }
    open[fingerprint] = nil
    acknowledgements[fingerprint] = nil
    deduplicator.remove(fingerprint)
    note(fingerprint)
    changes.memories.insert(fingerprint)
    changes.elsewhere.insert(fingerprint)
  }

  /// Partitions come from another router, whose word was read to its end: this one goes on with their alerts.
  public mutating func adopt(_ origins: Set<Origin>, at now: Timestamp) -> [Decision] {
    var decisions: [Decision] = []
    owned = (owned ?? []).union(origins)
    let coming = elsewhere.filter { $0.value.origin.map(origins.contains) == true }
    for (fingerprint, state) in coming.sorted(by: { $0.key < $1.key }) {
      elsewhere[fingerprint] = nil
      changes.elsewhere.insert(fingerprint)
      note(fingerprint)
      if let memory = state.memory {
        deduplicator.restore(fingerprint, memory)
        changes.memories.insert(fingerprint)
      }
      guard let alert = state.alert else { continue }
      take(alert, state, fingerprint, at: now)
      // The deal may have closed while nobody had its partition.
      decisions += endClosed(fingerprint, at: now)
    }
    return decisions
  }

  private mutating func take(_ alert: Alert, _ state: AlertState, _ fingerprint: Fingerprint, at now: Timestamp) {
    if !alert.isResolved {
      open[fingerprint] = alert
      inhibitor.opened(alert.source, fingerprint)
      if let word = state.acknowledgement {
        acknowledgements[fingerprint] = word
        changes.acknowledgements = true
      }
      // Without any place it is open and no news: it flaps, which was said.
      guard state.places.isEmpty || state.places.contains(where: { routes[$0.routeID] != nil }) else {
        // The rules here know none of its routes: it is routed anew.
        _ = place(alert, at: now)
        return
      }
    }
    for place in state.places { join(alert, place, at: now) }
  }

  private mutating func join(_ alert: Alert, _ place: AlertState.Place, at now: Timestamp) {
    guard let route = routes[place.routeID] else { return }
    var group = groups.removeValue(forKey: place.groupKey) ?? AlertGroup(place, route)
    let alert = place.copy(of: alert)
    group.alerts[alert.fingerprint] = alert
    group.said[alert.fingerprint] = place.word
    group.heldBack[alert.fingerprint] = place.heldBack
    group.lastSentAt = [group.lastSentAt, place.lastSentAt].compactMap(\.self).max()
    group.messages = max(group.messages, place.messages)
    group.isMuted = group.isMuted || place.isMuted
    groupKeys[alert.fingerprint, default: []].insert(group.key)
    let next =
      group.isMuted
      ? Self.nextMinute(after: now)
      : group.isNews(alert) ? nextMoment(group, at: now) : nextLook(at: [alert], of: group, route, at: now)
    if let next { group.wake(at: next) }
    store(group)
  }

  /// Alerts that other routers speak of, for a store to keep.
  public func stateElsewhere(_ fingerprint: Fingerprint) -> AlertState? { elsewhere[fingerprint] }

  /// Takes back an alert that another router speaks of.
  public mutating func restore(_ state: AlertState, _ fingerprint: Fingerprint) {
    elsewhere[fingerprint] = state
    if let alert = state.openAlert { inhibitor.opened(alert.source, fingerprint) }
  }
}
