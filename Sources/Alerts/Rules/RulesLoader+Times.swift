import Configuration
import Deals

extension RulesLoader {
  private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  mutating func readIntervals(_ node: ConfigurationNode?) -> [String: TimeInterval] {
    var found: [String: TimeInterval] = [:]
    let form = "office: [{times: [{start: \"08:00\", end: \"18:00\"}]}]"
    for (name, times) in declarations(node, .interval, form) {
      let parts = list(times, "[{times: …, weekdays: …}]").map { readRecurring($0) }
      if parts.isEmpty, times.elements != nil || times.isNull {
        fault(times.fault("is never: write at least one [{times: …, weekdays: …}]"))
      }
      found[name] = TimeInterval(name: name, parts: parts)
    }
    return found
  }

  private mutating func readRecurring(_ node: ConfigurationNode) -> RecurringTime {
    let names = [
      "times", "weekdays", "days_of_month", "months", "years", "location", "holidays", "except_holidays",
    ]
    let parts = members(node, names)
    var time = RecurringTime()
    time.zone = parts["location"].flatMap { readZone($0) } ?? zone
    for range in list(parts["times"], "[{start: \"08:00\", end: \"18:00\"}]") { readTimes(range, into: &time) }
    for (text, node) in texts(parts["weekdays"]) {
      guard let range = wordRange(text, Self.weekdays, node) else { continue }
      time.weekdays.formUnion(range)
    }
    for (text, node) in texts(parts["months"]) {
      guard let range = wordRange(text, Self.months, node) else { continue }
      time.months.formUnion(range)
    }
    for (text, node) in texts(parts["days_of_month"]) {
      guard let range = numberRange(text, within: -31...31, node) else { continue }
      time.daysOfMonth.append(range)
    }
    for (text, node) in texts(parts["years"]) {
      guard let range = numberRange(text, within: 1970...9999, node) else { continue }
      time.years.append(range)
    }
    if let node = parts["holidays"] { time.holidays = calendar(node) }
    if let node = parts["except_holidays"] { time.exceptHolidays = calendar(node) ?? [] }
    return time
  }

  private mutating func calendar(_ node: ConfigurationNode) -> Set<Day>? {
    guard let name = node.text, isDeclared(name, .calendar) else {
      fault(node.fault("there is no such calendar: declare it under holidays"))
      return nil
    }
    return holidays[name]
  }

  private mutating func readTimes(_ node: ConfigurationNode, into time: inout RecurringTime) {
    let parts = members(node, ["start", "end"])
    guard let start = parts["start"].flatMap({ minute($0) }), let end = parts["end"].flatMap({ minute($0) }) else {
      fault(node.fault("needs a start and an end such as {start: \"08:00\", end: \"18:00\"}"))
      return
    }
    guard start < end else {
      fault(node.fault("ends before it starts: split a span over midnight in two"))
      return
    }
    time.times.append(start..<end)
  }

  /// A time of day in minutes, 24:00 among them.
  mutating func minute(_ node: ConfigurationNode) -> Int? {
    let parts = (node.text ?? "").split(separator: ":").compactMap { Int($0) }
    guard parts.count == 2, (0...24).contains(parts[0]), (0...59).contains(parts[1]), parts[0] < 24 || parts[1] == 0
    else {
      fault(node.fault("is no time of day: write it like \"08:00\", in quotes"))
      return nil
    }
    return parts[0] * 60 + parts[1]
  }

  mutating func weekday(_ node: ConfigurationNode) -> Int? {
    wordRange(node.text ?? "", Self.weekdays, node)?.lowerBound
  }

  private mutating func wordRange(
    _ text: String, _ words: [String], _ node: ConfigurationNode
  ) -> ClosedRange<Int>? {
    let ends = text.lowercased().split(separator: ":", omittingEmptySubsequences: false).map { part in
      words.firstIndex(of: String(part)).map { $0 + 1 } ?? Int(part) ?? 0
    }
    guard (1...2).contains(ends.count), ends.allSatisfy({ (1...words.count).contains($0) }),
      ends[0] <= ends[ends.count - 1]
    else {
      fault(node.fault("\"\(text)\" is none: write it like \(words[0]):\(words[4])"))
      return nil
    }
    return ends[0]...ends[ends.count - 1]
  }

  private mutating func numberRange(
    _ text: String, within limits: ClosedRange<Int>, _ node: ConfigurationNode
  ) -> ClosedRange<Int>? {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(ends.count), ends.allSatisfy({ limits.contains($0) && $0 != 0 }),
      ends[0] <= ends[ends.count - 1], (ends[0] < 0) == (ends[ends.count - 1] < 0)
    else {
      fault(node.fault("\"\(text)\" is no range: write it like 1:5, or -3:-1 counted from the end"))
      return nil
    }
    return ends[0]...ends[ends.count - 1]
  }

  mutating func readDigests(_ node: ConfigurationNode?) -> [DigestSchedule] {
    var found: [DigestSchedule] = []
    for element in list(node, "- {name: …, every: day, receiver: …} for each digest") {
      guard let schedule = readDigest(element) else { continue }
      if found.contains(where: { $0.name == schedule.name }) {
        fault(element.fault("is named like another digest: names are what is remembered, so give it one of its own"))
      }
      found.append(schedule)
    }
    return found
  }

  private mutating func readDigest(_ node: ConfigurationNode) -> DigestSchedule? {
    let parts = members(node, ["name", "every", "on", "day", "at", "location", "receiver", "to"])
    guard node.members != nil else { return nil }
    let at = parts["at"].flatMap { minute($0) } ?? 8 * 60
    guard let name: String = value(parts["name"]), let receiver: String = value(parts["receiver"]) else {
      fault(node.fault("needs a name and a receiver"))
      return nil
    }
    checkReceiver(receiver, parts["receiver"] ?? node)
    let cadence: DigestSchedule.Cadence
    switch parts["every"]?.text {
    case "day": cadence = .daily
    case "week": cadence = .weekly(weekday: parts["on"].flatMap { weekday($0) } ?? 1)
    case "month":
      cadence = .monthly(day: value(parts["day"], in: 1...28) ?? 1)
    default:
      fault((parts["every"] ?? node).fault("every must be day, week or month"))
      return nil
    }
    return DigestSchedule(
      name: name, cadence: cadence, minute: min(at, 1_439),
      zone: parts["location"].flatMap { readZone($0) } ?? zone,
      receiver: receiver, audience: value(parts["to"]) ?? .channel)
  }
}
