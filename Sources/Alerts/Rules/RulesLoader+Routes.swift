import Configuration
import Deals

extension RulesLoader {
  private static let routeNames = [
    "name", "matchers", "continue", "receiver", "to", "group_by", "group_wait", "group_interval", "repeat_interval",
    "mute_time_intervals", "active_time_intervals", "escalate_after", "routes",
  ]

  /// A route. One without a receiver is a fault, and its children are still read.
  mutating func readRoute(_ node: ConfigurationNode, parent: Route?, name fallback: String) -> Route {
    let parts = members(node, Self.routeNames)
    let name: String = value(parts["name"]) ?? fallback
    let id = parent.map { "\($0.id)/\(name)" } ?? name
    var route = parent ?? Route(id: id, receiver: "")
    route.id = id
    route.children = []
    if let receiver: String = value(parts["receiver"]) {
      checkReceiver(receiver, parts["receiver"] ?? node)
      route.receiver = receiver
    } else if parent == nil, parts["receiver"] == nil, node.members != nil {
      fault(node.fault("has no receiver: \(receiverNames)"))
    }
    route.matchers = matchers(parts["matchers"])
    route.continues = value(parts["continue"]) ?? false
    let audience: Audience? = value(parts["to"])
    route.audience = audience ?? route.audience
    route.groupWait = length(parts["group_wait"]) ?? route.groupWait
    route.groupInterval = length(parts["group_interval"]) ?? route.groupInterval
    route.repeatInterval = length(parts["repeat_interval"], atLeast: 1_000) ?? route.repeatInterval
    let escalateAfter = length(parts["escalate_after"], atLeast: 1_000)
    route.escalateAfter = escalateAfter ?? route.escalateAfter
    route.mutedDuring = intervalNames(parts["mute_time_intervals"])
    route.activeDuring = intervalNames(parts["active_time_intervals"])
    readGroupBy(parts["group_by"], into: &route)
    readChildren(parts["routes"], of: &route)
    let isAudienceKnown = parts["to"] == nil || audience != nil
    if let node = parts["escalate_after"], escalateAfter != nil, isAudienceKnown, !Self.writesToPeople(route) {
      fault(node.fault("does nothing, since nobody is above a channel: write to: rep or to: manager, or take it out"))
    }
    return route
  }

  /// Whether a route, or one within it that its settings hold for too, writes to people.
  private static func writesToPeople(_ route: Route) -> Bool {
    route.audience != .channel || route.children.contains(where: writesToPeople)
  }

  /// Says where a receiver's name is declared nowhere.
  mutating func checkReceiver(_ name: String, _ node: ConfigurationNode) {
    guard !isDeclared(name, .receiver) else { return }
    fault(node.fault("there is no receiver \(name): \(receiverNames)"))
  }

  private var receiverNames: String {
    let names = (declared[.receiver] ?? []).sorted()
    return names.isEmpty ? "declare one under receivers" : "use one of \(names.joined(separator: ", "))"
  }

  private mutating func readChildren(_ node: ConfigurationNode?, of route: inout Route) {
    for (index, child) in list(node, "- name: … for each route, below each other").enumerated() {
      let read = readRoute(child, parent: route, name: "\(index + 1)")
      if route.children.contains(where: { $0.id == read.id }) {
        fault(child.fault("is named like a route beside it, \(read.id): give it a name of its own"))
      }
      route.children.append(read)
    }
  }

  private mutating func readGroupBy(_ node: ConfigurationNode?, into route: inout Route) {
    guard let node else { return }
    let fields = texts(node)
    if fields.map(\.text) == ["..."] {
      route.groupBy = nil
      return
    }
    for (text, node) in fields where !AlertField.all.contains(text) {
      fault(node.fault("there is no field \(text): use ... or one of \(AlertField.all.joined(separator: ", "))"))
    }
    route.groupBy = fields.map(\.text)
  }

  mutating func intervalNames(_ node: ConfigurationNode?) -> [String] {
    texts(node).map { text, node in
      if !isDeclared(text, .interval) {
        fault(node.fault("there is no time interval \(text): declare it under time_intervals"))
      }
      return text
    }
  }

  mutating func readInhibitions(_ node: ConfigurationNode?) -> [InhibitionRule] {
    list(node, "- {source: [matcher], target: [matcher]} for each rule").map { element in
      let parts = members(element, ["source", "target", "equal", "within_segment"])
      var rule = InhibitionRule(source: matchers(parts["source"]), target: matchers(parts["target"]))
      for name in ["source", "target"] where element.members != nil && isEmpty(parts[name]) {
        fault((parts[name] ?? element).fault("\(name) needs a matcher: say what speaks for what"))
      }
      rule.equal = texts(parts["equal"]).map { text, node in
        if !AlertField.all.contains(text) {
          fault(node.fault("there is no field \(text): use one of \(AlertField.all.joined(separator: ", "))"))
        }
        return text
      }
      rule.withinSegment = value(parts["within_segment"]) ?? false
      return rule
    }
  }

  private func isEmpty(_ node: ConfigurationNode?) -> Bool {
    guard let node else { return true }
    return node.isNull || node.elements?.isEmpty == true
  }
}
