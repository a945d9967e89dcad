/// Reads records of `deals.trends`. Belongs to one thread.
public final class TrendDecoder {
  private let reader = JSONReader()

  /// A decoder.
  public init() {}

  /// Reads news of a shift.
  ///
  /// - Throws: `DecodeFailure`.
  public func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> TrendShift {
    try reader.read(bytes) { root throws(DecodeFailure) in
      var fields = TrendFields()
      try root.forEachMember { key, value throws(DecodeFailure) in
        if !value.isNull { try fields.read(key, value) }
      }
      return try fields.shift()
    }
  }
}

private struct TrendFields {
  var eventID: EventID?
  var shiftID: EventID?
  var kind: TrendShift.Kind?
  var phase: TrendShift.Phase?
  var detector: TrendShift.Detector?
  var texts: [WireKey: String] = [:]
  var numbers: [WireKey: Double] = [:]
  var integers: [WireKey: Int64] = [:]
  var times: [WireKey: Timestamp] = [:]
  var mode: ProcessingMode?

  mutating func read(_ key: WireKey, _ value: JSONValue) throws(DecodeFailure) {
    switch key {
    case .version: try value.requireVersion()
    case .eventID: eventID = EventID(text: try value.string(key))
    case .shiftID: shiftID = EventID(text: try value.string(key))
    case .kind: kind = try value.word(key)
    case .phase: phase = try value.word(key)
    case .detector: detector = try value.word(key)
    case .mode: mode = try value.mode(key)
    case .segment, .title, .driver, .action: texts[key] = try value.string(key)
    case .before, .after: numbers[key] = try value.number(key, in: -1e15...1e15)
    case .evidence, .evidenceNeeded, .openAmount: numbers[key] = try value.number(key)
    case .dealsBefore, .dealsAfter, .openDeals, .ledgerOffset: integers[key] = try value.integer(key)
    case .beganAt, .beganFrom, .beganTo, .openedAt, .occurredAt: times[key] = try value.timestamp(key)
    default: return
    }
  }

  func shift() throws(DecodeFailure) -> TrendShift {
    guard let eventID else { throw missing("event_id") }
    guard let shiftID else { throw missing("shift_id") }
    guard let kind else { throw missing("kind") }
    guard let phase else { throw missing("phase") }
    guard let detector else { throw missing("detector") }
    guard let segment = texts[.segment] else { throw missing("segment") }
    guard let before = numbers[.before], let after = numbers[.after] else { throw missing("before or after") }
    if kind == .winRate {
      for (field, share) in [("before", before), ("after", after)] where !(0...1).contains(share) {
        throw outOfRange(field, share, 0...1)
      }
    }
    guard let beganAt = times[.beganAt], let openedAt = times[.openedAt], let occurredAt = times[.occurredAt] else {
      throw missing("began_at, opened_at or occurred_at")
    }
    let (from, to) = (times[.beganFrom] ?? beganAt, times[.beganTo] ?? beganAt)
    var shift = TrendShift(
      kind: kind, phase: phase, detector: detector, segment: segment, title: texts[.title] ?? segment, before: before,
      after: after, dealsBefore: Int(integers[.dealsBefore] ?? 0), dealsAfter: Int(integers[.dealsAfter] ?? 0),
      evidence: numbers[.evidence], evidenceNeeded: numbers[.evidenceNeeded], beganAt: beganAt,
      beganBetween: min(from, to)...max(from, to), openedAt: openedAt, occurredAt: occurredAt,
      openDeals: integers[.openDeals].map { Int($0) }, openAmount: numbers[.openAmount].flatMap { Money(units: $0) },
      driver: texts[.driver], action: texts[.action], ledgerOffset: integers[.ledgerOffset] ?? 0,
      mode: mode ?? .backfill)
    (shift.eventID, shift.shiftID) = (eventID, shiftID)
    return shift
  }
}

/// Reads records of `deals.reports`. Belongs to one thread.
public final class ReportDecoder {
  private let reader = JSONReader()

  /// A decoder.
  public init() {}

  /// Reads a report.
  ///
  /// - Throws: `DecodeFailure`.
  public func decode(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) -> Report {
    try reader.read(bytes) { root throws(DecodeFailure) in
      var fields = ReportFields()
      try root.forEachMember { key, value throws(DecodeFailure) in
        if !value.isNull { try fields.read(key, value) }
      }
      return try fields.report()
    }
  }
}

private struct ReportFields {
  var eventID: EventID?
  var kind: Report.Kind?
  var texts: [WireKey: String] = [:]
  var times: [WireKey: Timestamp] = [:]
  var lines: [String] = []
  var figures: [Report.Figure] = []
  var labels: [Report.Label] = []
  var lateOutcomes: Int64 = 0
  var ledgerOffset: Int64 = 0
  var mode: ProcessingMode?

  mutating func read(_ key: WireKey, _ value: JSONValue) throws(DecodeFailure) {
    switch key {
    case .version: try value.requireVersion()
    case .eventID: eventID = EventID(text: try value.string(key))
    case .kind: kind = try value.word(key)
    case .mode: mode = try value.mode(key)
    case .period, .subject, .title: texts[key] = try value.string(key)
    case .from, .to: times[key] = try value.timestamp(key)
    case .lateOutcomes: lateOutcomes = try value.integer(key)
    case .ledgerOffset: ledgerOffset = try value.integer(key)
    case .lines:
      var lines: [String] = []
      guard try value.forEachElement({ element throws(DecodeFailure) in lines.append(try element.string(key)) }) else {
        throw value.wrongType(key, "a list")
      }
      self.lines = lines
    case .figures:
      var figures: [Report.Figure] = []
      guard try value.forEachElement({ element throws(DecodeFailure) in figures.append(try Self.figure(element)) })
      else { throw value.wrongType(key, "a list") }
      self.figures = figures
    case .labels:
      var labels: [Report.Label] = []
      guard try value.forEachElement({ element throws(DecodeFailure) in labels.append(try Self.label(element)) })
      else { throw value.wrongType(key, "a list") }
      self.labels = labels
    default: return
    }
  }

  private static func figure(_ element: JSONValue) throws(DecodeFailure) -> Report.Figure {
    var figure = Report.Figure("", nil)
    try element.forEachMember { key, value throws(DecodeFailure) in
      if key == .name { figure.name = try value.string(key) }
      if key == .value, !value.isNull { figure.value = try value.number(key) }
    }
    return figure
  }

  private static func label(_ element: JSONValue) throws(DecodeFailure) -> Report.Label {
    var label = Report.Label("", "")
    try element.forEachMember { key, value throws(DecodeFailure) in
      if key == .name { label.name = try value.string(key) }
      if key == .value { label.value = try value.string(key) }
    }
    return label
  }

  func report() throws(DecodeFailure) -> Report {
    guard let eventID else { throw missing("event_id") }
    guard let kind else { throw missing("kind") }
    guard let period = texts[.period] else { throw missing("period") }
    guard let from = times[.from], let to = times[.to] else { throw missing("from or to") }
    var report = Report(
      kind: kind, period: period, from: from, to: to, subject: texts[.subject], title: texts[.title] ?? period,
      lines: lines, figures: figures, labels: labels, lateOutcomes: Int(lateOutcomes), ledgerOffset: ledgerOffset,
      mode: mode ?? .backfill)
    report.eventID = eventID
    return report
  }
}

private func outOfRange(_ field: String, _ number: Double, _ range: ClosedRange<Double>) -> DecodeFailure {
  DecodeFailure(
    .outOfRange, field, "\(field) is \(number), it must be \(range.lowerBound) to \(range.upperBound): correct it")
}

extension JSONValue {
  fileprivate func number(_ key: WireKey, in range: ClosedRange<Double>) throws(DecodeFailure) -> Double {
    let number = try number(key)
    guard range.contains(number) else { throw outOfRange(key.name, number, range) }
    return number
  }

  /// One of the words of a type.
  func word<Word: RawRepresentable>(_ key: WireKey) throws(DecodeFailure) -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: try string(key)) else { throw unknownWord(key) }
    return word
  }

  func mode(_ key: WireKey) throws(DecodeFailure) -> ProcessingMode {
    let name = try string(key)
    guard let mode = ProcessingMode.allCases.first(where: { $0.name == name }) else { throw unknownWord(key) }
    return mode
  }
}
