import ArgumentParser
import Deals
import Foundation
import Simulation
import Trends

/// `deal-replay evaluate-trends`: the detectors on made-up segments whose truth is known.
struct EvaluateTrendsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate-trends",
    abstract: "Measures false alarms and delays of the detectors on simulated segments, and writes the table.",
    discussion: "Seeded: the same numbers give the same table. Meant for a release build; see `make evaluate-trends`.")

  @Option(help: "Repetitions of two quiet years of 60 segments.") var repetitions = 20
  @Option(help: "Changes of each kind.") var trials = 400
  @Option(help: "The file to write; standard output where it is not given.") var output: String?

  private static let volumes = [5.0, 10, 25, 100]

  func run() throws {
    let lines = heading + quiet + drops + costs + rest
    let text = lines.joined(separator: "\n") + "\n"
    try ResultFile(path: nil).write(text + "\n")
    if let output { try ResultFile(path: output).write(text) }
  }

  private var heading: [String] {
    [
      "# How well shifts are found", "",
      "Made by `make evaluate-trends` (`deal-replay evaluate-trends --repetitions \(repetitions) --trials \(trials)`).",
      "Simulated segments with a true win rate of 45%; `sequential` is allowed one false alarm a year over all 60 segments,",
      "`plain` is the reference's rule (four weeks against the year before, 5 points, at least 10 deals). Seeds are fixed:",
      "the same command gives the same table.", "",
      "The detectors look at the end of each week. A live processor looks at the end of each day on which a segment had",
      "deals, after every four of them: part (a) has that beside it; the delays of the other parts are those of weekly looks.",
      "",
    ]
  }

  private var quiet: [String] {
    var lines = [
      "## (a) Nothing changes: false alarms a year, 60 segments", "",
      "| closed deals a week and segment | sequential | sequential, looking each day | plain |",
      "| --- | --- | --- | --- |",
    ]
    for volume in Self.volumes {
      let trials = [
        DetectorTrial(detector: .sequential, dealsPerWeek: volume),
        DetectorTrial(detector: .sequential, dealsPerWeek: volume, looksDaily: true),
        DetectorTrial(detector: .plain, dealsPerWeek: volume),
      ]
      let row = trials.map { fixed($0.falseAlarmsPerYear(repetitions: repetitions), 2) }
      lines.append("| \(Int(volume)) | \(row.joined(separator: " | ")) |")
    }
    return lines + [""]
  }

  private var drops: [String] {
    var lines = [
      "## (b) One segment falls after two quiet years", "",
      "Delay: from the change to the end of the week in which it is told. A delay of `plain` says little: it would have been",
      "told without a change, too.", "",
      "| deals a week | fall | detector | found in a year | in 10 weeks | median delay, days | in deals | error of the beginning, weeks |",
      "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for volume in Self.volumes {
      for points in [5.0, 10, 15] {
        for detector in [TrendShift.Detector.sequential, .plain] {
          let found = DetectorTrial(detector: detector, dealsPerWeek: volume)
            .detections(.drop(points: points, week: DetectorTrial.quietWeeks), trials: trials)
          lines.append(
            "| \(Int(volume)) | \(Int(points)) points | \(detector.rawValue) | \(percent(found.share)) "
              + "| \(percent(found.withinTenWeeks)) | \(found.medianWeeks.map { fixed($0 * 7, 0) } ?? "–") "
              + "| \(found.medianWeeks.map { fixed($0 * volume, 0) } ?? "–") "
              + "| \(found.medianError.map { fixed($0, 1) } ?? "–") |")
        }
      }
    }
    return lines + [""]
  }

  private var costs: [String] {
    var lines = [
      "## What estimating the baseline costs: a fall of 10 points, `sequential`", "",
      "The bound is ln(mean number of deals between false alarms) / Kullback–Leibler divergence for each deal, for a change",
      "and a baseline that are known.", "",
      "| deals a week | bound, deals | baseline known: median | estimated: median | estimated / bound |",
      "| --- | --- | --- | --- | --- |",
    ]
    for volume in [25.0, 100] {
      let trial = DetectorTrial(detector: .sequential, dealsPerWeek: volume)
      let bound = DetectorTrial.bound(yearlyDeals: trial.yearlyDeals, points: 10)
      let known = trial.medianWithKnownBaseline(points: 10, trials: min(trials, 200))
      let estimated = trial.detections(.drop(points: 10, week: DetectorTrial.quietWeeks), trials: trials).medianWeeks
        .map { $0 * volume }
      lines.append(
        "| \(Int(volume)) | \(fixed(bound, 0)) | \(known.map { fixed($0, 0) } ?? "–") "
          + "| \(estimated.map { fixed($0, 0) } ?? "–") | \(estimated.map { fixed($0 / bound, 2) } ?? "–") |")
    }
    return lines + [""]
  }

  private var rest: [String] {
    var lines = [
      "## (c) Slow drift: 10 points over a year; (d) quarter-ends: 5 points up for three weeks", "",
      "| deals a week | detector | drift found in a year | median, weeks | alarms a year by the seasons, 60 segments |",
      "| --- | --- | --- | --- | --- |",
    ]
    for volume in Self.volumes {
      for detector in [TrendShift.Detector.sequential, .plain] {
        let trial = DetectorTrial(detector: detector, dealsPerWeek: volume)
        let drift = trial.detections(.drift(points: 10, week: DetectorTrial.quietWeeks), trials: trials / 2)
        let season = trial.falseAlarmsPerYear(repetitions: max(1, repetitions / 4), .season(points: 5))
        lines.append(
          "| \(Int(volume)) | \(detector.rawValue) | \(percent(drift.share)) "
            + "| \(drift.medianWeeks.map { fixed($0, 0) } ?? "–") | \(fixed(season, 2)) |")
      }
    }
    return lines
  }

  private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
  private func percent(_ share: Double) -> String { "\(fixed(share * 100, 0))%" }
}
