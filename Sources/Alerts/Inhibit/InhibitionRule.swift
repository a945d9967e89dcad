/// While an alert that fits `source` is open, those that fit `target` need not be said by themselves.
public struct InhibitionRule: Hashable, Sendable {
  /// What inhibits.
  public var source: [Matcher]
  /// What is inhibited.
  public var target: [Matcher]
  /// Fields in which the two must agree.
  public var equal: [String] = []
  /// Whether the target must lie in the source's segment: have every value that the segment names.
  public var withinSegment = false

  /// A rule.
  public init(source: [Matcher], target: [Matcher]) {
    self.source = source
    self.target = target
  }

  func inhibits(_ target: AlertSource, by source: AlertSource) -> Bool {
    guard self.source.matches(source), equal.allSatisfy({ source.text(of: $0) == target.text(of: $0) }) else {
      return false
    }
    guard withinSegment else { return true }
    let segment = source.text(of: "segment")
    let pairs = AlertSource.parts(segment)
    return !pairs.isEmpty && pairs.allSatisfy { target.text(of: $0.field) == $0.value }
  }
}

/// The open alerts that may inhibit others.
public struct Inhibitor: Sendable {
  /// The rules.
  public var rules: [InhibitionRule]
  private var sources: [Fingerprint: AlertSource] = [:]

  /// An inhibitor without open alerts.
  public init(_ rules: [InhibitionRule]) { self.rules = rules }

  /// Notes that an alert is open.
  public mutating func opened(_ source: AlertSource, _ fingerprint: Fingerprint) {
    guard rules.contains(where: { $0.source.matches(source) }) else { return }
    sources[fingerprint] = source
  }

  /// Notes that it is over.
  public mutating func closed(_ fingerprint: Fingerprint) { sources[fingerprint] = nil }

  /// The open alert that inhibits a statement, nil where none does. An alert never inhibits itself, nor one that fits both
  /// sides another that does.
  public func inhibitor(of target: AlertSource, _ fingerprint: Fingerprint) -> AlertSource? {
    for rule in rules where rule.target.matches(target) {
      let isBoth = rule.source.matches(target)
      let found = sources.sorted { $0.key < $1.key }.first { key, source in
        key != fingerprint && !(isBoth && rule.target.matches(source)) && rule.inhibits(target, by: source)
      }
      if let found { return found.value }
    }
    return nil
  }
}
