import Deals

/// A person's word that alerts that fit are not to be sent for a time.
public struct Silence: Codable, Hashable, Sendable {
  /// Where a silence is in its life.
  public enum Phase: String, Hashable, Sendable {
    /// Not begun.
    case pending
    /// In force.
    case active
    /// Over.
    case expired
  }

  /// Its name.
  public var id: String
  /// The matchers as written; all must fit.
  public var matchers: [String]
  /// From when.
  public var startsAt: Timestamp
  /// Until when, left out.
  public var endsAt: Timestamp
  /// Who said so.
  public var author: String
  /// Why.
  public var comment: String

  /// The longest silence: 90 days.
  public static let maximumDays = 90

  /// A silence.
  ///
  /// - Throws: `Matcher.Fault` where a matcher can't be read, none is given, the times are not in order, it lasts longer
  ///   than 90 days, or author or comment are missing.
  public init(
    id: String, matchers: [String], startsAt: Timestamp, endsAt: Timestamp, author: String, comment: String
  ) throws(Matcher.Fault) {
    for matcher in matchers { _ = try Matcher(matcher) }
    guard !matchers.isEmpty else {
      throw Matcher.Fault(description: "a silence without matchers would hide everything: give at least one")
    }
    guard startsAt < endsAt, endsAt <= startsAt.adding(days: Self.maximumDays) else {
      throw Matcher.Fault(
        description: "a silence ends after it starts and lasts at most \(Self.maximumDays) days: correct its times")
    }
    guard !author.isEmpty, !comment.isEmpty else {
      throw Matcher.Fault(description: "a silence needs an author and a comment: say who and why")
    }
    self.id = id
    self.matchers = matchers
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.author = author
    self.comment = comment
  }

  /// Where it is at a moment.
  public func phase(at now: Timestamp) -> Phase {
    now < startsAt ? .pending : now < endsAt ? .active : .expired
  }
}

/// The silences, ready to be asked.
public struct Silencer: Sendable {
  private var entries: [(silence: Silence, matchers: [Matcher])] = []

  /// No silences.
  public init() {}

  /// All silences, the newest last.
  public var silences: [Silence] { entries.map(\.silence) }

  /// Takes in a silence; one with the same id is replaced.
  public mutating func set(_ silence: Silence) {
    entries.removeAll { $0.silence.id == silence.id }
    // The matchers were read when the silence was made. Where one can't be read any more, the silence holds nothing back:
    // by the others alone it would hide more than its author said.
    entries.append((silence, (try? silence.matchers.map { text throws(Matcher.Fault) in try Matcher(text) }) ?? []))
  }

  /// Ends a silence now; false where there is none in force or pending of that id.
  public mutating func expire(_ id: String, at now: Timestamp) -> Bool {
    guard let index = entries.firstIndex(where: { $0.silence.id == id && now < $0.silence.endsAt }) else {
      return false
    }
    entries[index].silence.endsAt = now
    if now < entries[index].silence.startsAt { entries[index].silence.startsAt = now }
    return true
  }

  /// The silence that holds a statement back, nil where none does.
  public func silence(of source: AlertSource, at now: Timestamp) -> Silence? {
    entries.first { entry in
      entry.silence.phase(at: now) == .active && !entry.matchers.isEmpty && entry.matchers.matches(source)
    }?.silence
  }
}
