import Foundation
import Yams

/// A part of a YAML file with its line, for structures that a program reads by itself.
public struct ConfigurationNode {
  private let node: Node
  /// The file.
  public let file: String
  /// The dotted path to here.
  public let path: String

  init(_ node: Node, file: String, path: String) {
    self.node = node
    self.file = file
    self.path = path
  }

  /// Reads a whole file.
  ///
  /// - Throws: `ConfigurationFault` where it can't be read or is no YAML mapping.
  public init(yaml text: String, file: String) throws(ConfigurationFault) {
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch YamlError.duplicatedKeysInMapping(let names, let context) {
      let line = names.first.flatMap { Self.secondLine(of: $0, in: text, from: context.mark.line) }
      throw ConfigurationFault(
        source: file, line: line ?? context.mark.line, key: names.first, "stands here twice: keep one")
    } catch let error as YamlError {
      throw ConfigurationFault(source: file, line: error.line, "this is no YAML: \(error.problem): correct it")
    } catch {
      throw ConfigurationFault(source: file, "this is no YAML: \(error): correct it")
    }
    let empty = Node.mapping(Node.Mapping([]))
    self.init(root ?? empty, file: file, path: "")
    guard root == nil || root?.mapping != nil else { throw fault("must hold keys with values") }
  }

  /// Where a key stands for the second time, at the depth of the first.
  private static func secondLine(of key: String, in text: String, from first: Int) -> Int? {
    var indent: Substring?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst(first - 1)
    {
      let blanks = line.prefix { $0 == " " }
      let name = line.dropFirst(blanks.count).prefix { $0 != ":" }
      guard name.filter({ $0 != "\"" && $0 != "'" }).trimmingCharacters(in: .whitespaces) == key else { continue }
      if indent == blanks { return index + 1 }
      if indent == nil { indent = blanks }
    }
    return nil
  }

  /// The line, from 1.
  public var line: Int { node.mark?.line ?? 1 }

  /// The text of a scalar, nil of anything else.
  public var text: String? { node.scalar?.string }

  /// Whether this is a scalar that stands for nothing.
  public var isNull: Bool { node.scalar.map { $0.string.isEmpty || $0.string == "~" || $0.string == "null" } ?? false }

  /// The elements of a list, nil of anything else.
  public var elements: [ConfigurationNode]? {
    node.sequence.map { sequence in
      sequence.enumerated().map { ConfigurationNode($0.element, file: file, path: "\(path)[\($0.offset)]") }
    }
  }

  /// The members of a mapping in their order, nil of anything else.
  public var members: [(key: String, value: ConfigurationNode)]? {
    node.mapping.map { mapping in
      mapping.map { pair in
        let key = pair.key.scalar?.string ?? ""
        return (key, ConfigurationNode(pair.value, file: file, path: path.isEmpty ? key : "\(path).\(key)"))
      }
    }
  }

  /// A fault of this part.
  public func fault(_ text: String) -> ConfigurationFault {
    ConfigurationFault(source: file, line: line, key: path.isEmpty ? nil : path, text)
  }

  /// The value of a scalar.
  public func value<Value: ConfigurationValue>(_ type: Value.Type = Value.self) throws(ConfigurationFault) -> Value {
    guard let text, let value = Value(configurationText: text) else { throw fault("must be \(Value.form)") }
    return value
  }

  /// The members by name, each name one of those given and none twice.
  public func members(knowing names: [String]) throws(ConfigurationFault) -> [String: ConfigurationNode] {
    var faults: [ConfigurationFault] = []
    let found = members(knowing: names, &faults)
    if let first = faults.first { throw first }
    return found
  }

  /// The members by name; what is unknown or stands twice is left out and added to the faults, so that the others are still
  /// looked at.
  public func members(
    knowing names: [String], _ faults: inout [ConfigurationFault]
  ) -> [String: ConfigurationNode] {
    guard let members else {
      faults.append(fault("must hold keys with values"))
      return [:]
    }
    var found: [String: ConfigurationNode] = [:]
    for (key, value) in members {
      if !names.contains(key) {
        faults.append(value.fault("is unknown\(Self.suggestion(key, names))"))
      } else if found.updateValue(value, forKey: key) != nil {
        faults.append(value.fault("stands here twice: keep one"))
      }
    }
    return found
  }

  static func suggestion(_ name: String, _ names: [String]) -> String {
    if let whole = names.filter({ $0.hasSuffix(".\(name)") }).min() { return ": did you mean \(whole)?" }
    guard let nearest = nearest(name, names), nearest.distance <= max(2, name.count / 3) else {
      // Of many keys those beside it are told, or else the parts of a file.
      let part = name.prefix { $0 != "." } + "."
      let beside = names.filter { $0.hasPrefix(part) }
      let told = beside.isEmpty ? Set(names.map { String($0.prefix { $0 != "." }) }) : Set(beside)
      return ": it may be \(told.sorted().joined(separator: ", "))"
    }
    return ": did you mean \(nearest.name)?"
  }

  /// The name that takes the fewest edits to come to.
  static func nearest(_ name: String, _ names: [String]) -> (name: String, distance: Int)? {
    names.map { (name: $0, distance: distance($0, name)) }.min { $0.distance < $1.distance }
  }

  /// Levenshtein's edit distance.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let above = row[column + 1]
        row[column + 1] = min(above + 1, row[column] + 1, diagonal + (character == right[column] ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}

extension YamlError {
  fileprivate var line: Int? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    default: nil
    }
  }

  fileprivate var problem: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    default: "\(self)"
    }
  }
}
