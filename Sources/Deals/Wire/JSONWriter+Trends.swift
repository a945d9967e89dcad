extension JSONWriter {
  /// A record of `deals.trends`. Members without a value are written as null.
  public mutating func trendShift(_ shift: TrendShift) {
    beginObject()
    key("version")
    integer(1)
    key("event_id")
    eventID(shift.eventID)
    key("shift_id")
    eventID(shift.shiftID)
    member("kind", shift.kind.rawValue)
    member("phase", shift.phase.rawValue)
    member("detector", shift.detector.rawValue)
    member("segment", shift.segment)
    member("title", shift.title)
    key("before")
    number(shift.before)
    key("after")
    number(shift.after)
    key("deals_before")
    integer(Int64(shift.dealsBefore))
    key("deals_after")
    integer(Int64(shift.dealsAfter))
    key("evidence")
    if let evidence = shift.evidence { number(evidence) } else { null() }
    key("evidence_needed")
    if let needed = shift.evidenceNeeded { number(needed) } else { null() }
    key("began_at")
    timestamp(shift.beganAt)
    key("began_from")
    timestamp(shift.beganBetween.lowerBound)
    key("began_to")
    timestamp(shift.beganBetween.upperBound)
    key("opened_at")
    timestamp(shift.openedAt)
    key("occurred_at")
    timestamp(shift.occurredAt)
    key("open_deals")
    if let open = shift.openDeals { integer(Int64(open)) } else { null() }
    key("open_amount")
    if let amount = shift.openAmount { money(amount) } else { null() }
    member("driver", shift.driver)
    member("action", shift.action)
    key("ledger_offset")
    integer(shift.ledgerOffset)
    member("mode", shift.mode.name)
    endObject()
  }

  /// A record of `deals.reports`.
  public mutating func report(_ report: Report) {
    beginObject()
    key("version")
    integer(1)
    key("event_id")
    eventID(report.eventID)
    member("kind", report.kind.rawValue)
    member("period", report.period)
    key("from")
    timestamp(report.from)
    key("to")
    timestamp(report.to)
    member("subject", report.subject)
    member("title", report.title)
    key("lines")
    beginArray()
    for line in report.lines { string(line) }
    endArray()
    key("figures")
    beginArray()
    for figure in report.figures {
      beginObject()
      member("name", figure.name)
      key("value")
      if let value = figure.value { number(value) } else { null() }
      endObject()
    }
    endArray()
    key("labels")
    beginArray()
    for label in report.labels {
      beginObject()
      member("name", label.name)
      member("value", label.value)
      endObject()
    }
    endArray()
    key("late_outcomes")
    integer(Int64(report.lateOutcomes))
    key("ledger_offset")
    integer(report.ledgerOffset)
    member("mode", report.mode.name)
    endObject()
  }

  private mutating func member(_ name: StaticString, _ text: String?) {
    key(name)
    if let text { string(text) } else { null() }
  }
}
