/// Tasks whose state is whole and that are not scored yet: the broker must say first where their changes begin and end.
/// So must it for a running one whose position it calls out of range.
struct ReadyTasks {
  /// Milliseconds for which an answer is waited: it holds up the partitions that are scored. A broker that is slow and not
  /// away must have its time all the same, so they grow.
  private static let patienceRange: ClosedRange<Int32> = 200...3_200

  private var waiting: [DealTask] = []
  private(set) var patience = patienceRange.lowerBound
  /// Until when the broker is left alone: for as long as it was waited for.
  private var pausedUntil: ContinuousClock.Instant?

  var isEmpty: Bool { waiting.isEmpty }
  var partitions: Set<Int32> { Set(waiting.map(\.partition)) }

  mutating func add(_ task: DealTask) {
    guard !waiting.contains(where: { $0 === task }) else { return }
    waiting.append(task)
  }

  mutating func remove(_ partitions: Set<Int32>) {
    waiting.removeAll { partitions.contains($0.partition) }
  }

  /// The task that is asked about next; nil where there is none, or where the broker is left alone.
  func next(at now: ContinuousClock.Instant) -> DealTask? {
    if let pausedUntil, now < pausedUntil { return nil }
    return waiting.first
  }

  /// A task has begun, or was given up.
  mutating func noteBegun(_ task: DealTask) {
    waiting.removeAll { $0 === task }
    patience = Self.patienceRange.lowerBound
    pausedUntil = nil
  }

  /// No answer about the next task. The others come first then: its partition alone may lack a leader.
  mutating func noteRefusal(at now: ContinuousClock.Instant) {
    waiting.append(waiting.removeFirst())
    pausedUntil = now + .milliseconds(Int(patience))
    patience = min(patience * 2, Self.patienceRange.upperBound)
  }
}
