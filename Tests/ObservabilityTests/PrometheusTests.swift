import CoreMetrics
import Observability
import Testing

@Suite("Metrics are written as Prometheus reads them") struct PrometheusTests {
  private let metrics = PrometheusMetrics(help: ["deals_total": "Deals that were seen."])

  @Test("A counter adds up over all of its holders") func counter() {
    Counter(label: "deals_total", dimensions: [("kind", "created")], factory: metrics).increment(by: 2)
    Counter(label: "deals_total", dimensions: [("kind", "created")], factory: metrics).increment()
    #expect(metrics.text.contains("# HELP deals_total Deals that were seen.\n# TYPE deals_total counter\n"))
    #expect(metrics.text.contains("deals_total{kind=\"created\"} 3\n"))
  }

  @Test("A gauge shows its last value, and is gone when it is destroyed") func gauge() {
    let gauge = Gauge(label: "lag", factory: metrics)
    gauge.record(5)
    gauge.record(3)
    #expect(metrics.text.contains("lag 3\n"))
    gauge.destroy()
    #expect(!metrics.text.contains("lag"))
  }

  @Test("A timer is a histogram in seconds with cumulative buckets") func timer() {
    let timer = Timer(label: "commit_seconds", factory: metrics)
    timer.recordMilliseconds(3)
    timer.recordMilliseconds(300)
    let text = metrics.text
    #expect(text.contains("# TYPE commit_seconds histogram\n"))
    #expect(text.contains("commit_seconds_bucket{le=\"0.0025\"} 0\n"))
    #expect(text.contains("commit_seconds_bucket{le=\"0.005\"} 1\n"))
    #expect(text.contains("commit_seconds_bucket{le=\"0.5\"} 2\n"))
    #expect(text.contains("commit_seconds_bucket{le=\"+Inf\"} 2\n"))
    #expect(text.contains("commit_seconds_count 2\n"))
  }

  @Test("A label's value can't break the page") func hostileLabel() {
    Counter(label: "x", dimensions: [("name", "a\"b\\c\nd")], factory: metrics).increment()
    #expect(metrics.text.contains("x{name=\"a\\\"b\\\\c\\nd\"} 1\n"))
  }
}
