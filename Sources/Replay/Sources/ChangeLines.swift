import Deals
import Dispatch
import Foundation
import Synchronization

/// Reads a history that is written as JSON Lines: one change event in a line, or one record of a dump of `deals.changes`.
public struct ChangeLines: Sendable {
  /// The changes in the order of the lines, and the lines that could not be used.
  public struct Contents: Sendable {
    /// The changes.
    public var changes: [DealChange] = []
    /// Lines that could not be used.
    public var unreadable: [UnreadableLine] = []
    /// Offsets that are missing between the records of a dump.
    public var gaps = OffsetGaps()
  }

  /// A reader.
  public init() {}

  /// Reads whole files, one after the other.
  ///
  /// - Throws: `ReplayError` where a file can't be read.
  public func read(_ paths: [String]) throws -> Contents {
    var contents = Contents()
    for path in paths {
      var lines = 0
      let parts = try Self.parts(of: path)
      contents.changes.reserveCapacity(contents.changes.count + parts.reduce(0) { $0 + $1.changes.count })
      contents.gaps.add(OffsetGaps(parts.flatMap(\.positions)))
      for part in parts {
        contents.changes += part.changes
        contents.unreadable += part.unreadable.map {
          UnreadableLine(file: path, line: lines + $0.line, reason: $0.reason)
        }
        lines += part.lines
      }
    }
    return contents
  }

  /// What stands in a piece of a file; lines have their numbers in it.
  private struct Part: Sendable {
    var changes: [DealChange] = []
    var unreadable: [(line: Int, reason: String)] = []
    /// Where the records of a dump stood.
    var positions: [SourcePosition] = []
    var lines = 0

    init(_ piece: [UInt8], _ decoder: ChangeDecoder) {
      lines = LinePieces.forEachLine(piece) { line, bytes in
        do throws(DecodeFailure) {
          changes.append(try change(bytes, decoder))
        } catch {
          unreadable.append((line, "\(error)"))
        }
      }
    }

    private mutating func change(
      _ bytes: UnsafeRawBufferPointer, _ decoder: ChangeDecoder
    ) throws(DecodeFailure) -> DealChange {
      do throws(DecodeFailure) {
        return try decoder.decode(bytes, now: nil)
      } catch {
        guard error.code == .missingDealID, let record = try? DumpRecord(bytes) else { throw error }
        positions.append(record.position)
        return try record.change(decoder)
      }
    }
  }

  private struct Progress {
    var pieces: LinePieces
    var parts: [Part?] = []
    var failure: ReplayError?

    /// The next piece with its number; nil at the end, and where the file can't be read further.
    mutating func next() -> (number: Int, piece: [UInt8])? {
      guard failure == nil else { return nil }
      do throws(ReplayError) {
        guard let piece = try pieces.next() else { return nil }
        parts.append(nil)
        return (parts.count - 1, piece)
      } catch {
        failure = error
        return nil
      }
    }
  }

  /// Reads a file's pieces one after the other, and what stands in them on all processors.
  private static func parts(of path: String) throws -> [Part] {
    let progress = Mutex(Progress(pieces: try LinePieces(path: path)))
    let workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      let decoder = ChangeDecoder()
      while let (number, piece) = progress.withLock({ $0.next() }) {
        let part = Part(piece, decoder)
        progress.withLock { $0.parts[number] = part }
      }
    }
    return try progress.withLock { progress in
      if let failure = progress.failure { throw failure }
      return progress.parts.compactMap(\.self)
    }
  }

  /// The change in a line. A record of a dump names its topic, and has the change within.
  static func change(_ bytes: UnsafeRawBufferPointer, _ decoder: ChangeDecoder) throws(DecodeFailure) -> DealChange {
    do throws(DecodeFailure) {
      return try decoder.decode(bytes, now: nil)
    } catch {
      guard error.code == .missingDealID, let record = try? DumpRecord(bytes) else { throw error }
      return try record.change(decoder)
    }
  }
}
