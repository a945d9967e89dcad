import Configuration
import Deals
import Foundation

/// Reads `router.yaml`. Collects every fault, so that one look mends them all.
public struct RulesLoader {
  private(set) var faults: [ConfigurationFault] = []
  var holidays: [String: Set<Day>] = [:]
  var zone: Zone = .utc
  /// Names that the file declares, those of faulty declarations too: a name that is there is never said to be missing.
  var declared: [Declaration: Set<String>] = [:]
  let file: String

  /// What may be declared under a name.
  enum Declaration { case receiver, interval, calendar, person }

  private init(file: String) { self.file = file }

  /// The rules of a file. Owners stand in it, or in a file beside it that it names.
  ///
  /// - Throws: `ConfigurationFaults`, each with file, line and key.
  public static func load(file: String) throws(ConfigurationFaults) -> RouterRules {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ConfigurationFaults([
        ConfigurationFault(source: file, "can't be read: check the path and the permissions")
      ])
    }
    return try load(yaml: String(decoding: data, as: UTF8.self), file: file)
  }

  /// The rules of a text.
  public static func load(yaml: String, file: String) throws(ConfigurationFaults) -> RouterRules {
    var loader = RulesLoader(file: file)
    let rules = loader.read(yaml)
    guard loader.faults.isEmpty, let rules else { throw ConfigurationFaults(loader.sortedFaults) }
    return rules
  }

  /// In the order of the file's lines; those of a file beside it last.
  private var sortedFaults: [ConfigurationFault] {
    faults.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if (one.source == file) != (other.source == file) { return one.source == file }
      return (one.line ?? 0, left.offset) < (other.line ?? 0, right.offset)
    }.map(\.element)
  }

  private mutating func read(_ yaml: String) -> RouterRules? {
    let names = [
      "time_zone", "holidays", "time_intervals", "receivers", "route", "inhibit", "thresholds", "deduplication",
      "digests", "owners", "owners_file", "budget", "storm", "spike", "backlog_age", "silent_after",
      "expected_during", "retention",
      "heartbeat_url", "feedback",
    ]
    let file = file
    guard let root = attempt({ () throws(ConfigurationFault) in try ConfigurationNode(yaml: yaml, file: file) })
    else { return nil }
    let parts = members(root, names)
    if let node = parts["time_zone"] { zone = readZone(node) ?? .utc }
    readHolidays(parts["holidays"])
    let receivers = readReceivers(parts["receivers"])
    let intervals = readIntervals(parts["time_intervals"])
    var rules = RouterRules(tree: RoutingTree(root: readRoot(parts["route"])), receivers: receivers)
    rules.intervals = intervals
    rules.zone = zone
    rules.inhibitions = readInhibitions(parts["inhibit"])
    rules.digests = readDigests(parts["digests"])
    readNumbers(parts, into: &rules)
    rules.feedback = readFeedback(parts["feedback"])
    readOwners(parts, into: &rules)
    return rules
  }

  private mutating func readRoot(_ node: ConfigurationNode?) -> Route {
    guard let node else {
      fault(ConfigurationFault(source: file, key: "route", "is missing: say at least route: {receiver: NAME}"))
      return Route(id: "root", receiver: "")
    }
    let route = readRoute(node, parent: nil, name: "root")
    if !route.mutedDuring.isEmpty || !route.activeDuring.isEmpty || !route.matchers.isEmpty {
      fault(node.fault("the root takes everything at all times: move matchers and intervals to a route below it"))
    }
    return route
  }

  /// Runs a step; a fault of it is kept and nil returned.
  mutating func attempt<Value>(_ step: () throws(ConfigurationFault) -> Value) -> Value? {
    do throws(ConfigurationFault) { return try step() } catch {
      faults.append(error)
      return nil
    }
  }

  mutating func fault(_ fault: ConfigurationFault) { faults.append(fault) }

  /// The members of a mapping; what is unknown among them is a fault, and the rest is still read.
  mutating func members(_ node: ConfigurationNode?, _ names: [String]) -> [String: ConfigurationNode] {
    node?.members(knowing: names, &faults) ?? [:]
  }

  /// The members of a mapping whose names the user chose, which count as declared; a fault for anything else.
  ///
  /// - Parameter form: What to write.
  mutating func declarations(
    _ node: ConfigurationNode?, _ declaration: Declaration, _ form: String
  ) -> [(key: String, value: ConfigurationNode)] {
    guard let node, !node.isNull else { return [] }
    guard let members = node.members else {
      fault(node.fault("must hold names with values: write \(form)"))
      // Alertmanager's list has names too.
      let names = (node.elements ?? []).compactMap { $0.members?.first { $0.key == "name" }?.value.text }
      declared[declaration, default: []].formUnion(names)
      return []
    }
    for (index, member) in members.enumerated() {
      if member.key.isEmpty { fault(member.value.fault("has no name: write \(form)")) }
      if members[..<index].contains(where: { $0.key == member.key }) {
        fault(member.value.fault("stands here twice: keep one"))
      }
    }
    declared[declaration, default: []].formUnion(members.map(\.key))
    return members
  }

  /// Whether a name is declared. Where a declaration could not be read at all, only that is a fault.
  func isDeclared(_ name: String, _ declaration: Declaration) -> Bool {
    declared[declaration]?.contains(name) == true
  }

  /// The elements of a list; a fault where anything else stands, which would otherwise be passed over.
  ///
  /// - Parameter form: What to write.
  mutating func list(_ node: ConfigurationNode?, _ form: String) -> [ConfigurationNode] {
    guard let node, !node.isNull else { return [] }
    if let elements = node.elements { return elements }
    fault(node.fault("must be a list: write \(form)"))
    return []
  }

  /// A number or a length of time within limits; nil where it is not there, or outside of them, which is a fault.
  mutating func value<Value: ConfigurationValue & Comparable>(
    _ node: ConfigurationNode?, in limits: ClosedRange<Value>, or word: String? = nil
  ) -> Value? {
    guard let node, let found: Value = value(node) else { return nil }
    guard limits.contains(found) else {
      let (lowest, highest) = (limits.lowerBound.configurationText, limits.upperBound.configurationText)
      fault(node.fault("must be \(lowest) to \(highest)\(word.map { ", or \($0)" } ?? "")"))
      return nil
    }
    return found
  }

  /// A length of time. The longest is ten years, so that no moment is ever out of range.
  mutating func length(
    _ node: ConfigurationNode?, atLeast least: Int64 = 0, or word: String? = nil
  ) -> Milliseconds? {
    value(node, in: Milliseconds(least)...Milliseconds(3_650 * 86_400_000), or: word)
  }

  /// The value of a member, nil where it is not there or has a fault.
  mutating func value<Value: ConfigurationValue>(_ node: ConfigurationNode?) -> Value? {
    guard let node else { return nil }
    return attempt { () throws(ConfigurationFault) in try node.value(Value.self) }
  }

  /// The texts of a list, or the one text that stands instead of a list.
  mutating func texts(_ node: ConfigurationNode?) -> [(text: String, node: ConfigurationNode)] {
    guard let node, !node.isNull else { return [] }
    if let text = node.text { return [(text, node)] }
    guard let elements = node.elements else {
      fault(node.fault("must be a list: write [one, two]"))
      return []
    }
    return elements.compactMap { element in
      guard let text = element.text else {
        fault(element.fault("must be text"))
        return nil
      }
      return (text, element)
    }
  }

  mutating func matchers(_ node: ConfigurationNode?) -> [Matcher] {
    var found: [Matcher] = []
    for (text, node) in texts(node) {
      do throws(Matcher.Fault) { found.append(try Matcher(text)) } catch { fault(node.fault(error.description)) }
    }
    return found
  }

  mutating func readZone(_ node: ConfigurationNode) -> Zone? {
    guard let zone = node.text.flatMap(Zone.init) else {
      fault(node.fault("is no IANA time zone: write it like Europe/Berlin or America/New_York"))
      return nil
    }
    return zone
  }

  mutating func day(_ text: String, _ node: ConfigurationNode) -> Day? {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, let day = Day(year: parts[0], month: parts[1], day: parts[2]) else {
      fault(node.fault("\"\(text)\" is no date: write it like 2026-12-25"))
      return nil
    }
    return day
  }

  private mutating func readHolidays(_ node: ConfigurationNode?) {
    for (name, list) in declarations(node, .calendar, "us: [\"2026-12-25\"]") {
      holidays[name] = Set(texts(list).compactMap { day($0.text, $0.node) })
    }
  }
}
