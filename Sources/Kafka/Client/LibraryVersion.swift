import CLibrdkafka

/// A version of librdkafka.
public struct LibraryVersion: Hashable, Comparable, Sendable {
  /// Such as the 2 of 2.10.0.
  public var major: Int
  /// Such as the 10 of 2.10.0.
  public var minor: Int
  /// Such as the 0 of 2.10.0.
  public var revision: Int

  /// A version.
  public init(_ major: Int, _ minor: Int, _ revision: Int) {
    self.major = major
    self.minor = minor
    self.revision = revision
  }

  /// The librdkafka that runs, which may be another than the one that this program was built with.
  public static var running: LibraryVersion { LibraryVersion(packed: rd_kafka_version()) }

  /// A byte each for major, minor and revision, and one that tells releases from what comes before them.
  init(packed: Int32) {
    self.init(Int(packed >> 24 & 0xFF), Int(packed >> 16 & 0xFF), Int(packed >> 8 & 0xFF))
  }

  /// Versions order as numbers do, part by part.
  public static func < (left: LibraryVersion, right: LibraryVersion) -> Bool {
    (left.major, left.minor, left.revision) < (right.major, right.minor, right.revision)
  }
}

extension LibraryVersion: CustomStringConvertible {
  /// Such as 2.0.2.
  public var description: String { "\(major).\(minor).\(revision)" }
}
