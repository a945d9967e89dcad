import CCurl
import Foundation

/// A request of the kind that every receiver takes: JSON by POST.
struct HTTPPost {
  var url: String
  var headers: [(String, String)]
  var body: Data
  var allowsPrivateAddresses: Bool
  var timeoutSeconds = 15

  /// Sends it.
  ///
  /// - Returns: The answer's body, of a status 200 to 299.
  func send(at now: Date = Date()) throws(DeliveryFailure) -> Data {
    let transfer = try CurlTransfer(timeoutSeconds: timeoutSeconds)
    transfer.set(CURLOPT_URL, url)
    transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
    transfer.set(CURLOPT_POST, 1)
    transfer.set(CURLOPT_USERAGENT, "DealPulse alert-router")
    transfer.setHeaders([("Content-Type", "application/json; charset=utf-8"), ("Expect", "")] + headers)
    if !allowsPrivateAddresses { transfer.refusePrivateAddresses() }
    let status = try transfer.perform(body: [UInt8](body), upload: false)
    switch status {
    case 200..<300: return Data(transfer.received)
    case 429, 503:
      guard let text = transfer.headers["retry-after"], let wait = RetryAfter.milliseconds(text, now: now) else {
        if status == 503 { throw .transient("the receiver answered 503") }
        throw .rateLimited(milliseconds: 30_000)
      }
      throw .rateLimited(milliseconds: wait)
    // A proxy that got no answer itself: what is behind it may have taken the request.
    case 502, 504: throw .uncertain("the receiver's proxy answered \(status)")
    case 408, 500...: throw .transient("the receiver answered \(status)")
    default:
      throw .permanent(
        "the receiver answered \(status): \(String(decoding: transfer.received.prefix(200), as: UTF8.self))")
    }
  }
}

/// The header by which a receiver says how long to wait (RFC 9110, 10.2.3): seconds or a date.
enum RetryAfter {
  static let maximumMilliseconds: Int64 = 3_600_000

  static func milliseconds(_ text: String, now: Date) -> Int64? {
    if let seconds = Double(text), seconds >= 0 { return min(maximumMilliseconds, Int64(min(seconds, 1e9) * 1_000)) }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    guard let date = formatter.date(from: text) else { return nil }
    return max(0, min(maximumMilliseconds, Int64(date.timeIntervalSince(now) * 1_000)))
  }
}
