import Foundation

/// Asks for a URL that raises the alarm when it is no longer asked for.
public enum HealthPing {
  /// Asks once; blocks, so not from a task.
  ///
  /// - Throws: `DeliveryFailure` where nobody answered with 200 to 299.
  public static func send(to url: String, allowsPrivateAddresses: Bool = true) throws(DeliveryFailure) {
    let post = HTTPPost(
      url: url, headers: [], body: Data("{\"status\":\"ok\"}".utf8), allowsPrivateAddresses: allowsPrivateAddresses,
      timeoutSeconds: 10)
    _ = try post.send()
  }
}
