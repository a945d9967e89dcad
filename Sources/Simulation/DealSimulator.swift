import Deals
import HeapModule

/// The lives of many deals as one stream of events in the order of time. The same settings give the same bytes.
public struct DealSimulator: Sequence, IteratorProtocol {
  private struct Pending: Comparable {
    var time: Int64
    var sequence: UInt64
    var step: Step

    static func < (left: Pending, right: Pending) -> Bool {
      left.time != right.time ? left.time < right.time : left.sequence < right.sequence
    }
    static func == (left: Pending, right: Pending) -> Bool { left.sequence == right.sequence }
  }

  private enum Step {
    case birth
    case move(Int)
    case release(SimulatedEvent)
  }

  private struct Life {
    var id: DealID
    var deal: Deal
    var events: UInt64 = 0
    var reopenings = 0
  }

  private let settings: SimulationSettings
  private let team: SimulatedTeam
  private var random: SplitMix64
  private var queue = Heap<Pending>()
  private var lives: [Life?] = []
  private var free: [Int] = []
  private var sequence: UInt64 = 0
  private var born = 0
  private var emitted = 0
  /// What was true of the deals that have closed so far.
  public private(set) var truths: [SimulatedTruth] = []

  /// A simulator at its beginning.
  public init(_ settings: SimulationSettings) {
    self.settings = settings
    random = SplitMix64(seed: settings.seed)
    team = SimulatedTeam(settings, &random)
    schedule(Timestamp(settings.start).milliseconds, .birth)
  }

  /// The next event, nil once there are as many as asked for.
  public mutating func next() -> SimulatedEvent? {
    guard emitted < settings.events else { return nil }
    emitted += 1
    if random.happens(settings.malformedShare) { return malformed() }
    while true {
      let pending = queue.removeMin()
      let time = Timestamp(milliseconds: pending.time)
      switch pending.step {
      case .release(let event): return event
      case .birth: return disturbed(birth(at: time), at: time)
      case .move(let place):
        let change = move(place, at: time)
        if random.happens(settings.lateShare) {
          let delay = random.waiting(mean: 3) * Double(Timestamp.millisecondsPerDay)
          schedule(
            pending.time + Int64(delay), .release(SimulatedEvent(content: .change(change), time: time, isLate: true)))
          continue
        }
        return disturbed(change, at: time)
      }
    }
  }

  private mutating func disturbed(_ change: DealChange, at time: Timestamp) -> SimulatedEvent {
    if random.happens(settings.duplicateShare) {
      let repeated = SimulatedEvent(content: .change(change), time: time, isDuplicate: true)
      schedule(time.milliseconds + Int64(random.below(3_600_000)), .release(repeated))
    }
    return SimulatedEvent(content: .change(change), time: time)
  }

  private mutating func schedule(_ time: Int64, _ step: Step) {
    sequence += 1
    queue.insert(Pending(time: time, sequence: sequence, step: step))
  }

  private mutating func birth(at time: Timestamp) -> DealChange {
    let gap = random.waiting(mean: Double(Timestamp.millisecondsPerDay) / settings.dealsPerDay)
    schedule(time.milliseconds + Swift.max(1, Int64(gap)), .birth)
    born += 1
    let number = String(born)
    guard let id = DealID("D" + String(repeating: "0", count: Swift.max(0, 6 - number.count)) + number) else {
      preconditionFailure("a D and digits are a deal id")
    }
    let place = free.popLast() ?? lives.count
    if place == lives.count { lives.append(nil) }
    lives[place] = Life(id: id, deal: team.newDeal(at: time, &random))
    scheduleMove(place, after: time)
    return change(place, .created, at: time)
  }

  private mutating func scheduleMove(_ place: Int, after time: Timestamp) {
    let days = 0.2 + random.waiting(mean: 11)
    schedule(time.milliseconds + Int64(days * Double(Timestamp.millisecondsPerDay)), .move(place))
  }

  /// What happens next to a deal: mostly a stage further or the end, sometimes a step back, an update or a contact.
  private mutating func move(_ place: Int, at time: Timestamp) -> DealChange {
    guard var life = lives[place] else { preconditionFailure("a move of a deal that is over") }
    let kind: ChangeKind
    let previous = life.deal.stage
    if life.deal.status.outcome != nil {
      kind = afterClose(&life)
    } else {
      kind = whileOpen(&life, at: time)
    }
    lives[place] = life
    var change = change(place, kind, at: time)
    if kind == .stageChanged { change.previousStage = previous }
    if isOver(life, kind) {
      lives[place] = nil
      free.append(place)
    } else {
      scheduleMove(place, after: time)
    }
    return change
  }

  private mutating func whileOpen(_ life: inout Life, at time: Timestamp) -> ChangeKind {
    if random.happens(settings.contactShare) {
      life.deal.engagement = Engagement(
        lastContactAt: time, emails30Days: Int32(random.below(12)), meetings30Days: Int32(random.below(4)),
        stakeholders: Int32(1 + random.below(5)))
      return .engagement
    }
    let chance = random.uniform()
    if chance < 0.20 + 0.08 * Double(life.deal.stage.rawValue) {
      close(&life, at: time)
      return .closed
    }
    if chance < 0.80, life.deal.stage < .negotiation {
      life.deal.stage = Stage(rawValue: life.deal.stage.rawValue + 1) ?? .negotiation
      return .stageChanged
    }
    if chance < 0.85, life.deal.stage > .qualified {
      life.deal.stage = Stage(rawValue: life.deal.stage.rawValue - 1) ?? .qualified
      return .stageChanged
    }
    if chance < 0.856 { return .deleted }
    let units = ((life.deal.amount?.units ?? 1_000) * (0.8 + 0.4 * random.uniform())).rounded()
    life.deal.amount = Amount(units: units, currency: .usd)
    return .updated
  }

  private mutating func close(_ life: inout Life, at time: Timestamp) {
    let probability = team.winProbability(life.deal, closedAt: time)
    let outcome: Outcome = random.happens(probability) ? .won : .lost
    life.deal.status = outcome == .won ? .won(at: time) : .lost(at: time, reason: team.lossReason(&random))
    truths.append(
      SimulatedTruth(dealID: life.id, closedAt: time, winProbability: probability, outcome: outcome))
  }

  /// A closed deal that is not over is amended or reopened.
  private mutating func afterClose(_ life: inout Life) -> ChangeKind {
    life.reopenings += 1
    guard random.happens(0.5) else {
      life.deal.status = .open
      return .reopened
    }
    let units = ((life.deal.amount?.units ?? 1_000) * 0.9).rounded()
    life.deal.amount = Amount(units: units, currency: .usd)
    return .closed
  }

  private mutating func isOver(_ life: Life, _ kind: ChangeKind) -> Bool {
    if kind == .deleted { return true }
    guard life.deal.status.outcome != nil else { return false }
    return life.reopenings > 0 || !random.happens(0.03)
  }

  private mutating func change(_ place: Int, _ kind: ChangeKind, at time: Timestamp) -> DealChange {
    guard var life = lives[place] else { preconditionFailure("a change of a deal that is over") }
    life.events += 1
    lives[place] = life
    var hash = IdentityHash()
    hash.combine(settings.seed)
    hash.combine(life.id.text)
    hash.combine(life.events)
    return DealChange(
      eventID: hash.finish(), dealID: life.id, kind: kind, occurredAt: time, deal: life.deal)
  }

  private mutating func malformed() -> SimulatedEvent {
    let key = "D\(String(repeating: "0", count: 5))\(random.below(9) + 1)"
    let texts = [
      "{\"event_id\":\"x\",\"deal_id\":\"\(key)\"", "not json at all", "{\"event_id\":\"x\",\"change\":\"created\"}",
      "{\"event_id\":\"x\",\"deal_id\":\"\(key)\",\"change\":\"vanished\",\"occurred_at\":\"2024-01-01T00:00:00Z\"}",
      "{\"event_id\":\"x\",\"deal_id\":\"\(key)\",\"change\":\"updated\",\"occurred_at\":\"yesterday\"}",
    ]
    var bytes = Array(texts[random.below(texts.count)].utf8)
    if random.happens(0.2) { bytes.append(0xFF) }
    let time = Timestamp(milliseconds: queue.min?.time ?? 0)
    return SimulatedEvent(content: .malformed(bytes, key: key), time: time)
  }
}
