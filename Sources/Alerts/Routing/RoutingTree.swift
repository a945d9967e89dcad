/// Finds the routes that take a statement, and says why.
public struct RoutingTree: Hashable, Sendable {
  /// The route that takes what no other does.
  public var root: Route

  /// A tree.
  public init(root: Route) { self.root = root }

  /// The routes that take a statement, in the tree's order: deepest first match, more only where one says `continue`.
  public func routes(for source: AlertSource) -> [Route] {
    var found: [Route] = []
    descend(root, source, &found)
    return found
  }

  /// Every route of the tree, parents before children.
  public var all: [Route] {
    func flatten(_ route: Route) -> [Route] { [route] + route.children.flatMap(flatten) }
    return flatten(root)
  }

  /// A line for each route that was asked: whether it fits, and by which matcher not.
  public func explanation(for source: AlertSource) -> [String] {
    var lines: [String] = []
    explain(root, source, depth: 0, &lines)
    return lines
  }

  private func descend(_ route: Route, _ source: AlertSource, _ found: inout [Route]) {
    let before = found.count
    for child in route.children where child.matchers.matches(source) {
      descend(child, source, &found)
      if !child.continues { break }
    }
    if found.count == before { found.append(route) }
  }

  private func explain(_ route: Route, _ source: AlertSource, depth: Int, _ lines: inout [String]) {
    let indent = String(repeating: "  ", count: depth)
    lines.append("\(indent)\(route.id): fits, receiver \(route.receiver), to \(route.audience.rawValue)")
    for child in route.children {
      if let miss = child.matchers.firstMiss(source) {
        let actual = source.text(of: miss.field)
        lines.append("\(indent)  \(child.id): no, \(miss) is not so: \(miss.field) is \"\(actual)\"")
        continue
      }
      explain(child, source, depth: depth + 1, &lines)
      if !child.continues { break }
    }
  }
}
