import AlertDelivery
import Deals
import Foundation

extension RouterAPI {
  /// A link from a message: GET shows what will be said, POST says it. Mail programs fetch links to look at them, so that a
  /// GET must change nothing.
  func feedback(_ request: APIRequest) -> APIResponse {
    guard let links else { return page(404, "Not here", "Feedback is not configured: see feedback in router.yaml.") }
    let fields =
      request.method == "POST" ? Self.form(String(decoding: request.body, as: UTF8.self)) : request.query
    do {
      let feedback = try links.feedback(fields, at: now())
      guard request.method == "POST" else { return form(feedback, fields) }
      try store.submit(feedback)
      return page(200, "Thank you", "Noted: the score of \(feedback.dealID.text) is \(feedback.verdict.rawValue).")
    } catch let fault as FeedbackFault {
      return page(fault == .ended ? 410 : 403, "Not noted", fault.description)
    } catch {
      return page(503, "Not noted", "\(error)")
    }
  }

  private func form(_ feedback: Feedback, _ fields: [String: String]) -> APIResponse {
    // The closures say their type: with GRDB in view a bare literal may be taken for SQL.
    let hidden = ["deal", "event", "by", "until", "sig"].map { name -> String in
      "<input type=\"hidden\" name=\"\(name)\" value=\"\(Self.escaped(fields[name] ?? ""))\">"
    }.joined()
    let choices = FeedbackVerdict.allCases.map { verdict -> String in
      let isChosen = verdict == feedback.verdict ? " checked" : ""
      return
        "<label><input type=\"radio\" name=\"verdict\" value=\"\(verdict.rawValue)\"\(isChosen)> \(verdict.rawValue)</label> "
    }.joined()
    return html(
      200, "The score of \(feedback.dealID.text)",
      """
      <form method="post" action="/feedback">\(hidden)<p>\(choices)</p>
      <p><label>Why (you may leave this out)<br><textarea name="reason" rows="4" maxlength="\(Feedback.maximumReason)" \
      style="width:100%"></textarea></label></p><p><button>Say so</button></p></form>
      """)
  }

  private func page(_ status: Int, _ title: String, _ text: String) -> APIResponse {
    html(status, title, "<p>\(Self.escaped(text))</p>")
  }

  private func html(_ status: Int, _ title: String, _ content: String) -> APIResponse {
    APIResponse(
      status,
      text: """
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(Self.escaped(title))</title></head>
        <body style="font-family:Helvetica,Arial,sans-serif;max-width:32em;margin:3em auto;padding:0 1em;color:#1d2433">
        <h1 style="font-size:1.3em">\(Self.escaped(title))</h1>\(content)</body></html>
        """, contentType: "text/html; charset=utf-8")
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }

  /// The fields of `application/x-www-form-urlencoded`.
  static func form(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let (name, value) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
      func decoded(_ text: String) -> String { text.replacing("+", with: " ").removingPercentEncoding ?? text }
      fields[decoded(name)] = decoded(value)
    }
    return fields
  }
}
