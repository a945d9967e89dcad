import GRDB

/// Why the router's store can't be used, and what to do.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: String, Hashable, Sendable {
    /// Another process holds the file.
    case locked
    /// The disk, a quota or a limit of the process is used up.
    case full
    /// The file is no database, or damaged.
    case damaged
    /// The file can't be opened, read or written.
    case inaccessible
    /// What was kept can't be read: another version wrote it.
    case unreadable
    /// There is no such file.
    case missing
    /// Another router runs on it.
    case taken
  }

  /// What is wrong.
  public let kind: Kind
  /// The file.
  public let path: String
  /// SQLite's words.
  public let text: String

  init(_ error: any Error, path: String) {
    self.path = path
    text = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? "\(error)"
    guard let code = (error as? DatabaseError)?.resultCode else {
      kind = .unreadable
      return
    }
    switch code {
    case .SQLITE_BUSY, .SQLITE_LOCKED: kind = .locked
    // A limit on a file's size comes as an error of writing.
    case .SQLITE_FULL, .SQLITE_IOERR: kind = .full
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: kind = .damaged
    default: kind = .inaccessible
    }
  }

  /// There is no file at a path.
  static func missing(_ path: String) -> StoreError {
    StoreError(kind: .missing, path: path, text: "there is no such file")
  }

  init(kind: Kind, path: String, text: String) {
    self.kind = kind
    self.path = path
    self.text = text
  }

  /// Whether it may be over without anybody replacing the file.
  public var mayPass: Bool { kind == .locked || kind == .full }

  /// The words.
  public var description: String {
    let story = "the store \(path) can't be used (\(text)): \(advice)"
    guard kind != .missing, kind != .taken else { return story }
    return "\(story). Nothing is lost: Kafka's offsets are committed after the store"
  }

  private var advice: String {
    switch kind {
    case .locked: "another process holds it; end that, or give this router a store of its own"
    case .full: "the disk is full or the file has reached a limit; make room"
    case .damaged:
      "it is damaged; move it away and start again, the router then learns from alerts.state what was said"
    case .inaccessible: "check the path and its permissions"
    case .taken: "end that one, or give this router a --store and an --instance-id of its own"
    case .missing:
      "name the router's file with --store, or run this in the router's folder; only alert-router run makes a store"
    case .unreadable: "another version has written it; use that version, or move the file away and start again"
    }
  }
}
