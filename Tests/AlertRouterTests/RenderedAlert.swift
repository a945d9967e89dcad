import AlertDelivery
import Alerts
import Deals
import Testing

/// A message about one score, as a receiver would send it.
enum RenderedAlert {
  static func text(
    _ event: RiskEvent, _ links: FeedbackLinks, by person: String, at now: Timestamp
  ) throws -> String {
    let yaml = "receivers: {out: {type: console}}\nroute: {receiver: out, group_by: [\"...\"], group_wait: 0s}\n"
    var pipeline = AlertPipeline(try RulesLoader.load(yaml: yaml, file: "router.yaml"))
    _ = pipeline.take(AlertSource(event), at: now)
    var message = try #require(pipeline.tick(at: now).messages.first)
    message.recipient = Person(id: person, name: person)
    return try MessageTemplates().render(message, links: links).text
  }
}
