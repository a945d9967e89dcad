import Deals
import Logging

/// Writes each event as one line, JSON or text. A line end in a message or in metadata is escaped, so that nobody can
/// forge a line.
///
/// JSON: `{"time":"2024-02-10T09:30:00.250Z","level":"info","label":"deal-scorer","message":"…","metadata":{…}}`; an error
/// stands under `error`, empty metadata is left out.
public struct LineLogHandler: LogHandler {
  /// Metadata of every event of this logger.
  public var metadata: Logger.Metadata = [:]
  /// Events below it are not written.
  public var logLevel: Logger.Level
  /// Adds metadata of the surrounding task.
  public var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let isJSON: Bool
  private let sink: LogSink
  private let now: @Sendable () -> Timestamp

  /// A handler for a label.
  ///
  /// - Parameter format: `auto` asks standard error whether it is a terminal.
  public init(
    label: String, level: Logger.Level = .info, format: LogFormat = .auto, sink: LogSink = .standardError,
    now: @escaping @Sendable () -> Timestamp = { .now }, metadataProvider: Logger.MetadataProvider? = nil
  ) {
    self.label = label
    self.logLevel = level
    self.isJSON = format.resolved(for: 2) == .json
    self.sink = sink
    self.now = now
    self.metadataProvider = metadataProvider
  }

  /// Metadata by its key.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes the event.
  public func log(event: LogEvent) {
    // The nearer one wins: the call's over the logger's over the task's.
    let task = metadataProvider?.get() ?? [:]
    let all = task.merging(metadata) { $1 }.merging(event.metadata ?? [:]) { $1 }
    sink.write(isJSON ? json(event, all) : text(event, all))
  }

  private var time: String { now().rfc3339 }

  private func json(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
    var line = "{\"time\":\"\(time)\",\"level\":\"\(event.level.rawValue)\",\"label\":"
    JSONText.append(label, to: &line)
    line += ",\"message\":"
    JSONText.append(event.message.description, to: &line)
    if let error = event.error {
      line += ",\"error\":"
      JSONText.append("\(error)", to: &line)
    }
    if !metadata.isEmpty {
      line += ",\"metadata\":"
      JSONText.append(.dictionary(metadata), to: &line)
    }
    return line + "}\n"
  }

  private func text(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
    let level = event.level.rawValue.uppercased()
    var line = "\(time) \(level) \(label): \(JSONText.singleLine(event.message.description))"
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line += " \(JSONText.singleLine(key))=\(JSONText.singleLine(value.description))"
    }
    if let error = event.error { line += " error=\(JSONText.singleLine("\(error)"))" }
    return line + "\n"
  }
}
