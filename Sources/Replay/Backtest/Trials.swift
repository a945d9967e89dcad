import Deals
import Dispatch
import Foundation
import Synchronization

/// The candidates of a backtest, tried on all processors. The scores of one are judged as soon as its engine has run: to wait
/// for the engines of all would leave processors idle behind the last of them.
final class Trials: Sendable {
  private enum Task {
    case engine(Int)
    case judgement(Int, Side, DealLives)
  }

  private struct State {
    /// What can be done now.
    var tasks: [Task]
    /// How many tasks were not begun yet, those that can't be done yet included.
    var left: Int
    var facts: Facts?
    var judgements: [[Side: Judgement]]
  }

  private let history: DealHistory
  private let candidates: [Backtest.Candidate]
  private let state: Mutex<State>
  /// Counts the tasks that can be done, and at the end a sign for each worker.
  private let signs = DispatchSemaphore(value: 0)

  /// Returns when all is done.
  init(_ history: DealHistory, _ candidates: [Backtest.Candidate]) {
    self.history = history
    self.candidates = candidates
    let total = candidates.count * (1 + Side.allCases.count)
    state = Mutex(
      State(tasks: candidates.indices.map { .engine($0) }, left: total, judgements: candidates.map { _ in [:] }))
    guard total > 0 else { return }
    for _ in candidates { signs.signal() }
    let workers = max(1, min(total, ProcessInfo.processInfo.activeProcessorCount))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while let task = next(workers) { perform(task) }
    }
  }

  /// What the deals are like; nil without candidates.
  var facts: Facts? { state.withLock { $0.facts } }

  /// A candidate's, in the order of the sides.
  func judgements(of index: Int) -> [Judgement] {
    state.withLock { state in Side.allCases.compactMap { state.judgements[index][$0] } }
  }

  /// A task; waits until there is one, nil when all were begun.
  private func next(_ workers: Int) -> Task? {
    signs.wait()
    let (task, isLast) = state.withLock { state -> (Task?, Bool) in
      // The engines stand first: judgements wait for them.
      guard !state.tasks.isEmpty else { return (nil, false) }
      state.left -= 1
      return (state.tasks.removeFirst(), state.left == 0)
    }
    if isLast { for _ in 0..<workers { signs.signal() } }
    return task
  }

  private func perform(_ task: Task) {
    switch task {
    case .engine(let index):
      let lives = DealLives(history, settings: candidates[index].settings)
      state.withLock { state in
        if index == 0 { state.facts = Facts(lives) }
        for side in Side.allCases { state.tasks.append(.judgement(index, side, lives)) }
      }
      for _ in Side.allCases { signs.signal() }
    case .judgement(let index, let side, let lives):
      let judgement = Judgement(lives, candidates[index], side)
      state.withLock { $0.judgements[index][side] = judgement }
    }
  }
}
