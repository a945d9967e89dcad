import Deals
import Dispatch
import Kafka
import Metrics

/// at_least_once: the state of a step is written only when every output of the step is acknowledged, so that a crash at any
/// point leaves a position that lies behind the outputs, never before them. Steps overlap: while one waits for its
/// acknowledgements the next is computed.
///
/// The states of two steps do not overlap: librdkafka gives up a batch whose time is over and goes on with the one behind it,
/// and a position must not be read whose states are not there. Steps that wait for that gather meanwhile.
final class PipelinedCommitter: Committer {
  private struct Step {
    var outputs: DeliveryGroup
    var begun = DispatchTime.now()
    var records: [(partition: Int32, position: Int64, records: StateRecords)]
  }

  /// What is written of a step whose outputs are acknowledged.
  private struct State {
    var group = DeliveryGroup()
    var offsets: [TopicPartition: Int64] = [:]
    var begun: DispatchTime
  }

  /// Steps that may wait at once: more would only be memory.
  private static let depth = 16
  /// Changed deals after which a step is taken although an earlier one waits.
  private static let gatheredDeals = 10_000
  /// Between two commits of group offsets, which are for lag tools alone. Not by the wall clock: that may be set back.
  private static let offsetInterval = Duration.seconds(1)

  private(set) var group = DeliveryGroup()
  private let writer: OutputWriter
  private let consumer: Consumer
  private let lease: Lease
  private let topic: String
  private let partitions: Int
  private var encoder = JSONWriter()
  private var steps: [Step] = []
  private var state: State?
  private let latency = Timer(label: "dealpulse_commit_seconds")
  /// The position in deals.state is what counts: a commit that is lost does no harm, but would show as lag.
  private let commits: OffsetCommits

  init(_ writer: OutputWriter, _ consumer: Consumer, _ lease: Lease, topic: String, partitions: Int) {
    self.partitions = partitions
    self.lease = lease
    self.writer = writer
    self.consumer = consumer
    self.topic = topic
    commits = OffsetCommits(consumer, interval: Self.offsetInterval)
  }

  var isIdle: Bool { steps.isEmpty && state == nil && group.isComplete }

  func join() throws(KafkaError) {}

  func resume(_ partition: TopicPartition, at position: Int64) { commits.note([partition: position]) }

  func sign(_ tasks: [DealTask]) throws(KafkaError) {}

  func beginStep() throws(KafkaError) {}

  func endStep(_ tasks: [DealTask]) throws(KafkaError) {
    try advance()
    // While earlier outputs are under way, steps gather: a deal that changes again meanwhile is written once.
    if steps.isEmpty || tasks.reduce(0, { $0 + $1.engine.uncommittedDeals }) >= Self.gatheredDeals { takeStep(tasks) }
    try advance()
    while steps.count > Self.depth {
      DedicatedThread.pause(milliseconds: 1)
      try advance()
    }
  }

  /// Encodes what has changed since the last time, to be written once the outputs so far are acknowledged.
  private func takeStep(_ tasks: [DealTask]) {
    var step = Step(outputs: group, records: [])
    for task in tasks where task.engine.hasUncommittedChanges {
      step.records.append(
        (
          task.partition, task.engine.position.nextOffset,
          StateRecords(task.engine, writer: nil, partitions: partitions, &encoder)
        ))
      task.engine.commit()
    }
    guard !step.records.isEmpty else { return }
    steps.append(step)
    group = DeliveryGroup()
  }

  func poll(_ tasks: [DealTask]) throws(KafkaError) {
    try advance()
    if steps.isEmpty { takeStep(tasks) }
    try advance()
    commits.poll()
  }

  func finish(_ tasks: [DealTask], timeout: Int32?) throws(KafkaError) {
    takeStep(tasks)
    let deadline = timeout.map { ContinuousClock.now + .milliseconds(Int($0)) }
    while !isIdle {
      try advance()
      if isIdle { break }
      if let deadline, ContinuousClock.now > deadline { try writer.producer.flush(timeout: 0) }
      DedicatedThread.pause(milliseconds: 1)
    }
    // For lag tools alone, so not worth the two seconds within which a scorer ends.
    try? consumer.commit(commits.uncommitted, timeout: 500)
    commits.forget()
  }

  func abandon(timeout: Int32?) throws(KafkaError) { discard() }

  func discard() {
    steps = []
    state = nil
    commits.forget()
    group = DeliveryGroup()
  }

  private func advance() throws(KafkaError) {
    while true {
      if let state {
        guard try isDone(state.group) else { return }
        self.state = nil
        latency.recordInterval(since: state.begun)
        commits.note(state.offsets)
      }
      guard let step = steps.first, try isDone(step.outputs) else { return }
      try lease.check()
      try writeState(of: steps.removeFirst())
    }
  }

  /// Whether every record of a group is acknowledged.
  private func isDone(_ group: DeliveryGroup) throws(KafkaError) -> Bool {
    guard group.isComplete else { return false }
    if let failure = group.firstFailure { throw failure }
    return true
  }

  private func writeState(of step: Step) throws(KafkaError) {
    var state = State(begun: step.begun)
    for (partition, position, records) in step.records {
      try writer.write(records, partition: partition, state.group)
      state.offsets[TopicPartition(topic, partition)] = position
    }
    self.state = state
  }
}
