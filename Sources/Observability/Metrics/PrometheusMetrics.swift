import CoreMetrics
import Synchronization

/// swift-metrics' backend: keeps every metric and writes them as Prometheus' text format 0.0.4. Safe from any thread.
///
/// Counters and floating-point counters become counters, gauges and meters gauges, recorders and timers histograms
/// (timers in seconds). The same name and labels are the same series, whoever asks for it. A name that is already another
/// kind's gets its own kind behind it (`x` and `x_gauge`): Prometheus would refuse the whole page otherwise.
public final class PrometheusMetrics: MetricsFactory {
  /// What `Content-Type` the text has.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"
  /// Upper bounds of timers' buckets, in seconds: 0.5 ms to 1 min.
  public static let secondsBuckets: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]
  /// Upper bounds of recorders' buckets: 1 to 1,000,000.
  public static let sizeBuckets: [Double] = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000]

  private enum Kind: String {
    case counter, gauge, histogram
  }

  private struct Entry {
    var series: any Series
    /// How many holders there are: only the last `destroy` ends the series.
    var holders: Int
  }

  private struct Family {
    var kind: Kind
    var entries: [String: Entry] = [:]
  }

  private let families = Mutex<[String: Family]>([:])
  private let buckets: [String: [Double]]
  private let help: [String: String]

  /// An empty registry.
  ///
  /// - Parameters:
  ///   - buckets: Upper bounds by metric name, in any order; names that are not here get the standard ones.
  ///   - help: What metrics mean, by name.
  public init(buckets: [String: [Double]] = [:], help: [String: String] = [:]) {
    self.buckets = buckets.mapValues { Set($0.filter(\.isFinite)).sorted() }
    self.help = help
  }

  /// Everything, ordered by name and labels.
  public var text: String {
    let families = families.withLock { $0 }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) where !family.entries.isEmpty {
      if let help = help[name] { text += "# HELP \(name) \(MetricName.help(help))\n" }
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, entry) in family.entries.sorted(by: { $0.key < $1.key }) {
        entry.series.write(name: name, labels: labels, to: &text)
      }
    }
    return text
  }

  /// A counter.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(.counter, label, dimensions) { CounterSeries() }
  }

  /// A counter of fractions.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(.counter, label, dimensions) { CounterSeries() }
  }

  /// A gauge.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(.gauge, label, dimensions) { GaugeSeries() }
  }

  /// A histogram, or a gauge where values are not to be aggregated.
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    guard aggregate else { return series(.gauge, label, dimensions) { GaugeSeries() } }
    return series(.histogram, label, dimensions) { HistogramSeries(bounds: bounds(label, Self.sizeBuckets)) }
  }

  /// A histogram of seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(.histogram, label, dimensions) { HistogramSeries(bounds: bounds(label, Self.secondsBuckets)) }
  }

  /// Ends a series when its last holder does so.
  public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
  /// Ends a series when its last holder does so.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
  /// Ends a series when its last holder does so.
  public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
  /// Ends a series when its last holder does so.
  public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
  /// Ends a series when its last holder does so.
  public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

  private func bounds(_ label: String, _ standard: [Double]) -> [Double] {
    buckets[MetricName.legal(label)] ?? standard
  }

  private func series<S: Series>(
    _ kind: Kind, _ label: String, _ dimensions: [(String, String)], make: () -> S
  ) -> S {
    let labels = MetricName.labels(dimensions)
    return families.withLock { families in
      var name = MetricName.legal(label)
      while let taken = families[name]?.kind, taken != kind { name += "_\(kind.rawValue)" }
      let known = families[name]?.entries[labels]
      // A family is of one kind, and a kind of one class: the cast can only fail for a series that is not there.
      let series = known?.series as? S ?? make()
      families[name, default: Family(kind: kind)].entries[labels] =
        Entry(series: series, holders: (known?.holders ?? 0) + 1)
      return series
    }
  }

  private func destroy(_ handler: AnyObject) {
    families.withLock { families in
      for (name, family) in families {
        guard let (labels, entry) = family.entries.first(where: { $0.value.series === handler }) else { continue }
        families[name]?.entries[labels] =
          entry.holders > 1 ? Entry(series: entry.series, holders: entry.holders - 1) : nil
        return
      }
    }
  }
}
