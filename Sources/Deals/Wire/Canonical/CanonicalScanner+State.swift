/// The deals of `deals.state`, member for member as `JSONWriter.dealState` writes them.
extension CanonicalScanner {
  mutating func dealState() throws(Deviation) -> DealState {
    try take(#"{"version":1,"created_at":""#)
    let createdAt = try timestamp()
    try take(#","stage":""#)
    let stage = try stage()
    try take(#","stage_entered_at":""#)
    let stageEnteredAt = try timestamp()
    let amount = has(#","amount":"#) ? try money() : nil
    let descriptors = try descriptors()
    let expectedCloseAt = has(#","expected_close_at":""#) ? try timestamp() : nil
    let status = has(#","outcome":""#) ? try closedStatus() : .open
    try take(#","last_changed_at":""#)
    let lastChangedAt = try timestamp()
    try take(#","recent_events":[""#)
    let newest = try hexadecimal()
    try take(#",""#)
    let recentEvents = RecentEvents(first: newest, second: try hexadecimal())
    try take("]")
    let agedSteps = has(#","aged_steps":"#) ? try integer(as: UInt8.self) : 0
    let regressions = has(#","regressions":"#) ? try integer(as: UInt8.self) : 0
    let flags = has(#","flags":[""#) ? try flags() : []
    let tier = has(#","tier":""#) ? try tier() : nil
    let prediction = has(#","prediction":"#) ? try prediction() : nil
    let challenger = has(#","challenger":"#) ? try self.prediction() : nil
    let isDeleted = has(#","deleted":true"#)
    try take("}")
    return DealState(
      createdAt: createdAt, stage: stage, stageEnteredAt: stageEnteredAt, amount: amount, descriptors: descriptors,
      expectedCloseAt: expectedCloseAt, status: status, lastChangedAt: lastChangedAt, recentEvents: recentEvents,
      agedSteps: agedSteps, regressions: regressions, flags: flags, tier: tier, prediction: prediction,
      challenger: challenger, isDeleted: isDeleted)
  }

  @inline(__always)
  private mutating func closedStatus() throws(Deviation) -> DealStatus {
    let outcome = try outcome()
    try take(#","closed_at":""#)
    let closedAt = try timestamp()
    let reason = has(#","loss_reason":""#) ? try symbol() : nil
    return outcome == .won ? .won(at: closedAt) : .lost(at: closedAt, reason: reason)
  }

  private mutating func flags() throws(Deviation) -> RiskFlags {
    var flags: RiskFlags = []
    repeat {
      let name = try text()
      guard let bit = RiskFlags.names.firstIndex(where: { $0.utf8.elementsEqual(name) }) else { throw Deviation() }
      flags.insert(RiskFlags(rawValue: 1 << bit))
    } while has(#",""#)
    try take("]")
    return flags
  }

  @inline(__always)
  private mutating func tier() throws(Deviation) -> RiskTier {
    if has(#"Low""#) { return .low }
    if has(#"Medium""#) { return .medium }
    if has(#"High""#) { return .high }
    try take(#"Critical""#)
    return .critical
  }

  @inline(__always)
  private mutating func hexadecimal() throws(Deviation) -> UInt64 {
    guard let word = UInt64(hexadecimal: try text()) else { throw Deviation() }
    return word
  }
}
