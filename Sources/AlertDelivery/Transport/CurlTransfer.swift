import CCurl
import CCurlOptions
import Foundation

/// One transfer through libcurl. Blocks, so not from a task.
///
/// Unsafe pointers live here because libcurl's callbacks carry their context in one; none outlives the call.
final class CurlTransfer {
  private let handle: OpaquePointer
  private var list: UnsafeMutablePointer<curl_slist>?
  private var recipients: UnsafeMutablePointer<curl_slist>?
  private var body: [UInt8] = []
  private var sent = 0
  private var isAddressRefused = false
  private var isAddressAllowed = false
  private(set) var received: [UInt8] = []
  private(set) var headers: [String: String] = [:]
  /// A mail server's last reply, its lines in one.
  private var reply = ""
  /// No answer is longer than this.
  private static let maximumAnswer = 1_000_000
  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

  init(timeoutSeconds: Int) throws(DeliveryFailure) {
    guard Self.isReady, let handle = curl_easy_init() else { throw .transient("libcurl could not be started") }
    self.handle = OpaquePointer(handle)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT, min(10, timeoutSeconds))
    set(CURLOPT_TIMEOUT, timeoutSeconds)
    // A redirect could lead to an address that was not allowed.
    set(CURLOPT_FOLLOWLOCATION, 0)
  }

  deinit {
    curl_slist_free_all(list)
    curl_slist_free_all(recipients)
    curl_easy_cleanup(UnsafeMutableRawPointer(handle))
  }

  private var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(handle) }

  func set(_ option: CURLoption, _ value: Int) { _ = dp_curl_set_long(raw, option, value) }
  func set(_ option: CURLoption, _ value: String) { _ = dp_curl_set_text(raw, option, value) }

  func setHeaders(_ headers: [(String, String)]) {
    for (name, value) in headers { list = curl_slist_append(list, "\(name): \(Self.oneLine(value))") }
    _ = dp_curl_set_list(raw, CURLOPT_HTTPHEADER, list)
  }

  func setRecipients(_ addresses: [String]) {
    for address in addresses { recipients = curl_slist_append(recipients, "<\(address)>") }
    _ = dp_curl_set_list(raw, CURLOPT_MAIL_RCPT, recipients)
  }

  /// Refuses addresses of private networks, after the name was resolved.
  func refusePrivateAddresses() {
    // Of a proxy of the environment the check would see the address, and never the receiver's.
    set(CURLOPT_PROXY, "")
    let check: dp_curl_address = { address, context in
      let isRefused = PrivateAddress.contains(address)
      if let context {
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        if isRefused { transfer.isAddressRefused = true } else { transfer.isAddressAllowed = true }
      }
      return isRefused ? 0 : 1
    }
    _ = dp_curl_set_address_check(raw, check, Unmanaged.passUnretained(self).toOpaque())
  }

  func perform(body: [UInt8], upload: Bool) throws(DeliveryFailure) -> Int {
    self.body = body
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = dp_curl_set_transfer(raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().receive(bytes, size * count)
    }
    _ = dp_curl_set_data(raw, CURLOPT_WRITEDATA, context)
    _ = dp_curl_set_transfer(raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().receiveHeader(bytes, size * count)
    }
    _ = dp_curl_set_data(raw, CURLOPT_HEADERDATA, context)
    if upload {
      _ = dp_curl_set_transfer(raw, CURLOPT_READFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().send(bytes, size * count)
      }
      _ = dp_curl_set_data(raw, CURLOPT_READDATA, context)
      set(CURLOPT_UPLOAD, 1)
    }
    let code = self.body.withUnsafeBytes { bytes in
      if !upload { _ = dp_curl_set_body(raw, bytes.baseAddress, bytes.count) }
      return curl_easy_perform(raw)
    }
    // A name may have several addresses: those that are allowed are tried all the same.
    if code != CURLE_OK, isAddressRefused, !isAddressAllowed {
      throw .permanent("the address is in a private network: say allow_private_addresses where that is meant")
    }
    // A mail server's refusal ends the transfer with an error of libcurl's that says less than the server did.
    let status = dp_curl_response_code(raw)
    if code != CURLE_OK, upload, status >= 400 { return status }
    guard code == CURLE_OK else {
      let isWritten = upload ? sent == body.count : dp_curl_uploaded(raw) >= body.count
      throw isWritten ? .uncertain(String(cString: curl_easy_strerror(code))) : Self.failure(code)
    }
    return status
  }

  private static func failure(_ code: CURLcode) -> DeliveryFailure {
    let text = String(cString: curl_easy_strerror(code))
    switch code {
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .permanent("the address is none: \(text)")
    case CURLE_LOGIN_DENIED: return .permanent("the login was refused")
    case CURLE_USE_SSL_FAILED: return .permanent("the server offers no TLS")
    case CURLE_COULDNT_CONNECT: return .transient(text)
    default: return .transient(text)
    }
  }

  private func receive(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
    guard received.count + count <= Self.maximumAnswer else { return 0 }
    received.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    hear(line)
    if let colon = line.firstIndex(of: ":") {
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
        in: .whitespacesAndNewlines)
    }
    return count
  }

  /// Lines of one reply begin with the same three digits, then a hyphen in all but the last (RFC 5321, 4.2).
  private func hear(_ line: String) {
    guard line.prefix(3).allSatisfy({ $0.isASCII && $0.isNumber }), line.count > 3 else { return }
    let words = line.dropFirst(4).trimmingCharacters(in: .whitespacesAndNewlines)
    reply = reply.prefix(3) == line.prefix(3) ? "\(reply) \(words)" : "\(line.prefix(3)) \(words)"
    reply = String(Self.oneLine(reply).prefix(300))
  }

  /// What a mail server said with a status, or the status alone where it said nothing.
  func words(of status: Int) -> String { reply.hasPrefix("\(status)") ? reply : "\(status)" }

  private func send(_ bytes: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Int {
    let count = min(capacity, body.count - sent)
    guard count > 0 else { return 0 }
    body.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      UnsafeMutableRawPointer(bytes).copyMemory(from: start + sent, byteCount: count)
    }
    sent += count
    return count
  }

  /// A header is one line, whatever its value holds.
  static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
  }
}
