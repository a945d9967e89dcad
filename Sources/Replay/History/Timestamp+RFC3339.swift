import Deals

extension Timestamp {
  /// RFC 3339 in UTC, with milliseconds only where there are any: 2024-02-10T09:30:00Z.
  var rfc3339: String {
    let ofDay = milliseconds - Timestamp(day).milliseconds
    func padded(_ value: Int64, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
    }
    let time = "\(padded(ofDay / 3_600_000, 2)):\(padded(ofDay / 60_000 % 60, 2)):\(padded(ofDay / 1_000 % 60, 2))"
    let fraction = ofDay % 1_000 == 0 ? "" : ".\(padded(ofDay % 1_000, 3))"
    return "\(day)T\(time)\(fraction)Z"
  }
}
