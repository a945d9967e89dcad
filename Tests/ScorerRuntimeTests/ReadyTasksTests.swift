import Scoring
import Testing

@testable import ScorerRuntime

@Suite struct ReadyTasksTests {
  private let now = ContinuousClock.now
  private let tasks = (0..<3).map { DealTask(partition: $0, settings: EngineSettings()) }

  private func ready() -> ReadyTasks {
    var ready = ReadyTasks()
    for task in tasks { ready.add(task) }
    return ready
  }

  @Test("a partition that gets no answer lets the others go first, after a pause as long as the question")
  func refusal() {
    var ready = ready()
    #expect(ready.next(at: now) === tasks[0])
    let patience = Int(ready.patience)
    ready.noteRefusal(at: now)
    #expect(ready.next(at: now + .milliseconds(patience - 1)) == nil)
    #expect(ready.next(at: now + .milliseconds(patience)) === tasks[1])
    ready.noteBegun(tasks[1])
    #expect(ready.next(at: now) === tasks[2])
    ready.noteBegun(tasks[2])
    #expect(ready.next(at: now) === tasks[0])
  }

  @Test("a slow broker is given more time with each question, up to a bound, and an answer ends that")
  func growing() {
    var ready = ready()
    let first = ready.patience
    var before = first
    for _ in 0..<10 {
      ready.noteRefusal(at: now)
      #expect(ready.patience >= before)
      before = ready.patience
    }
    #expect(before > 8 * first && before < 5_000)
    ready.noteBegun(tasks[0])
    #expect(ready.patience == first)
  }

  @Test("what went to another member is not asked about, and nobody is asked about twice")
  func removed() {
    var ready = ready()
    ready.add(tasks[1])
    ready.remove([0, 2])
    #expect(ready.partitions == [1])
    ready.noteBegun(tasks[1])
    #expect(ready.isEmpty && ready.next(at: now) == nil)
  }
}
