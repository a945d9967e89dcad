extension RouterRules {
  /// The receiver that a message goes to by these rules, nil where they don't say.
  ///
  /// It keeps its own while there is one of that name. Where there is none, it goes to the receiver that its route has now:
  /// the route that made it, the digest that made it, or the one that its first alert would take.
  public func receiver(of message: OutgoingMessage) -> String? {
    if receivers[message.receiver] != nil { return message.receiver }
    if let key = message.groupKey {
      let makers = tree.all.filter { key.hasPrefix("\($0.id)|") }
      if let route = makers.max(by: { $0.id.count < $1.id.count }) { return route.receiver }
    } else if let schedule = digests.first(where: { $0.id(for: message) == message.id }) {
      return schedule.receiver
    }
    return (message.alerts + message.resolved).first.flatMap { tree.routes(for: $0.source).first?.receiver }
  }
}

extension DigestSchedule {
  /// The id that a message of this schedule bears for a message's period and person.
  fileprivate func id(for message: OutgoingMessage) -> String {
    OutgoingMessage.identity([name, message.period ?? "-", message.recipient?.id ?? "-"])
  }
}
