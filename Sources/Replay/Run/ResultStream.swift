import Deals
import Dispatch
import Foundation
import Synchronization

/// Where the scores of a replay go. Belongs to the thread of the replay.
public protocol ScoreSink: AnyObject {
  /// How much has been written, in the sink's own measure: a checkpoint keeps it.
  var length: UInt64 { get }
  /// Comes before the first score. A sink that keeps what lies behind a checkpoint finds out what that is.
  func begin(isResumed: Bool) throws
  /// Takes in a score, with its JSON, which is valid for the length of the call.
  func append(_ event: RiskEvent, json: UnsafeRawBufferPointer) throws
  /// Waits until all of it is where no kill can take it away.
  func synchronize() throws
}

extension ScoreSink {
  /// Nothing: a file is cut back to its checkpoint.
  public func begin(isResumed: Bool) throws {}
}

/// A file that grows by lines, and can be cut back to what a checkpoint knows of.
///
/// Belongs to one thread; what it has gathered is written by another, so that the first need not wait for the kernel to
/// copy it.
final class ResultStream: ScoreSink {
  private static let flushAt = 1 << 22
  /// Pieces that may wait to be written: more would only be memory.
  private static let depth = 3

  private let path: String
  private let file: FileHandle
  private var buffer: [UInt8] = []
  private let queue = DispatchQueue(label: "dealpulse.results")
  private let room = DispatchSemaphore(value: depth)
  private let failure = WriteFailure()
  /// Bytes in the file, those that wait to be written included.
  private(set) var length: UInt64

  /// Opens the file and cuts it to so many bytes. A device, such as /dev/null, is not cut.
  init(path: String, length: UInt64) throws {
    self.path = path
    if !FileManager.default.fileExists(atPath: path), !FileManager.default.createFile(atPath: path, contents: nil) {
      throw ReplayError.unwritable(file: path, reason: "it can't be created")
    }
    do {
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      file = try FileHandle(forUpdating: URL(filePath: path))
      if type == .typeRegular {
        guard try file.seekToEnd() >= length else {
          throw ReplayError.damagedCheckpoint(file: path, reason: "it is shorter than its checkpoint says")
        }
        try file.truncate(atOffset: length)
        try file.seek(toOffset: length)
      }
    } catch let error as ReplayError {
      throw error
    } catch {
      throw ReplayError.unwritable(file: path, reason: error.localizedDescription)
    }
    self.length = length
    buffer.reserveCapacity(Self.flushAt + 8_192)
  }

  // A stream that is dropped leaves nobody writing to its file.
  deinit { queue.sync {} }

  func append(_ event: RiskEvent, json: UnsafeRawBufferPointer) throws { try append(line: json) }

  func append(line: UnsafeRawBufferPointer) throws {
    buffer.append(contentsOf: line)
    buffer.append(0x0A)
    length += UInt64(line.count + 1)
    if buffer.count >= Self.flushAt { try flush() }
  }

  /// Hands what was gathered to the writer; waits while too much waits there already.
  ///
  /// - Throws: `ReplayError` where something could not be written before.
  func flush() throws {
    try failure.check(path)
    guard !buffer.isEmpty else { return }
    room.wait()
    queue.async { [file, room, failure, buffer] in
      do {
        try file.write(contentsOf: buffer)
      } catch {
        failure.keep(error)
      }
      room.signal()
    }
    buffer = []
    buffer.reserveCapacity(Self.flushAt + 8_192)
  }

  /// Waits until all of it is on the disk.
  func synchronize() throws {
    try flush()
    queue.sync { [file, failure] in
      do {
        try file.synchronize()
      } catch {
        // A pipe or a device keeps nothing.
        if (error as NSError).isNoSuchThing { return }
        failure.keep(error)
      }
    }
    try failure.check(path)
  }
}

/// The first thing that the writer could not do.
private final class WriteFailure: Sendable {
  private let reason = Mutex<String?>(nil)

  func keep(_ error: any Error) { reason.withLock { $0 = $0 ?? error.localizedDescription } }

  func check(_ path: String) throws(ReplayError) {
    if let reason = reason.withLock({ $0 }) { throw .unwritable(file: path, reason: reason) }
  }
}

extension NSError {
  /// Whether this is EINVAL, here or below: the file can't be synchronised.
  fileprivate var isNoSuchThing: Bool {
    let below = userInfo[NSUnderlyingErrorKey] as? NSError ?? self
    return below.domain == NSPOSIXErrorDomain && below.code == Int(EINVAL)
  }
}
