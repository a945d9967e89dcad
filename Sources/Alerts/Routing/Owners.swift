/// A person who may hear of alerts.
public struct Person: Codable, Hashable, Sendable {
  /// How the CRM names them, such as `rep_22`.
  public var id: String
  /// How people do.
  public var name: String
  /// Where to write to.
  public var email: String?
  /// Their id in Slack, for direct messages.
  public var slackID: String?
  /// The id of whom they report to.
  public var managerID: String?
  /// The time zone of their days.
  public var zoneName: String?
  /// Messages a day at most, nil for the rule's number.
  public var dailyBudget: Int?

  /// A person.
  public init(id: String, name: String, email: String? = nil, slackID: String? = nil, managerID: String? = nil) {
    self.id = id
    self.name = name
    self.email = email
    self.slackID = slackID
    self.managerID = managerID
  }
}

/// Who owns deals, and who is above them.
public struct Owners: Hashable, Sendable {
  /// Everybody by id.
  public var people: [String: Person] = [:]
  /// The head of sales.
  public var croID: String?

  /// Nobody.
  public init() {}

  /// The head of sales.
  public var cro: Person? { croID.flatMap { people[$0] } }

  /// The person of an audience for a statement; the next one up where that one is unknown, nil where nobody is known.
  public func person(_ audience: Audience, for source: AlertSource) -> Person? {
    let rep = people[source.text(of: "rep_id")]
    switch audience {
    case .channel: return nil
    case .rep: return rep ?? cro
    case .manager: return rep?.managerID.flatMap { people[$0] } ?? cro
    case .cro: return cro
    }
  }

  /// Everybody above somebody, the nearest first; nobody for a channel.
  public func everyone(above id: String?) -> [Person] {
    var found: [Person] = []
    var next = id.flatMap(above)
    // A file may make two people each other's manager.
    while let person = next, person.id != id, !found.contains(where: { $0.id == person.id }) {
      found.append(person)
      next = above(person.id)
    }
    return found
  }

  /// The people from one upwards, where the way leads back to them; nil where it ends.
  func circle(from id: String) -> [String]? {
    var way = [id]
    while let manager = people[way[way.count - 1]]?.managerID {
      if manager == id { return way }
      // A circle further up that this person is no part of.
      if way.contains(manager) { return nil }
      way.append(manager)
    }
    return nil
  }

  /// The person above, nil at the top.
  public func above(_ id: String) -> Person? {
    if let manager = people[id]?.managerID.flatMap({ people[$0] }) { return manager }
    return id == croID ? nil : cro
  }
}
