import Deals

/// Several streams as one, in the order of event time; at the same instant the first stream goes first.
struct MergedChanges {
  private let streams: [any ChangeStream]
  /// The stream whose head comes next; nil at the end of all.
  private var current: Int?

  init(_ streams: [any ChangeStream]) {
    self.streams = streams
    choose()
  }

  /// When it happened, nil at the end of all.
  var headTime: Timestamp? { current.flatMap { streams[$0].headTime } }

  /// Takes the change that comes next; nil at the end of all.
  mutating func take() throws -> DealChange? {
    guard let current else { return nil }
    defer { choose() }
    return try streams[current].take()
  }

  /// Puts the changes that come next into `batch` in place of what it holds: so many at most.
  mutating func take(_ count: Int, into batch: inout [DealChange]) throws {
    batch.removeAll(keepingCapacity: true)
    if streams.count == 1 {
      try streams[0].take(count, into: &batch)
      return choose()
    }
    while batch.count < count, let change = try take() { batch.append(change) }
  }

  var places: [StreamPlace] {
    streams.map { stream in
      var place = stream.place
      place.order = stream.order
      return place
    }
  }

  mutating func resume(at places: [StreamPlace]) throws {
    for (stream, place) in zip(streams, places) { try stream.resume(at: place) }
    choose()
  }

  /// What could not be used so far, stream by stream.
  var unreadable: UnreadableLines {
    var all = UnreadableLines()
    for stream in streams {
      let lines = stream.unreadable
      all.count += lines.count
      all.gaps.add(lines.gaps)
      all.first += lines.first.prefix(UnreadableLines.kept - all.first.count)
    }
    return all
  }

  /// What else a reader should know of the inputs.
  var remarks: [String] { streams.flatMap(\.remarks) }

  /// How far the streams, each by itself, are from the order of event time so far.
  var order: EventOrder {
    var all = EventOrder()
    for stream in streams { all.add(stream.order) }
    return all
  }

  /// How much has been read, from 0 to 1; nil where that is not known.
  var share: Double? {
    let shares = streams.compactMap(\.share)
    return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
  }

  private mutating func choose() {
    if streams.count == 1 {
      current = streams[0].headTime == nil ? nil : 0
      return
    }
    current = nil
    var earliest = Timestamp(milliseconds: .max)
    for (index, stream) in streams.enumerated() {
      guard let time = stream.headTime, current == nil || time < earliest else { continue }
      earliest = time
      current = index
    }
  }
}
