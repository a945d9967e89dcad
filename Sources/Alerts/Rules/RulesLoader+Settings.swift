import Configuration
import Deals
import Foundation

extension RulesLoader {
  mutating func readNumbers(_ parts: [String: ConfigurationNode], into rules: inout RouterRules) {
    let thresholds = members(parts["thresholds"], ["amount", "points"])
    if let dollars: Double = value(thresholds["amount"]), let amount = Money(units: dollars) {
      rules.threshold.amount = amount
    }
    rules.threshold.points = value(thresholds["points"]) ?? rules.threshold.points
    readDeduplication(parts["deduplication"], into: &rules.deduplication)
    let budget = members(parts["budget"], ["per_day", "exempt"])
    rules.dailyBudget = value(budget["per_day"]) ?? rules.dailyBudget
    if let node = budget["exempt"] { rules.budgetExempt = tier(node) }
    let storm = members(parts["storm"], ["messages", "within"])
    rules.stormLimit = value(storm["messages"]) ?? rules.stormLimit
    rules.stormWindow = value(storm["within"]) ?? rules.stormWindow
    let spike = members(parts["spike"], ["deals", "within"])
    rules.spikeCount = max(2, value(spike["deals"]) ?? rules.spikeCount)
    rules.spikeWindow = value(spike["within"]) ?? rules.spikeWindow
    rules.backlogAge = value(parts["backlog_age"]) ?? rules.backlogAge
    rules.retention = value(parts["retention"]) ?? rules.retention
    rules.heartbeatURL = value(parts["heartbeat_url"])
    if let node = parts["silent_after"] { rules.silentAfter = node.text == "never" ? nil : value(node) }
  }

  mutating func readFeedback(_ node: ConfigurationNode?) -> FeedbackSettings? {
    guard let node else { return nil }
    let parts = members(node, ["url", "secret_env", "valid"])
    guard let url = parts["url"]?.text, url.hasPrefix("https://") || url.hasPrefix("http://"),
      let secret = parts["secret_env"]?.text
    else {
      fault(node.fault("needs url (where people reach this router's HTTP interface) and secret_env"))
      return nil
    }
    var settings = FeedbackSettings(url: url, secretVariable: secret)
    settings.valid = value(parts["valid"]) ?? settings.valid
    return settings
  }

  private mutating func readDeduplication(_ node: ConfigurationNode?, into rules: inout DeduplicationRules) {
    let parts = members(
      node, ["opens_at", "closes_below", "minimum_open", "worsens_by", "flap_openings", "flap_within"])
    if let node = parts["opens_at"] { rules.opensAt = tier(node) ?? rules.opensAt }
    if let points: Double = value(parts["closes_below"]) { rules.closesBelow = RiskScore(points: points) }
    rules.minimumOpen = value(parts["minimum_open"]) ?? rules.minimumOpen
    rules.worsensBy = value(parts["worsens_by"]) ?? rules.worsensBy
    rules.flapOpenings = value(parts["flap_openings"]) ?? rules.flapOpenings
    rules.flapWindow = value(parts["flap_within"]) ?? rules.flapWindow
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

  private mutating func readOwners(_ node: ConfigurationNode, into owners: inout Owners) {
    let parts = members(node, ["cro", "people"])
    for (id, person) in parts["people"]?.members ?? [] {
      let fields = members(person, ["name", "email", "slack", "manager", "zone", "budget"])
      var read = Person(
        id: id, name: value(fields["name"]) ?? id, email: value(fields["email"]), slackID: value(fields["slack"]),
        managerID: value(fields["manager"]))
      if let zone = fields["zone"] { read.zoneName = readZone(zone)?.name }
      read.dailyBudget = value(fields["budget"])
      owners.people[id] = read
    }
    if let cro: String = value(parts["cro"]) {
      owners.croID = cro
      if owners.people[cro] == nil { fault(node.fault("the CRO \(cro) is not among the people: add them")) }
    }
    for person in owners.people.values.sorted(by: { $0.id < $1.id }) {
      guard let manager = person.managerID, owners.people[manager] == nil else { continue }
      fault(node.fault("\(manager), the manager of \(person.id), is not among the people: add them"))
    }
  }
}
