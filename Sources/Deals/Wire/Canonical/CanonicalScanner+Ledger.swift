/// The records of `deals.outcomes`, member for member as `JSONWriter.ledgerEntry` writes them.
extension CanonicalScanner {
  mutating func ledgerEntry() throws(Deviation) -> LedgerEntry {
    try take(#"{"version":1,"source_partition":"#)
    let partition = try integer(as: Int32.self)
    try take(#","source_offset":"#)
    let offset = try integer()
    try take(#","deal_id":""#)
    let dealID = try dealID()
    try take(#","occurred_at":""#)
    let occurredAt = try timestamp()
    let content = try content()
    try take("}")
    return LedgerEntry(
      source: SourcePosition(partition: partition, offset: offset), dealID: dealID, occurredAt: occurredAt,
      content: content)
  }

  @inline(__always)
  private mutating func content() throws(Deviation) -> LedgerEntry.Content {
    guard has(#","adds":"#) else {
      try take(#","retracts":"#)
      return .retracts(try closedDeal())
    }
    let added = try closedDeal()
    guard has(#","retracts":"#) else { return .adds(added) }
    return .amends(from: try closedDeal(), to: added)
  }

  private mutating func closedDeal() throws(Deviation) -> ClosedDeal {
    try take(#"{"outcome":""#)
    let outcome = try outcome()
    try take(#","closed_at":""#)
    let closedAt = try timestamp()
    try take(#","created_at":""#)
    let createdAt = try timestamp()
    try take(#","stage":""#)
    let stage = try stage()
    let amount = has(#","amount":"#) ? try money() : nil
    let descriptors = try descriptors()
    let lossReason = has(#","loss_reason":""#) ? try symbol() : nil
    let predictions = has(#","predictions":["#) ? try predictions() : []
    try take("}")
    return ClosedDeal(
      outcome: outcome, closedAt: closedAt, createdAt: createdAt, stage: stage, amount: amount,
      descriptors: descriptors, lossReason: lossReason, predictions: predictions)
  }

  @inline(__always)
  private mutating func predictions() throws(Deviation) -> Predictions {
    var predictions = Predictions()
    predictions.append(try prediction())
    while has(",") { predictions.append(try prediction()) }
    try take("]")
    return predictions
  }

  mutating func prediction() throws(Deviation) -> Prediction {
    try take(#"{"model":""#)
    let model = try symbol()
    try take(#","win_probability":"#)
    let winProbability = Probability(try number())
    try take(#","score":"#)
    let score = RiskScore(points: try number())
    try take(#","scored_at":""#)
    let scoredAt = try timestamp()
    try take(#","baseline_offset":"#)
    let baselineOffset = try integer()
    try take("}")
    return Prediction(
      model: model, winProbability: winProbability, score: score, scoredAt: scoredAt, baselineOffset: baselineOffset)
  }

  @inline(__always)
  mutating func descriptors() throws(Deviation) -> Descriptors {
    var descriptors = Descriptors()
    if has(#","rep_id":""#) { descriptors.rep = try symbol() }
    if has(#","industry":""#) { descriptors.industry = try symbol() }
    if has(#","region":""#) { descriptors.region = try symbol() }
    if has(#","product_type":""#) { descriptors.productType = try symbol() }
    if has(#","lead_source":""#) { descriptors.leadSource = try symbol() }
    return descriptors
  }

  @inline(__always)
  mutating func outcome() throws(Deviation) -> Outcome {
    if has(#"won""#) { return .won }
    try take(#"lost""#)
    return .lost
  }

  @inline(__always)
  mutating func stage() throws(Deviation) -> Stage {
    if has(#"Qualified""#) { return .qualified }
    if has(#"Demo""#) { return .demo }
    if has(#"Proposal""#) { return .proposal }
    if has(#"Negotiation""#) { return .negotiation }
    try take(#"Closed""#)
    return .closed
  }
}
