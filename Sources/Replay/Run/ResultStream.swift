import Deals
import Foundation

/// Where the scores of a replay go. Belongs to the thread of the replay.
public protocol ScoreSink: AnyObject {
  /// How much has been written, in the sink's own measure: a checkpoint keeps it.
  var length: UInt64 { get }
  /// Takes in a score, with its JSON.
  func append(_ event: RiskEvent, json: [UInt8]) throws
  /// Waits until all of it is where no kill can take it away.
  func synchronize() throws
}

/// A file that grows by lines, and can be cut back to what a checkpoint knows of.
final class ResultStream: ScoreSink {
  private static let flushAt = 1 << 18
  private let path: String
  private let file: FileHandle
  private var buffer: [UInt8] = []
  /// Bytes in the file, those in the buffer included.
  private(set) var length: UInt64

  /// Opens the file and cuts it to so many bytes.
  init(path: String, length: UInt64) throws {
    self.path = path
    if !FileManager.default.fileExists(atPath: path), !FileManager.default.createFile(atPath: path, contents: nil) {
      throw ReplayError.unwritable(file: path, reason: "it can't be created")
    }
    do {
      file = try FileHandle(forUpdating: URL(filePath: path))
      let end = try file.seekToEnd()
      guard end >= length else {
        throw ReplayError.damaged(file: path, reason: "it is shorter than its checkpoint says")
      }
      try file.truncate(atOffset: length)
      try file.seek(toOffset: length)
    } catch let error as ReplayError {
      throw error
    } catch {
      throw ReplayError.unwritable(file: path, reason: error.localizedDescription)
    }
    self.length = length
    buffer.reserveCapacity(Self.flushAt + 8_192)
  }

  func append(_ event: RiskEvent, json: [UInt8]) throws { try append(line: json) }

  func append(line: [UInt8]) throws {
    buffer.append(contentsOf: line)
    buffer.append(0x0A)
    length += UInt64(line.count + 1)
    if buffer.count >= Self.flushAt { try flush() }
  }

  func flush() throws {
    guard !buffer.isEmpty else { return }
    do {
      try file.write(contentsOf: buffer)
    } catch {
      throw ReplayError.unwritable(file: path, reason: error.localizedDescription)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Waits until all of it is on the disk.
  func synchronize() throws {
    try flush()
    do {
      try file.synchronize()
    } catch {
      throw ReplayError.unwritable(file: path, reason: error.localizedDescription)
    }
  }
}
