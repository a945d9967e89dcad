import Deals

/// What a simulated sales team is like.
public struct SimulationSettings: Hashable, Sendable {
  /// Something that truly changes the chance to win in a segment from a day on.
  public struct Effect: Hashable, Sendable {
    /// The segment's dimension.
    public var dimension: Dimension
    /// The segment's value.
    public var value: Symbol
    /// The first day on which it holds.
    public var from: Day
    /// Added to the chance to win, such as −0.10.
    public var change: Double

    /// An effect.
    public init(dimension: Dimension, value: Symbol, from: Day, change: Double) {
      self.dimension = dimension
      self.value = value
      self.from = from
      self.change = change
    }
  }

  /// The same seed gives the same events.
  public var seed: UInt64 = 1
  /// How many events there are, late, repeated and malformed ones included.
  public var events = 10_000
  /// The first day.
  public var start = Day(number: 19_358)
  /// New deals a day, on average.
  public var dealsPerDay = 20.0
  /// Reps.
  public var reps = 25
  /// The team's chance to win.
  public var winRate = 0.45
  /// How much reps, industries and sources truly differ, as a standard deviation of the chance to win.
  public var spread = 0.06
  /// Share of what happens to an open deal that is no more than a contact.
  public var contactShare = 0.13
  /// Share of events that come days late, behind newer ones of their deal.
  public var lateShare = 0.0
  /// Share of events that come twice.
  public var duplicateShare = 0.0
  /// Share of events that can't be read.
  public var malformedShare = 0.0
  /// What changes when.
  public var effects: [Effect] = []

  /// The default team.
  public init() {}
}
