extension JSONWriter {
  /// A record of `deals.risk`. Members without a value are written as null, so that every record has every member.
  ///
  /// Written in stretches, not member by member: the scorer writes more of this than of anything else.
  public mutating func riskEvent(_ event: RiskEvent) {
    separate()
    identity(event)
    score(event)
    components(event.components)
    words(event)
    deal(event)
    origin(event)
    needsComma = true
  }

  private mutating func identity(_ event: RiskEvent) {
    buffer.word(#"{"event_id":""#)
    buffer.uuid(event.eventID)
    buffer.word(#"","deal_id":"#)
    text(event.dealID.text)
    buffer.word(#","trigger":"#)
    bare(riskWords.triggers[Int(event.trigger.rawValue)])
    buffer.word(#","occurred_at":""#)
    buffer.timestamp(event.occurredAt)
    buffer.word(#"","scored_at":""#)
    buffer.timestamp(event.scoredAt)
    buffer.word(#"","mode":"#)
    bare(riskWords.modes[Int(event.mode.rawValue)])
  }

  private mutating func score(_ event: RiskEvent) {
    buffer.word(#","score":"#)
    buffer.tenths(Int(event.score.tenths))
    buffer.word(#","win_probability":"#)
    buffer.number(event.winProbability.value)
    buffer.word(#","tier":"#)
    bare(riskWords.tiers[Int(event.tier.rawValue)])
    buffer.word(#","percentile":"#)
    bare(event.percentile)
    buffer.word(#","previous_score":"#)
    if let previous = event.previousScore { buffer.tenths(Int(previous.tenths)) } else { buffer.word("null") }
    buffer.word(#","previous_tier":"#)
    if let tier = event.previousTier { bare(riskWords.tiers[Int(tier.rawValue)]) } else { buffer.word("null") }
  }

  private mutating func components(_ components: [RiskComponent]) {
    buffer.word(#","components":["#)
    for index in components.indices {
      if index > 0 { buffer.put(UInt8(ascii: ",")) }
      buffer.makeRoom(WrittenComponents.room)
      let length = kept.write(components[index], to: buffer.end)
      if length > 0 {
        buffer.count += length
      } else {
        component(components[index])
      }
    }
    buffer.put(UInt8(ascii: "]"))
  }

  @inline(never)
  private mutating func component(_ component: RiskComponent) {
    let start = buffer.count
    buffer.word(#"{"factor":"#)
    bare(component.factor)
    buffer.word(#","value":"#)
    bare(component.value)
    buffer.word(#","win_rate":"#)
    bare(component.winRate)
    buffer.word(#","deals":"#)
    buffer.integer(Int64(component.deals))
    buffer.word(#","weight":"#)
    bare(component.weight)
    buffer.word(#","contribution":"#)
    bare(component.contribution)
    buffer.put(UInt8(ascii: "}"))
    kept.keep(component, UnsafeBufferPointer(start: buffer.memory + start, count: buffer.count - start))
  }

  private mutating func words(_ event: RiskEvent) {
    buffer.word(#","reasons":["#)
    for index in event.reasons.indices {
      if index > 0 { buffer.put(UInt8(ascii: ",")) }
      reason(event.reasons[index])
    }
    buffer.word(#"],"actions":["#)
    for index in event.actions.indices {
      if index > 0 { buffer.put(UInt8(ascii: ",")) }
      buffer.word(#"{"id":"#)
      bare(event.actions[index].id)
      buffer.word(#","text":"#)
      text(event.actions[index].text)
      buffer.put(UInt8(ascii: "}"))
    }
    buffer.word(#"],"flags":["#)
    var isFirst = true
    for bit in riskWords.flags.indices where event.flags.rawValue & 1 << bit != 0 {
      if !isFirst { buffer.put(UInt8(ascii: ",")) }
      bare(riskWords.flags[bit])
      isFirst = false
    }
  }

  private mutating func deal(_ event: RiskEvent) {
    buffer.word(#"],"amount":"#)
    if let amount = event.amount { buffer.money(amount) } else { buffer.word("null") }
    buffer.word(#","stage":"#)
    bare(riskWords.stages[Int(event.stage.rawValue)])
    buffer.word(#","rep_id":"#)
    bare(event.descriptors.rep)
    buffer.word(#","industry":"#)
    bare(event.descriptors.industry)
    buffer.word(#","region":"#)
    bare(event.descriptors.region)
    buffer.word(#","product_type":"#)
    bare(event.descriptors.productType)
    buffer.word(#","lead_source":"#)
    bare(event.descriptors.leadSource)
    buffer.word(#","age_days":"#)
    buffer.integer(Int64(event.ageDays))
    buffer.word(#","days_in_stage":"#)
    buffer.integer(Int64(event.daysInStage))
    buffer.word(#","expected_close_at":"#)
    if let instant = event.expectedCloseAt {
      buffer.put(UInt8(ascii: "\""))
      buffer.timestamp(instant)
      buffer.put(UInt8(ascii: "\""))
    } else {
      buffer.word("null")
    }
  }

  private mutating func origin(_ event: RiskEvent) {
    buffer.word(#","model":"#)
    bare(event.model)
    buffer.word(#","configuration_hash":"#)
    bare(event.configurationHash)
    buffer.word(#","source_partition":"#)
    buffer.integer(Int64(event.source.partition))
    buffer.word(#","source_offset":"#)
    buffer.integer(event.source.offset)
    buffer.word(#","baseline_offset":"#)
    buffer.integer(event.baselineOffset)
    buffer.put(UInt8(ascii: "}"))
  }

  private mutating func reason(_ reason: RiskReason) {
    if case .words(let words) = reason { return text(words) }
    buffer.put(UInt8(ascii: "\""))
    buffer.reason(reason, &innerSymbols)
    buffer.put(UInt8(ascii: "\""))
  }

  // MARK: Values, without a comma before them

  private mutating func bare(_ symbol: Symbol?) {
    if let symbol { buffer.symbol(symbol, &symbols) } else { buffer.word("null") }
  }

  private mutating func bare(_ number: Double?) {
    if let number, number.isFinite { buffer.number(number) } else { buffer.word("null") }
  }
}

/// The words of risk events, as symbols: their texts are written in one step, whatever their length. A writer keeps a copy, as
/// a look at a global costs a call.
struct RiskWords: Sendable {
  let triggers = RiskTrigger.allCases.map { Symbol($0.name) }
  let modes = ProcessingMode.allCases.map { Symbol($0.name) }
  let tiers = RiskTier.allCases.map { Symbol($0.name) }
  let stages = Stage.allCases.map { Symbol($0.name) }
  let flags = RiskFlags.names.map { Symbol($0) }

  static let shared = RiskWords()
}
