import Configuration
import Deals
import Foundation

/// Reads `router.yaml`. Collects every fault, so that one look mends them all.
public struct RulesLoader {
  private(set) var faults: [ConfigurationFault] = []
  var holidays: [String: Set<Day>] = [:]
  var zone: Zone = .utc
  private let file: String

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
    guard loader.faults.isEmpty, let rules else { throw ConfigurationFaults(loader.faults) }
    return rules
  }

  private mutating func read(_ yaml: String) -> RouterRules? {
    let names = [
      "time_zone", "holidays", "time_intervals", "receivers", "route", "inhibit", "thresholds", "deduplication",
      "digests", "owners", "owners_file", "budget", "storm", "spike", "backlog_age", "silent_after", "retention",
      "heartbeat_url", "feedback",
    ]
    let file = file
    guard let root = attempt({ () throws(ConfigurationFault) in try ConfigurationNode(yaml: yaml, file: file) }),
      let parts = attempt({ () throws(ConfigurationFault) in try root.members(knowing: names) })
    else { return nil }
    if let node = parts["time_zone"] { zone = readZone(node) ?? .utc }
    readHolidays(parts["holidays"])
    let receivers = readReceivers(parts["receivers"])
    let intervals = readIntervals(parts["time_intervals"])
    guard let routeNode = parts["route"] else {
      fault(ConfigurationFault(source: file, key: "route", "is missing: say at least route: {receiver: NAME}"))
      return nil
    }
    guard let route = readRoute(routeNode, parent: nil, name: "root", receivers, intervals) else { return nil }
    if !route.mutedDuring.isEmpty || !route.activeDuring.isEmpty || !route.matchers.isEmpty {
      fault(routeNode.fault("the root takes everything at all times: move matchers and intervals to a route below it"))
    }
    var rules = RouterRules(tree: RoutingTree(root: route), receivers: receivers)
    rules.intervals = intervals
    rules.zone = zone
    rules.inhibitions = readInhibitions(parts["inhibit"])
    rules.digests = readDigests(parts["digests"], receivers)
    readNumbers(parts, into: &rules)
    rules.feedback = readFeedback(parts["feedback"])
    readOwners(parts, into: &rules)
    return rules
  }

  /// Runs a step; a fault of it is kept and nil returned.
  mutating func attempt<Value>(_ step: () throws(ConfigurationFault) -> Value) -> Value? {
    do throws(ConfigurationFault) { return try step() } catch {
      faults.append(error)
      return nil
    }
  }

  mutating func fault(_ fault: ConfigurationFault) { faults.append(fault) }

  /// The members of a mapping, empty where it has faults, which are kept.
  mutating func members(_ node: ConfigurationNode?, _ names: [String]) -> [String: ConfigurationNode] {
    guard let node else { return [:] }
    return attempt { () throws(ConfigurationFault) in try node.members(knowing: names) } ?? [:]
  }

  /// The value of a member, nil where it is not there or has a fault.
  mutating func value<Value: ConfigurationValue>(_ node: ConfigurationNode?) -> Value? {
    guard let node else { return nil }
    return attempt { () throws(ConfigurationFault) in try node.value(Value.self) }
  }

  /// The texts of a list, or the one text that stands instead of a list.
  mutating func texts(_ node: ConfigurationNode?) -> [(text: String, node: ConfigurationNode)] {
    guard let node else { return [] }
    if let text = node.text { return [(text, node)] }
    guard let elements = node.elements else {
      fault(node.fault("must be a list"))
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
    for (name, list) in node?.members ?? [] {
      holidays[name] = Set(texts(list).compactMap { day($0.text, $0.node) })
    }
  }
}
