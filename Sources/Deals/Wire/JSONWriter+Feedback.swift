extension JSONWriter {
  /// A record of `deals.feedback`.
  public mutating func feedback(_ feedback: Feedback) {
    beginObject()
    key("version")
    integer(1)
    key("id")
    eventID(feedback.id)
    key("deal_id")
    string(feedback.dealID.text)
    key("event_id")
    eventID(feedback.eventID)
    key("verdict")
    string(feedback.verdict.rawValue)
    key("reason")
    if let reason = feedback.reason { string(reason) } else { null() }
    key("by")
    string(feedback.by)
    key("at")
    timestamp(feedback.at)
    endObject()
  }
}
