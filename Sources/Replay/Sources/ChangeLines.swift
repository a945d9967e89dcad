import Deals

/// Reads a history that is written as JSON Lines: one change event in a line, or one record of a dump of `deals.changes`.
public struct ChangeLines: Sendable {
  /// The changes in the order of the lines, and the lines that could not be used.
  public struct Contents: Sendable {
    /// The changes.
    public var changes: [DealChange] = []
    /// Lines that could not be used.
    public var unreadable: [UnreadableLine] = []
  }

  /// A reader.
  public init() {}

  /// Reads whole files, one after the other.
  ///
  /// - Throws: `ReplayError` where a file can't be read.
  public func read(_ paths: [String]) throws -> Contents {
    var contents = Contents()
    let decoder = ChangeDecoder()
    for path in paths {
      let reader = try LineReader(path: path)
      var hasMore = true
      while hasMore {
        hasMore = try reader.next { bytes in
          do throws(DecodeFailure) {
            contents.changes.append(try Self.change(bytes, decoder))
          } catch {
            contents.unreadable.append(UnreadableLine(file: path, line: reader.line, reason: "\(error)"))
          }
        }
      }
    }
    return contents
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
