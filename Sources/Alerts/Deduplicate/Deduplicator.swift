import Deals

/// Decides whether a statement is news. Holds one `AlertMemory` for each fingerprint.
public struct Deduplicator: Sendable {
  /// What a statement is, compared with what is known.
  public enum Verdict: Hashable, Sendable {
    /// The alert was not open.
    case opened
    /// It was open, and is worse: a tier higher, or a step of the score.
    case worsened(tier: RiskTier, score: RiskScore?)
    /// It opened again, too often within the window: said once.
    case startedFlapping(openings: Int)
    /// It flaps, and that was said.
    case flapping
    /// It was open and says nothing new.
    case unchanged
    /// It has recovered but stays open until its minimum time has passed.
    case recovering(until: Timestamp)
    /// It was open and is over.
    case resolved
    /// It is not open, and not urgent enough to open.
    case notUrgent
  }

  /// When alerts open, worsen and close.
  public var rules: DeduplicationRules
  private var memories: [Fingerprint: AlertMemory] = [:]
  private var recovering: Set<Fingerprint> = []
  /// Open alerts that flap: they are looked at when their window is over.
  private var flapping: Set<Fingerprint> = []

  /// A deduplicator that knows nothing.
  public init(_ rules: DeduplicationRules) { self.rules = rules }

  /// How many fingerprints are known.
  public var count: Int { memories.count }

  /// What is known of a fingerprint.
  public subscript(_ fingerprint: Fingerprint) -> AlertMemory? { memories[fingerprint] }

  /// Takes back what was kept.
  public mutating func restore(_ fingerprint: Fingerprint, _ memory: AlertMemory) {
    memories[fingerprint] = memory
    if memory.isOpen, memory.recoveredAt != nil { recovering.insert(fingerprint) }
    if memory.isOpen, memory.isFlapping { flapping.insert(fingerprint) }
  }

  /// Gives a memory away: another router goes on with it.
  mutating func remove(_ fingerprint: Fingerprint) {
    memories[fingerprint] = nil
    recovering.remove(fingerprint)
    flapping.remove(fingerprint)
  }

  /// Takes in a statement.
  public mutating func take(_ source: AlertSource, _ fingerprint: Fingerprint, at now: Timestamp) -> Verdict {
    guard var memory = memories[fingerprint] else { return takeFirst(source, fingerprint, at: now) }
    defer { memories[fingerprint] = memory }
    memory.contentHash = source.contentHash
    if memory.isOpen { return takeOpen(source, fingerprint, &memory, at: now) }
    guard isUrgent(source) else { return .notUrgent }
    return open(source, fingerprint, &memory, at: now)
  }

  /// The alerts that were flapping and have stayed open until their window was over: they are steady now.
  mutating func steady(at now: Timestamp) -> [Fingerprint] {
    var calm: [Fingerprint] = []
    for fingerprint in flapping {
      guard let memory = memories[fingerprint], memory.recoveredAt == nil,
        memory.windowStart.adding(milliseconds: rules.flapWindow.value) <= now
      else { continue }
      memories[fingerprint]?.isFlapping = false
      memories[fingerprint]?.openings = 1
      memories[fingerprint]?.windowStart = now
      calm.append(fingerprint)
    }
    flapping.subtract(calm)
    return calm.sorted()
  }

  /// What was last said of an alert is now this.
  mutating func noteSaid(_ source: AlertSource, _ fingerprint: Fingerprint) {
    memories[fingerprint]?.tier = source.tier
    memories[fingerprint]?.score = source.score
  }

  /// The alerts whose minimum time has passed since they recovered: they are over now.
  public mutating func settle(at now: Timestamp) -> [Fingerprint] {
    var over: [Fingerprint] = []
    for fingerprint in recovering {
      guard let memory = memories[fingerprint], memory.openedAt.adding(milliseconds: rules.minimumOpen.value) <= now
      else { continue }
      memories[fingerprint]?.isOpen = false
      memories[fingerprint]?.recoveredAt = nil
      over.append(fingerprint)
    }
    recovering.subtract(over)
    flapping.subtract(over)
    return over.sorted()
  }

  /// Forgets closed alerts that opened last before a moment. Returns them.
  mutating func forget(before limit: Timestamp) -> [Fingerprint] {
    let old = memories.filter { !$0.value.isOpen && $0.value.openedAt < limit }.map(\.key)
    for fingerprint in old { memories[fingerprint] = nil }
    return old
  }

  private func isUrgent(_ source: AlertSource) -> Bool {
    source.signal == .firing && (source.kind != .dealRisk || source.tier >= rules.opensAt)
  }

  private mutating func takeFirst(
    _ source: AlertSource, _ fingerprint: Fingerprint, at now: Timestamp
  ) -> Verdict {
    // A deal that was never urgent leaves no trace: most deals are such.
    guard isUrgent(source) else { return .notUrgent }
    var memory = AlertMemory(source, at: now)
    memory.contentHash = source.contentHash
    let verdict = open(source, fingerprint, &memory, at: now)
    memories[fingerprint] = memory
    return verdict
  }

  private mutating func open(
    _ source: AlertSource, _ fingerprint: Fingerprint, _ memory: inout AlertMemory, at now: Timestamp
  ) -> Verdict {
    if memory.windowStart.adding(milliseconds: rules.flapWindow.value) <= now {
      memory.windowStart = now
      memory.openings = 0
      memory.isFlapping = false
    }
    memory.openings = memory.openings == .max ? .max : memory.openings + 1
    memory.isOpen = true
    memory.openedAt = now
    memory.recoveredAt = nil
    let (tier, score) = (memory.tier, memory.score)
    let isSilent = memory.isFlapping && source.tier <= tier
    if !isSilent {
      memory.tier = source.tier
      memory.score = source.score
    }
    guard memory.openings >= rules.flapOpenings else { return .opened }
    flapping.insert(fingerprint)
    if isSilent { return .flapping }
    // Said once, and again where it is worse than it ever was when that was said.
    if memory.isFlapping { return .worsened(tier: tier, score: score) }
    memory.isFlapping = true
    return .startedFlapping(openings: Int(memory.openings))
  }

  private mutating func takeOpen(
    _ source: AlertSource, _ fingerprint: Fingerprint, _ memory: inout AlertMemory, at now: Timestamp
  ) -> Verdict {
    if source.signal == .ended { return close(fingerprint, &memory) }
    if let score = source.score, source.kind == .dealRisk, score < rules.closesBelow {
      let earliest = memory.openedAt.adding(milliseconds: rules.minimumOpen.value)
      if earliest <= now { return close(fingerprint, &memory) }
      memory.recoveredAt = memory.recoveredAt ?? now
      recovering.insert(fingerprint)
      return .recovering(until: earliest)
    }
    memory.recoveredAt = nil
    recovering.remove(fingerprint)
    let rise = (source.score?.points ?? 0) - (memory.score?.points ?? 0)
    guard source.tier > memory.tier || (source.score != nil && rise >= rules.worsensBy) else { return .unchanged }
    // Swings of the score are what flapping means; a higher tier is not.
    if memory.isFlapping, source.tier <= memory.tier { return .flapping }
    let (tier, score) = (memory.tier, memory.score)
    memory.tier = source.tier
    memory.score = source.score
    return .worsened(tier: tier, score: score)
  }

  private mutating func close(_ fingerprint: Fingerprint, _ memory: inout AlertMemory) -> Verdict {
    memory.isOpen = false
    memory.recoveredAt = nil
    recovering.remove(fingerprint)
    flapping.remove(fingerprint)
    return .resolved
  }
}
