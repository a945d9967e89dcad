/// The records of `deals.changes`, member for member as `JSONWriter.change` writes them; members that it leaves out may stand
/// there as null, as the contract's example has them.
extension CanonicalScanner {
  mutating func change() throws(Deviation) -> DealChange {
    try take(#"{"event_id":""#)
    let eventID = try eventID()
    try take(#","deal_id":""#)
    let dealID = try dealID()
    try take(#","change":""#)
    let kind = try changeKind()
    try take(#","occurred_at":""#)
    let occurredAt = try timestamp()
    let previousStage = has(#","previous_stage":""#) ? try stage() : nil
    let isSynthetic = has(#","synthetic":true"#)
    try take(#","deal":{"created_at":""#)
    var fields = DealFields()
    try deal(into: &fields)
    try take("}")
    // What is wrong with it the general reader says.
    guard let deal = try? fields.deal(kind, occurredAt) else { throw Deviation() }
    return DealChange(
      eventID: eventID, dealID: dealID, kind: kind, occurredAt: occurredAt, previousStage: previousStage,
      isSynthetic: isSynthetic, deal: deal)
  }

  @inline(__always)
  private mutating func deal(into fields: inout DealFields) throws(Deviation) {
    fields.createdAt = try timestamp()
    try take(#","stage":""#)
    fields.stage = try stage()
    if has(#","amount":"#) { fields.units = try units() }
    if has(#","currency":""#) { fields.currency = try currency() }
    fields.descriptors = try descriptors()
    if has(#","expected_close_at":""#) { fields.expectedCloseAt = try timestamp() }
    if has(#","outcome":""#) {
      fields.outcome = try outcome()
      if has(#","closed_at":""#) { fields.closedAt = try timestamp() }
      if has(#","loss_reason":""#) { fields.lossReason = try symbol() }
    } else if has(#","outcome":null"#) {
      _ = has(#","closed_at":null"#)
    }
    _ = has(#","loss_reason":null"#)
    if has(#","engagement":{"#) { fields.engagement = try engagement() }
    try take("}")
  }

  private mutating func engagement() throws(Deviation) -> Engagement {
    var engagement = Engagement()
    var isFirst = true
    if hasMember(#","last_contact_at":""#, &isFirst) { engagement.lastContactAt = try timestamp() }
    if hasMember(#","emails_30d":"#, &isFirst) { engagement.emails30Days = try integer(as: Int32.self) }
    if hasMember(#","meetings_30d":"#, &isFirst) { engagement.meetings30Days = try integer(as: Int32.self) }
    if hasMember(#","stakeholders":"#, &isFirst) { engagement.stakeholders = try integer(as: Int32.self) }
    try take("}")
    return engagement
  }

  /// An event's identity behind its first quote, as a UUID: any other text is left to the general reader.
  @inline(__always)
  private mutating func eventID() throws(Deviation) -> EventID {
    guard let id = EventID(uuid: try bytes(36)) else { throw Deviation() }
    try take("\"")
    return id
  }

  @inline(__always)
  private mutating func changeKind() throws(Deviation) -> ChangeKind {
    if has(#"stage_changed""#) { return .stageChanged }
    if has(#"updated""#) { return .updated }
    if has(#"engagement""#) { return .engagement }
    if has(#"created""#) { return .created }
    if has(#"closed""#) { return .closed }
    if has(#"reopened""#) { return .reopened }
    try take(#"deleted""#)
    return .deleted
  }

  /// An amount in units of its currency, within the range that is taken.
  @inline(__always)
  private mutating func units() throws(Deviation) -> Double {
    let units = try number()
    guard units <= 1e15 else { throw Deviation() }
    return units
  }

  @inline(__always)
  private mutating func currency() throws(Deviation) -> Currency {
    if has(#"USD""#) { return .usd }
    guard let currency = Currency(utf8: try bytes(3)) else { throw Deviation() }
    try take("\"")
    return currency
  }
}
