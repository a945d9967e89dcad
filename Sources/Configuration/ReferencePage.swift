extension ConfigurationSchema {
  /// The keys as a table in Markdown, for `docs/`.
  public var referenceTable: String {
    var lines = [
      "| key | value | default | environment | meaning |", "| --- | --- | --- | --- | --- |",
    ]
    for key in keys.sorted(by: { $0.name < $1.name }) {
      let shown = key.defaultText.isEmpty ? "" : "`\(key.defaultText)`"
      lines.append("| `\(key.name)` | \(key.form) | \(shown) | `\(key.environmentName)` | \(key.meaning) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
