import Configuration
import Deals

extension RulesLoader {
  private static let routeNames = [
    "name", "matchers", "continue", "receiver", "to", "group_by", "group_wait", "group_interval", "repeat_interval",
    "mute_time_intervals", "active_time_intervals", "escalate_after", "routes",
  ]

  mutating func readRoute(
    _ node: ConfigurationNode, parent: Route?, name fallback: String, _ receivers: [String: ReceiverSettings],
    _ intervals: [String: TimeInterval]
  ) -> Route? {
    let parts = members(node, Self.routeNames)
    let name: String = value(parts["name"]) ?? fallback
    let id = parent.map { "\($0.id)/\(name)" } ?? name
    guard let receiver: String = value(parts["receiver"]) ?? parent?.receiver else {
      fault(node.fault("has no receiver: name one of \(receivers.keys.sorted().joined(separator: ", "))"))
      return nil
    }
    if receivers[receiver] == nil, let named = parts["receiver"] {
      fault(
        named.fault("there is no receiver \(receiver): use one of \(receivers.keys.sorted().joined(separator: ", "))"))
    }
    var route = parent ?? Route(id: id, receiver: receiver)
    route.id = id
    route.receiver = receiver
    route.children = []
    route.matchers = matchers(parts["matchers"])
    route.continues = value(parts["continue"]) ?? false
    route.audience = value(parts["to"]) ?? route.audience
    route.groupWait = value(parts["group_wait"]) ?? route.groupWait
    route.groupInterval = value(parts["group_interval"]) ?? route.groupInterval
    route.repeatInterval = value(parts["repeat_interval"]) ?? route.repeatInterval
    route.escalateAfter = value(parts["escalate_after"]) ?? route.escalateAfter
    route.mutedDuring = intervalNames(parts["mute_time_intervals"], intervals)
    route.activeDuring = intervalNames(parts["active_time_intervals"], intervals)
    readGroupBy(parts["group_by"], into: &route)
    readChildren(parts["routes"], of: &route, receivers, intervals)
    return route
  }

  private mutating func readChildren(
    _ node: ConfigurationNode?, of route: inout Route, _ receivers: [String: ReceiverSettings],
    _ intervals: [String: TimeInterval]
  ) {
    for (index, child) in (node?.elements ?? []).enumerated() {
      guard let read = readRoute(child, parent: route, name: "\(index + 1)", receivers, intervals) else { continue }
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

  private mutating func intervalNames(
    _ node: ConfigurationNode?, _ intervals: [String: TimeInterval]
  ) -> [String] {
    texts(node).map { text, node in
      if intervals[text] == nil {
        fault(node.fault("there is no time interval \(text): declare it under time_intervals"))
      }
      return text
    }
  }

  mutating func readInhibitions(_ node: ConfigurationNode?) -> [InhibitionRule] {
    (node?.elements ?? []).map { element in
      let parts = members(element, ["source", "target", "equal", "within_segment"])
      var rule = InhibitionRule(source: matchers(parts["source"]), target: matchers(parts["target"]))
      if rule.source.isEmpty || rule.target.isEmpty {
        fault(element.fault("needs matchers for source and target: say what speaks for what"))
      }
      rule.equal = texts(parts["equal"]).map(\.text)
      rule.withinSegment = value(parts["within_segment"]) ?? false
      return rule
    }
  }
}
