/// Reads records of `deals.feedback`. Belongs to one thread.
public final class FeedbackDecoder {
  private let reader = JSONReader()

  /// A decoder.
  public init() {}

  /// Reads a verdict.
  ///
  /// - Throws: `DecodeFailure`.
  public func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> Feedback {
    try reader.read(bytes) { root throws(DecodeFailure) in
      var fields = FeedbackFields()
      try root.forEachMember { key, value throws(DecodeFailure) in try fields.read(key, value) }
      return try fields.feedback()
    }
  }
}

private struct FeedbackFields {
  var dealID: DealID?
  var eventID: EventID?
  var verdict: FeedbackVerdict?
  var reason: String?
  var by: String?
  var at: Timestamp?

  mutating func read(_ key: WireKey, _ value: JSONValue) throws(DecodeFailure) {
    switch key {
    case .version: try value.requireVersion()
    case .dealID: dealID = try value.dealID(key)
    case .eventID: eventID = EventID(text: try value.string(key))
    case .verdict:
      guard let found = FeedbackVerdict(rawValue: try value.string(key)) else { throw value.unknownWord(key) }
      verdict = found
    case .reason: reason = value.isNull ? nil : try value.string(key)
    case .by: by = try value.string(key)
    case .at: at = try value.timestamp(key)
    default: return
    }
  }

  func feedback() throws(DecodeFailure) -> Feedback {
    guard let dealID else { throw missing("deal_id") }
    guard let eventID else { throw missing("event_id") }
    guard let verdict else { throw missing("verdict") }
    guard let by else { throw missing("by") }
    guard let at else { throw missing("at") }
    return Feedback(dealID: dealID, eventID: eventID, verdict: verdict, reason: reason, by: by, at: at)
  }
}
