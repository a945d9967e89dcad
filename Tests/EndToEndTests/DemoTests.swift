import Foundation
import Testing

extension EndToEnd {
  @Suite(.serialized) struct DemoTests {
    private static let history = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/data/skygeni_sales_data.csv").path

    @Test(
      "the demo over the reference data closes 5,000 deals, 2,263 of them won, without a dead letter",
      .enabled(if: FileManager.default.fileExists(atPath: history), "../shared/data is not there"))
    func reference() throws {
      let (status, output) = try Program.run(
        "dealpulse", ["demo", "--history", Self.history, "--no-follow", "--format", "json"])
      #expect(status == 0, "\(output)")
      for line in [
        "\"deals_closed\" : 5000", "\"won\" : 2263", "\"lost\" : 2737", "\"win_rate\" : 0.4526", "\"dead_letters\" : 0",
      ] {
        #expect(output.contains(line), "\(output)")
      }
    }

    @Test("the demo over a simulated history ends by itself and finds every program")
    func simulated() throws {
      let (status, output) = try Program.run("dealpulse", ["demo", "--events", "2000", "--no-follow"])
      #expect(status == 0, "\(output)")
      #expect(output.contains("dead letters 0"))
    }

    @Test("the live demo prints what its router says, and a page lists it")
    func messages() throws {
      let demo = try Program("dealpulse", ["demo", "--events", "6000"])
      // The next test finds the processor free.
      defer {
        demo.terminate()
        demo.wait()
      }
      #expect(eventually { demo.output.contains("slack → #deals · ") }, "\(demo.output.suffix(3_000))")
      let page = try #require(demo.output.split(separator: " ").first { $0.hasPrefix("http://127.0.0.1:") })
      let curl = Process()
      curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      curl.arguments = ["curl", "-s", "-m", "20", String(page)]
      let pipe = Pipe()
      curl.standardOutput = pipe
      try curl.run()
      let html = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(html.contains("slack → #deals"))
      #expect(html.contains("<span class=\"name\">DealPulse</span>"))
    }
  }
}
