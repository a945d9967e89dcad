import Deals

extension OutgoingMessage {
  /// What came of the message at its receiver, as one decision about each alert in it.
  ///
  /// - Parameter reason: `delivered`, `failed` or `deadLetter`.
  public func decisions(_ reason: DecisionReason, _ text: String, at now: Timestamp) -> [Decision] {
    (alerts + resolved).map { alert in
      var decision = Decision(reason, text, alert.source, alert.fingerprint, at: now, messageID: id)
      decision.receiver = receiver
      decision.recipientID = recipient?.id
      return decision
    }
  }
}
