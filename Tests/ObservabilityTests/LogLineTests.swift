import Deals
import Foundation
import Logging
import Observability
import Synchronization
import Testing

/// Collects what a handler writes.
private final class Lines: Sendable {
  private let bytes = Mutex<[String]>([])
  var all: [String] { bytes.withLock { $0 } }
  var sink: LogSink {
    LogSink { line in
      self.bytes.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
      return true
    }
  }
}

@Suite("A log line is one line, whatever is in it") struct LogLineTests {
  private let lines = Lines()

  private func logger(_ format: LogFormat) -> Logger {
    let (sink, now) = (lines.sink, Timestamp(milliseconds: 1_707_557_400_250))
    return Logger(label: "deal-scorer") {
      LineLogHandler(label: $0, format: format, sink: sink, now: { now })
    }
  }

  @Test("JSON holds time, level, label, message and metadata") func json() throws {
    logger(.json).warning("lost \"quotes\"", metadata: ["partition": "3", "list": ["a", "b"]])
    let line = try #require(lines.all.first)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["time"] as? String == "2024-02-10T09:30:00.250Z")
    #expect(object["level"] as? String == "warning")
    #expect(object["label"] as? String == "deal-scorer")
    #expect(object["message"] as? String == "lost \"quotes\"")
    let metadata = try #require(object["metadata"] as? [String: Any])
    #expect(metadata["partition"] as? String == "3")
    #expect(metadata["list"] as? [String] == ["a", "b"])
  }

  @Test("A line end in a text forges no second line", arguments: [LogFormat.json, .text]) func forgery(
    format: LogFormat
  ) {
    logger(format).info("one\ntwo\u{2028}three", metadata: ["deal": "D1\r\n{\"level\":\"critical\"}"])
    #expect(lines.all.count == 1)
    #expect(lines.all.first?.dropLast().contains { $0.isNewline } == false)
  }

  @Test("What is below the level is not written") func level() {
    logger(.text).debug("unseen")
    #expect(lines.all.isEmpty)
  }

  @Test("A sink that can't write counts what is lost and goes on") func fullDisk() {
    let sink = LogSink { _ in false }
    let logger = Logger(label: "x") { LineLogHandler(label: $0, format: .text, sink: sink) }
    logger.info("one")
    logger.info("two")
    #expect(sink.lost == 2)
  }
}
