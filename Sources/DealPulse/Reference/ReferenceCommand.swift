import ArgumentParser
import ScorerRuntime

/// `dealpulse configuration-reference`: the page that `docs/configuration.md` is.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configuration-reference",
    abstract: "Prints every key of the scorer's configuration as Markdown, from where the keys are declared.")

  func run() {
    print(ScorerKeys.schema.referencePage(title: "The scorer's configuration"), terminator: "")
  }
}
