import Configuration
import Deals
import Foundation

extension RulesLoader {
  mutating func readNumbers(_ parts: [String: ConfigurationNode], into rules: inout RouterRules) {
    let thresholds = members(parts["thresholds"], ["amount", "points"])
    rules.threshold.amount =
      value(thresholds["amount"], in: 0...1e15).flatMap { Money(units: $0) } ?? rules.threshold.amount
    rules.threshold.points = value(thresholds["points"], in: 0...100) ?? rules.threshold.points
    readDeduplication(parts["deduplication"], into: &rules.deduplication)
    let budget = members(parts["budget"], ["per_day", "exempt"])
    rules.dailyBudget = value(budget["per_day"], in: Self.messages) ?? rules.dailyBudget
    if let node = budget["exempt"] { rules.budgetExempt = tier(node) }
    let storm = members(parts["storm"], ["messages", "within"])
    rules.stormLimit = value(storm["messages"], in: 1...Self.messages.upperBound) ?? rules.stormLimit
    rules.stormWindow = length(storm["within"], atLeast: 1_000) ?? rules.stormWindow
    let spike = members(parts["spike"], ["deals", "within"])
    rules.spikeCount = value(spike["deals"], in: 2...Self.messages.upperBound) ?? rules.spikeCount
    rules.spikeWindow = length(spike["within"], atLeast: 1_000) ?? rules.spikeWindow
    rules.backlogAge = length(parts["backlog_age"]) ?? rules.backlogAge
    rules.retention = length(parts["retention"], atLeast: Self.day) ?? rules.retention
    if let node = parts["heartbeat_url"] { rules.heartbeatURL = httpURL(node, node) }
    if let node = parts["silent_after"] {
      rules.silentAfter = node.text == "never" ? nil : length(node, atLeast: 1_000, or: "never")
    }
    rules.expectedDuring = intervalNames(parts["expected_during"])
  }

  private static let messages = 0...1_000_000
  private static let day: Int64 = 86_400_000

  mutating func readFeedback(_ node: ConfigurationNode?) -> FeedbackSettings? {
    guard let node else { return nil }
    let parts = members(node, ["url", "secret_env", "valid"])
    let valid = length(parts["valid"], atLeast: 60_000)
    guard parts["url"] != nil, parts["secret_env"] != nil else {
      fault(node.fault("needs url (where people reach this router's HTTP interface) and secret_env"))
      return nil
    }
    let (url, secret) = (httpURL(parts["url"], node), variable(parts["secret_env"]))
    guard let url, let secret else { return nil }
    var settings = FeedbackSettings(url: url, secretVariable: secret)
    settings.valid = valid ?? settings.valid
    return settings
  }

  /// The score from which on each tier begins, in the standard model in which it begins later. With tiers of one's own the
  /// rules say it, as `opens_from`.
  private static let tierBegins: [RiskTier: Double] = [.low: 0, .medium: 50, .high: 55, .critical: 75]

  private mutating func readDeduplication(_ node: ConfigurationNode?, into rules: inout DeduplicationRules) {
    let names = [
      "opens_at", "opens_from", "closes_below", "minimum_open", "worsens_by", "flap_openings", "flap_within",
    ]
    let parts = members(node, names)
    if let node = parts["opens_at"] { rules.opensAt = tier(node) ?? rules.opensAt }
    let from = value(parts["opens_from"], in: 0...100.0)
    if let points = value(parts["closes_below"], in: 0...100.0) { rules.closesBelow = RiskScore(points: points) }
    let begins = from ?? Self.tierBegins[rules.opensAt] ?? 0
    if rules.closesBelow.points > begins, let node = parts["closes_below"] ?? parts["opens_at"] ?? node {
      let (tier, score) = (rules.opensAt.name, Wording.decimal(begins))
      fault(
        node.fault(
          "closes below \(Wording.decimal(rules.closesBelow.points)), though \(tier) opens from \(score): write "
            + "closes_below: \(score) or less, or opens_from where scorer.yaml has tiers of its own"))
    }
    rules.minimumOpen = length(parts["minimum_open"]) ?? rules.minimumOpen
    rules.worsensBy = value(parts["worsens_by"], in: 0.1...100) ?? rules.worsensBy
    // Openings are counted to 255.
    rules.flapOpenings = value(parts["flap_openings"], in: 2...255) ?? rules.flapOpenings
    rules.flapWindow = length(parts["flap_within"], atLeast: 60_000) ?? rules.flapWindow
  }

  private mutating func tier(_ node: ConfigurationNode) -> RiskTier? {
    guard let tier = node.text.flatMap(RiskTier.init(name:)) else {
      fault(node.fault("is no tier: write Low, Medium, High or Critical"))
      return nil
    }
    return tier
  }

  mutating func readOwners(_ parts: [String: ConfigurationNode], into rules: inout RouterRules) {
    if let node = parts["owners_file"], let name = node.text {
      let path = name.hasPrefix("/") ? name : (node.file as NSString).deletingLastPathComponent + "/" + name
      guard let data = FileManager.default.contents(atPath: path) else {
        fault(node.fault("\(path) can't be read: check it"))
        return
      }
      let text = String(decoding: data, as: UTF8.self)
      let root = attempt { () throws(ConfigurationFault) in try ConfigurationNode(yaml: text, file: path) }
      if let root { readOwners(root, into: &rules.owners) }
    }
    if let node = parts["owners"] { readOwners(node, into: &rules.owners) }
  }

  private static let personNames = ["name", "email", "slack", "manager", "zone", "budget"]

  private mutating func readOwners(_ node: ConfigurationNode, into owners: inout Owners) {
    let parts = members(node, ["cro", "people"])
    var managers: [(id: String, node: ConfigurationNode)] = []
    for (id, person) in declarations(parts["people"], .person, "rep_22: {name: Robin, email: robin@example.com}") {
      let fields = members(person, Self.personNames)
      var read = Person(
        id: id, name: value(fields["name"]) ?? id, email: address(fields["email"]), slackID: value(fields["slack"]),
        managerID: value(fields["manager"]))
      if let zone = fields["zone"] { read.zoneName = readZone(zone)?.name }
      read.dailyBudget = value(fields["budget"], in: Self.messages)
      owners.people[id] = read
      if let node = fields["manager"] { managers.append((id, node)) }
    }
    if let cro: String = value(parts["cro"]) {
      owners.croID = cro
      if !isDeclared(cro, .person) {
        fault((parts["cro"] ?? node).fault("the CRO \(cro) is not among the people: add them"))
      }
    }
    for (id, node) in managers {
      guard let manager = owners.people[id]?.managerID else { continue }
      if !isDeclared(manager, .person) {
        fault(node.fault("\(manager), the manager of \(id), is not among the people: add them"))
      } else if let circle = owners.circle(from: id), circle.min() == id {
        fault(
          node.fault("goes in a circle, \((circle + [id]).joined(separator: " → ")): correct one of these managers"))
      }
    }
  }
}
