import ArgumentParser
import Configuration
import Connection
import ScorerRuntime

/// `dealpulse configuration-reference`: the page that `docs/configuration.md` is.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "configuration-reference",
    abstract: "Prints every key of the programs' configuration as Markdown, from where the keys are declared.")

  func run() {
    let connection = Set(ConnectionSettings.schema.keys.map(\.name))
    let scorer = ConfigurationSchema(keys: ScorerKeys.schema.keys.filter { !connection.contains($0.name) })
    print(
      """
      # Configuration

      Every program reads its keys in the same way: flags win over the environment, the environment over the file, the file \
      over the default. An unknown key, a value that does not fit and two keys that contradict each other stop the start, \
      each with file and line. A secret is never taken from a flag and never printed.

      ## Kafka, logging, metrics: every program

      `deal-scorer --config`, `crm-connector --config`, `deal-replay run|verify --config`, `alert-router run \
      --connection-file`, and by the environment alone `dealpulse`. A variable that is almost one of these is refused.

      \(ConnectionSettings.schema.referenceTable)
      ## Scoring, processing, trends: deal-scorer

      In `config/scorer.yaml`; any key by `--set key=value` too. What stands under `scoring`, `ageing`, `state`, `currency`, \
      `currency_rates` and `playbook` is what scores depend on: `deal-replay --config` reads the same file, and \
      `deal-replay tune` writes that part of one. The playbook's form is shown in `config/playbook.yaml`.

      \(scorer.referenceTable)
      ## Columns, stages, dates: crm-connector

      `config/connector.yaml` shows every part with its default: `columns`, `stages`, `outcomes`, `dates`, `numbers`, `csv`.

      ## Routes, receivers, budgets: alert-router

      `config/router.yaml`, described in [alert-router.md](alert-router.md).

      """, terminator: "")
  }
}
