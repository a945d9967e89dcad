extension ScorerSettings: CustomStringConvertible {
  /// What the scorer reads, keeps and writes, in the words of Kafka Streams.
  public var description: String {
    let ageing = engine.ageingDays.map(String.init).joined(separator: ", ")
    return """
      processor deals (group \(groupID), instance \(instanceID), \(threads) thread\(threads == 1 ? "" : "s"), \
      \(guarantee.rawValue), \(assignor.rawValue))
        source      \(topics.changes), by deal_id, one task a partition
        global      \(topics.outcomes), whole from its start, one partition: rolling win rates (28, 90, 365 days, all)
        state       deals: open ones, and closed ones for \(engine.closedRetentionDays) days
        changelog   \(topics.state), compacted, the twin of \(topics.changes): states, and the position under #position
        punctuate   at \(ageing) days in a stage, by stream time during backfill and by the clock when live
        model       \(engine.model.id), configuration \(engine.configurationHash)
        sink        \(topics.risk), the twin of \(topics.changes): scores
        sink        \(topics.outcomes): signed outcome entries
        sink        \(topics.deadLetter): what can't be read, with the reason in headers
      \(trendDescription)
      """
  }

  private var trendDescription: String {
    guard let trends else { return "processor trends: off" }
    return """
      processor trends (group \(trends.groupID), one active instance)
        source      \(topics.outcomes), whole from its start, silently up to the group's position
        global      \(topics.risk): the open deals behind a shift
        detector    \(trends.engine.detector.rawValue) over \(trends.engine.segments.map(\.name).joined(separator: ", "))
        sink        \(topics.trends): shifts, opened, updated and resolved
        sink        \(topics.reports): days, weeks and months of \(trends.timeZone.identifier)
      """
  }
}
