import Deals

/// Notices that a router which spoke of the stream as a whole has lost Kafka for too long: what the dead man's switch hears by is
/// gone, and no other router need have it.
///
/// Its alert is about this router alone and belongs to no partition: nobody takes it over, and this router says its end.
public struct ConnectionWatch: Hashable, Sendable {
  private let router: String
  private var lostAt: Timestamp?
  private var isSaid = false

  /// A watch of the connection of a router of a name.
  public init(router: String) { self.router = router }

  /// What its alert is about.
  public var subject: String { "Kafka of \(router)" }

  /// Goes on with what was said before a restart.
  public mutating func resume(isSaid: Bool) { self.isSaid = isSaid }

  /// The group has taken the partitions, that of the stream as a whole among them, or can't be reached.
  public mutating func lost(at now: Timestamp) { lostAt = lostAt ?? now }

  /// The group has given this router its place again. Returns the end of the alert where there was one.
  public mutating func regained(at now: Timestamp) -> AlertSource? {
    lostAt = nil
    guard isSaid else { return nil }
    isSaid = false
    var source = statement(since: now, at: now)
    source.signal = .ended
    return source
  }

  /// What is to be said where nothing came back for so many milliseconds; once in each loss.
  public mutating func check(at now: Timestamp, lostFor milliseconds: Int64) -> AlertSource? {
    guard !isSaid, let lostAt, lostAt.adding(milliseconds: milliseconds) <= now else { return nil }
    isSaid = true
    return statement(since: lostAt, at: now)
  }

  /// After a clock was set back: a loss lies not in the future.
  public mutating func clockWasSetBack(to now: Timestamp) { lostAt = lostAt.map { min($0, now) } }

  private func statement(since: Timestamp, at now: Timestamp) -> AlertSource {
    var source = AlertSource(
      eventID: "connection@\(since.milliseconds)", kind: .dataUnavailable, subject: subject, tier: .critical,
      occurredAt: now)
    source.title = "Data unavailable: \(router) has had no place in its group at Kafka since \(since)"
    source.actions = [
      "Look at the brokers and the network: no alert is made until they are back, unless by another router."
    ]
    return source
  }
}
