import Foundation
import Replay

/// A line on a terminal that tells how far a replay has come; nothing where there is no terminal.
struct ProgressMeter {
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

  /// Tells at most four times a second.
  mutating func show(_ progress: HistoryReplay.Progress) {
    guard isTerminal, ContinuousClock.now - shown > .milliseconds(250) else { return }
    shown = .now
    write("\r\(line(progress))\u{1B}[K")
  }

  /// The last line, with the rate over all.
  func end(_ progress: HistoryReplay.Progress) {
    write("\(isTerminal ? "\r\u{1B}[K" : "")deal-replay: \(progress.changes) changes, \(progress.scores) scores")
    write(", \(Int(rate(progress))) changes a second\n")
  }

  private func line(_ progress: HistoryReplay.Progress) -> String {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard let share = progress.share, share > 0 else { return "\(progress.changes) changes" }
    let filled = Int(share * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    let left = Int(seconds / share * (1 - share))
    return "\(bar) \(Int(share * 100))%  \(progress.changes) changes  \(Int(rate(progress)))/s  \(left) s left"
  }

  private func rate(_ progress: HistoryReplay.Progress) -> Double {
    Double(progress.changes) / max(0.001, (ContinuousClock.now - start) / .seconds(1))
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
