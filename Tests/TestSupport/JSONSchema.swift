import Foundation

/// The part of JSON Schema (draft 2020-12) that our schemas use, so that a test needs no other program.
public struct JSONSchema {
  private let root: [String: Any]

  /// The schema of a file in `topics/`; a reference to another file there counts as what stands in that file.
  public init(file: String) throws {
    root = try Self.resolved(try Self.object(file)) as? [String: Any] ?? [:]
  }

  private static func object(_ file: String) throws -> Any {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("topics")
    return try JSONSerialization.jsonObject(with: try Data(contentsOf: folder.appendingPathComponent(file)))
  }

  private static func resolved(_ part: Any) throws -> Any {
    if let list = part as? [Any] { return try list.map(resolved) }
    guard let object = part as? [String: Any] else { return part }
    if let file = object["$ref"] as? String { return try resolved(try Self.object(file)) }
    return try object.mapValues(resolved)
  }

  /// What is wrong with a document; nothing where it is valid.
  public func faults(_ bytes: [UInt8]) throws -> [String] {
    check(try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed), root, "$")
  }

  private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    var faults: [String] = []
    for key in schema.keys where !Self.known.contains(key) { faults.append("\(path): the validator lacks \(key)") }
    if let type = schema["type"] as? String, !Self.isOf(type, value) { faults.append("\(path): not \(type)") }
    if let values = schema["enum"] as? [String], !values.contains(value as? String ?? "\u{0}") {
      faults.append("\(path): none of \(values)")
    }
    if let constant = schema["const"], "\(constant)" != "\(value)" {
      faults.append("\(path): not constant")
    }
    if let options = schema["anyOf"] as? [[String: Any]], !options.contains(where: { check(value, $0, path).isEmpty }) {
      faults.append("\(path): none of anyOf: \(options.flatMap { check(value, $0, path) })")
    }
    for part in schema["allOf"] as? [[String: Any]] ?? [] { faults += check(value, part, path) }
    faults += checkNumber(value, schema, path) + checkText(value, schema, path)
    if let items = schema["items"] as? [String: Any], let elements = value as? [Any] {
      for (index, element) in elements.enumerated() { faults += check(element, items, "\(path)[\(index)]") }
    }
    return faults + checkList(value, schema, path) + checkObject(value, schema, path)
  }

  private func checkList(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    guard let elements = value as? [Any] else { return [] }
    if let minimum = schema["minItems"] as? Int, elements.count < minimum { return ["\(path): too few"] }
    if let maximum = schema["maxItems"] as? Int, elements.count > maximum { return ["\(path): too many"] }
    if let wanted = schema["contains"] as? [String: Any], !elements.contains(where: { check($0, wanted, path).isEmpty })
    {
      return ["\(path): none is \(wanted["properties"] ?? wanted)"]
    }
    return []
  }

  private func checkNumber(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    guard let number = value as? Double, Self.isOf("number", value) else { return [] }
    if let minimum = schema["minimum"] as? Double, number < minimum { return ["\(path): below \(minimum)"] }
    if let maximum = schema["maximum"] as? Double, number > maximum { return ["\(path): above \(maximum)"] }
    return []
  }

  private func checkText(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    guard let text = value as? String else { return [] }
    if let length = schema["minLength"] as? Int, text.unicodeScalars.count < length { return ["\(path): too short"] }
    if let length = schema["maxLength"] as? Int, text.unicodeScalars.count > length { return ["\(path): too long"] }
    if let pattern = schema["pattern"] as? String, text.range(of: pattern, options: .regularExpression) == nil {
      return ["\(path): does not match \(pattern)"]
    }
    let time = #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"#
    if schema["format"] as? String == "date-time", text.range(of: time, options: .regularExpression) == nil {
      return ["\(path): no time"]
    }
    return []
  }

  private func checkObject(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    guard let object = value as? [String: Any] else { return [] }
    var faults: [String] = []
    for name in schema["required"] as? [String] ?? [] where object[name] == nil { faults.append("\(path): no \(name)") }
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    for (name, member) in object {
      if let schema = properties[name] {
        faults += check(member, schema, "\(path).\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        faults.append("\(path): unknown \(name)")
      }
    }
    return faults
  }

  private static let known: Set<String> = [
    "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "enum", "const",
    "anyOf", "items", "minimum", "maximum", "minLength", "maxLength", "pattern", "format",
    "allOf", "contains", "minItems", "maxItems",
  ]

  private static func isOf(_ type: String, _ value: Any) -> Bool {
    let number = value as? NSNumber
    let isBoolean = value is Bool && !(number.map { "\($0)" == "0.5" } ?? false) && isTruth(value)
    switch type {
    case "object": return value is [String: Any]
    case "array": return value is [Any]
    case "string": return value is String
    case "null": return value is NSNull
    case "boolean": return isBoolean
    case "integer": return !isBoolean && (value as? Double).map { $0 == $0.rounded() } ?? false
    default: return !isBoolean && value is Double
    }
  }

  /// Whether a bridged number was written true or false.
  private static func isTruth(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" || String(cString: $0.objCType) == "B" } ?? false
  }
}
