extension ConfigurationSchema {
  /// The reference of the keys as Markdown, for `docs/`.
  public func referencePage(title: String) -> String {
    var lines = [
      "# \(title)", "",
      "Flags (`--set key=value`) win over the environment, the environment over the file, the file over the default.",
      "", "| key | value | default | environment | meaning |", "| --- | --- | --- | --- | --- |",
    ]
    for key in keys.sorted(by: { $0.name < $1.name }) {
      let shown = key.defaultText.isEmpty ? "" : "`\(key.defaultText)`"
      lines.append("| `\(key.name)` | \(key.form) | \(shown) | `\(key.environmentName)` | \(key.meaning) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
