import CLibrdkafka

/// The librdkafka that runs.
public enum LibraryVersion {
  /// Such as 2.0.2.
  public static var text: String { String(cString: rd_kafka_version_str()) }
}
