import Configuration
import Deals
import Foundation
import Scoring

extension Playbook {
  /// Reads a playbook's file.
  ///
  /// - Throws: `ConfigurationFault` with the line.
  public init(file: String) throws(ConfigurationFault) {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ConfigurationFault(source: file, "can't be read: check the path and the permissions")
    }
    try self.init(ConfigurationNode(yaml: String(decoding: data, as: UTF8.self), file: file))
  }

  /// Reads a playbook from a part of a file.
  ///
  /// - Throws: `ConfigurationFault` with the line.
  public init(_ node: ConfigurationNode) throws(ConfigurationFault) {
    let members = try node.members(knowing: ["limit", "actions"])
    guard let actions = members["actions"]?.elements else { throw node.fault("must have a list of actions") }
    self.init(rules: [])
    if let limit = members["limit"] {
      self.limit = try limit.value()
      guard (1...20).contains(self.limit) else { throw limit.fault("must be 1 to 20") }
    }
    for action in actions { rules.append(try Self.rule(action)) }
  }

  private static func rule(_ node: ConfigurationNode) throws(ConfigurationFault) -> Rule {
    let members = try node.members(knowing: ["id", "when", "say"])
    guard let id = members["id"]?.text else { throw node.fault("needs an id") }
    guard let say = members["say"], let source = say.text else { throw node.fault("needs a text under say") }
    let text: PlaybookText
    do throws(PlaybookText.UnknownField) {
      text = try PlaybookText(source)
    } catch {
      throw say.fault("\(error)")
    }
    return Rule(id: Symbol(id), condition: try members["when"].map(condition) ?? Condition(), text: text)
  }

  private static func condition(_ node: ConfigurationNode) throws(ConfigurationFault) -> Condition {
    var condition = Condition()
    let names = [
      "days_in_stage_above", "days_in_stage_at_least", "rep_in_bottom_fifth", "lead_source", "stage", "tier_at_least",
      "better_rep_with_deals",
    ]
    for (name, value) in try node.members(knowing: names) {
      switch name {
      case "days_in_stage_above": condition.daysInStageAbove = try value.value()
      case "days_in_stage_at_least": condition.daysInStageAtLeast = try value.value()
      case "rep_in_bottom_fifth": condition.repInBottomFifth = try value.value()
      case "lead_source": condition.leadSource = Symbol(try value.value(String.self))
      case "stage":
        guard let stage = value.text.flatMap({ Stage(name: $0) }) else {
          throw value.fault("must be one of \(Stage.allCases.map(\.name).joined(separator: ", "))")
        }
        condition.stage = stage
      case "tier_at_least":
        guard let tier = value.text.flatMap({ RiskTier(name: $0) }) else {
          throw value.fault("must be one of \(RiskTier.allCases.map(\.name).joined(separator: ", "))")
        }
        condition.tierAtLeast = tier
      default: condition.betterRepWithDeals = try value.value()
      }
    }
    return condition
  }
}
