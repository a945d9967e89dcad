import Synchronization
import Testing

@testable import Observability

@Suite("Progress is told")
struct ProgressBarTests {
  /// Text that was written, and a clock that stands where it is set.
  private final class Terminal: Sendable {
    let text = Mutex("")
    let seconds = Mutex(0.0)

    func bar(before: (done: Int, share: Double?)) -> ProgressBar {
      let start = ContinuousClock.now
      return ProgressBar(
        "replay", unit: "changes", before: before, lineInterval: .seconds(1), isTerminal: false,
        now: { start + .seconds(self.seconds.withLock { $0 }) },
        write: { line in self.text.withLock { $0 += line } })
    }
  }

  @Test("of work that goes on, rate and time left are those of the rest")
  func goesOn() {
    let terminal = Terminal()
    var bar = terminal.bar(before: (900, 0.5))
    terminal.seconds.withLock { $0 = 10 }
    bar.show(1_000, share: 0.6)
    bar.end(1_400)
    #expect(
      terminal.text.withLock { $0 } == """
        replay: 60%  1000 changes, 10/s, 40 s left
        replay: 500 changes in 10 s, 50/s; 1400 with those before

        """)
  }

  @Test("of work from the beginning there is nothing before")
  func fromTheBeginning() {
    let terminal = Terminal()
    let bar = terminal.bar(before: (0, 0))
    terminal.seconds.withLock { $0 = 2 }
    bar.end(100)
    #expect(terminal.text.withLock { $0 } == "replay: 100 changes in 2 s, 50/s\n")
  }
}
