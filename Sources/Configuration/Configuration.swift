import Foundation

/// The effective configuration of a program: flags win over the environment, the environment over the file, the file over
/// the defaults.
public struct Configuration: Sendable {
  private struct Entry: Sendable {
    var text: String
    var source: String
    var line: Int?
  }

  private let schema: ConfigurationSchema
  private var entries: [String: Entry] = [:]

  /// Loads a configuration and checks every value.
  ///
  /// - Parameters:
  ///   - schema: The keys that there are.
  ///   - file: A YAML file, nil for none.
  ///   - environment: Variables such as `DEALPULSE_KAFKA_BOOTSTRAP_SERVERS`; `KAFKA_BOOTSTRAP_SERVERS` counts too.
  ///   - flags: Keys and values from the command line.
  ///   - part: Is given the parts of the file that have a structure of their own.
  /// - Throws: `ConfigurationFaults` with everything that is wrong.
  public init(
    _ schema: ConfigurationSchema, file: String?, environment: [String: String], flags: [(String, String)],
    part: (String, ConfigurationNode) throws(ConfigurationFault) -> Void = { _, _ in }
  ) throws(ConfigurationFaults) {
    self.schema = schema
    var faults: [ConfigurationFault] = []
    if let file { readFile(file, part, &faults) }
    readEnvironment(environment, &faults)
    readFlags(flags, &faults)
    guard faults.isEmpty else { throw ConfigurationFaults(faults) }
  }

  /// The value of a key.
  public subscript<Value>(_ key: ConfigurationKey<Value>) -> Value {
    guard let entry = entries[key.name], let value = Value(configurationText: entry.text) else {
      return key.defaultValue
    }
    return value
  }

  /// Whether a key has another value than its default.
  public func isChanged(_ name: String) -> Bool {
    guard let entry = entries[name], let key = schema.keys.first(where: { $0.name == name }) else { return false }
    return entry.text != key.defaultText
  }

  /// Whether a file, the environment or a flag sets a key, be it to its default.
  public func isSet(_ name: String) -> Bool { entries[name] != nil }

  /// The value of a secret, nil where it is not set.
  public func secret(_ name: String) -> String? { entries[name]?.text }

  /// A fault of a key's value: it names where the value was set; of one that nobody set, where `other` was.
  public func fault(_ name: String, because other: String? = nil, _ text: String) -> ConfigurationFault {
    let entry = entries[name] ?? other.flatMap { entries[$0] }
    return ConfigurationFault(source: entry?.source ?? "configuration", line: entry?.line, key: name, text)
  }

  /// Every key with its value and where that comes from, secrets hidden.
  public var effective: [(key: String, value: String, source: String)] {
    schema.keys.map { key in
      guard let entry = entries[key.name] else { return (key.name, key.defaultText, "default") }
      return (key.name, key.isSecret ? "***" : entry.text, entry.source)
    }.sorted { $0.key < $1.key }
  }

  private mutating func readFile(
    _ file: String, _ part: (String, ConfigurationNode) throws(ConfigurationFault) -> Void,
    _ faults: inout [ConfigurationFault]
  ) {
    guard let data = FileManager.default.contents(atPath: file) else {
      faults.append(ConfigurationFault(source: file, "can't be read: check the path and the permissions"))
      return
    }
    do throws(ConfigurationFault) {
      let root = try ConfigurationNode(yaml: String(decoding: data, as: UTF8.self), file: file)
      for (name, value) in root.members ?? [] where schema.parts.contains(name) {
        do throws(ConfigurationFault) { try part(name, value) } catch { faults.append(error) }
      }
      for (_, value) in (root.members ?? []).filter({ !schema.parts.contains($0.key) }) { take(value, &faults) }
    } catch {
      faults.append(error)
    }
  }

  private mutating func take(_ node: ConfigurationNode, _ faults: inout [ConfigurationFault]) {
    if let members = node.members {
      for (_, value) in members { take(value, &faults) }
      return
    }
    if node.isNull { return }
    let text = node.text ?? (node.elements ?? []).map { $0.text ?? "" }.joined(separator: ",")
    set(node.path, text, source: node.file, line: node.line, &faults)
  }

  private mutating func readEnvironment(
    _ environment: [String: String], _ faults: inout [ConfigurationFault]
  ) {
    // Set and empty means unset, by custom of those who share this variable.
    if let servers = environment["KAFKA_BOOTSTRAP_SERVERS"], !servers.isEmpty,
      schema.keys.contains(where: { $0.name == "kafka.bootstrap_servers" })
    {
      set("kafka.bootstrap_servers", servers, source: "KAFKA_BOOTSTRAP_SERVERS", line: nil, &faults)
    }
    for key in schema.keys {
      if let text = environment[key.environmentName] {
        set(key.name, text, source: key.environmentName, line: nil, &faults)
      }
      if key.isSecret, let path = environment[key.environmentName + "_FILE"] {
        set(key.name + "_file", path, source: key.environmentName + "_FILE", line: nil, &faults)
      }
    }
    faults += nearMisses(environment)
  }

  /// Variables that are almost ours. Others that begin like ours may be those of another program.
  private func nearMisses(_ environment: [String: String]) -> [ConfigurationFault] {
    let secrets = schema.keys.filter(\.isSecret).map { $0.environmentName + "_FILE" }
    let known = schema.keys.map(\.environmentName) + secrets
    return environment.keys.sorted().compactMap { name in
      guard name.hasPrefix("DEALPULSE_"), !known.contains(name),
        let meant = ConfigurationNode.nearest(name, known), meant.distance <= 2
      else { return nil }
      return ConfigurationFault(source: name, "no key has this variable: did you mean \(meant.name)?")
    }
  }

  private mutating func readFlags(_ flags: [(String, String)], _ faults: inout [ConfigurationFault]) {
    for (name, text) in flags {
      guard schema.keys.first(where: { $0.name == name })?.isSecret != true else {
        faults.append(
          ConfigurationFault(
            source: "command line", key: name, "is a secret: set it by the environment or \(name)_file"))
        continue
      }
      set(name, text, source: "command line", line: nil, &faults)
    }
  }

  private mutating func set(
    _ name: String, _ text: String, source: String, line: Int?, _ faults: inout [ConfigurationFault]
  ) {
    if name.hasSuffix("_file"), let key = schema.keys.first(where: { $0.isSecret && "\($0.name)_file" == name }) {
      guard let data = FileManager.default.contents(atPath: text) else {
        faults.append(ConfigurationFault(source: source, line: line, key: name, "\(text) can't be read: check it"))
        return
      }
      let secret = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      guard !secret.isEmpty else {
        faults.append(
          ConfigurationFault(source: source, line: line, key: name, "\(text) is empty: write the secret into it"))
        return
      }
      entries[key.name] = Entry(text: secret, source: text)
      return
    }
    guard let key = schema.keys.first(where: { $0.name == name }) else {
      let names = schema.keys.map(\.name) + schema.parts
      faults.append(
        ConfigurationFault(
          source: source, line: line, key: name, "is unknown\(ConfigurationNode.suggestion(name, names))"))
      return
    }
    if let fault = key.fault(text) {
      let shown = key.isSecret ? "***" : "\"\(text.prefix(60))\""
      faults.append(ConfigurationFault(source: source, line: line, key: name, "\(fault), not \(shown): correct it"))
      return
    }
    entries[name] = Entry(text: key.canonical(text), source: source, line: line)
  }
}
