import Deals

/// The dead man's switch: notices that nothing has come for too long, and that something comes again.
public struct HeartbeatWatch: Hashable, Sendable {
  private var lastHeard: Timestamp
  private var isSilent = false
  /// Before this moment no silence is found.
  private var waitsUntil = Timestamp(milliseconds: 0)
  /// What its alert is about.
  public static let subject = "stream"

  /// A watch that counts from a moment.
  public init(from now: Timestamp) { lastHeard = now }

  /// Goes on with a silence that was said before a restart, or by another router.
  public mutating func resume(isSilent: Bool) { self.isSilent = isSilent }

  /// Finds no silence before a moment: until then nothing need have come, or what has come may be read.
  public mutating func wait(until moment: Timestamp) { waitsUntil = max(waitsUntil, moment) }

  /// When something came last.
  public var heardAt: Timestamp { lastHeard }

  /// Something came. Returns the end of the silence where there was one.
  public mutating func heard(at now: Timestamp) -> AlertSource? {
    lastHeard = max(lastHeard, now)
    guard isSilent else { return nil }
    isSilent = false
    var source = statement(at: now)
    source.signal = .ended
    return source
  }

  /// What is to be said where nothing has come for so many milliseconds; once in each silence.
  public mutating func check(at now: Timestamp, silentAfter milliseconds: Int64) -> AlertSource? {
    guard !isSilent, waitsUntil <= now, lastHeard.adding(milliseconds: milliseconds) <= now else { return nil }
    isSilent = true
    return statement(at: now)
  }

  private func statement(at now: Timestamp) -> AlertSource {
    var source = AlertSource(
      eventID: "stream@\(lastHeard.milliseconds)", kind: .dataUnavailable, subject: Self.subject, tier: .critical,
      occurredAt: now)
    source.origin = .leader
    source.title = "Data unavailable: no score and no heartbeat since \(lastHeard)"
    source.actions = ["Look at deal-scorer and the brokers; scores and alerts are out of date until they are back."]
    return source
  }
}
