import Deals

extension DealEngine {
  /// Moves time on: scores what has stood still up to `now`, and forgets what has been closed for long enough.
  ///
  /// During backfill `now` is the stream's own time; live it is the wall clock. Time that goes back changes nothing.
  /// A due date is honoured once: that it was, is part of the deal's state.
  public mutating func advance(
    to now: Timestamp, _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    if let streamTime = position.streamTime, now <= streamTime { return }
    position.streamTime = now
    while let first = queue.popDue(by: now) {
      if queue.next == first.due {
        for place in placesDue(with: first) { honour(first.due, place, &baselines, into: &output) }
      } else {
        honour(first.due, first.place, &baselines, into: &output)
      }
    }
  }

  /// The deals with an entry at an instant, in the order of their ids: where a deal is kept must not show in any output.
  private mutating func placesDue(with first: DueQueue.Entry) -> [Int32] {
    var places = [first.place]
    while let entry = queue.popDue(by: first.due) { places.append(entry.place) }
    return places.compactMap { place in deals.id(at: place).map { (id: $0, place: place) } }
      .sorted { $0.id < $1.id }
      .map(\.place)
  }

  private mutating func honour(
    _ instant: Timestamp, _ place: Int32, _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    guard deals.id(at: place) != nil, settings.due(of: deals[place]) == instant else { return }
    if deals[place].isDeleted || deals[place].status.outcome != nil {
      deals.remove(at: place)
      return
    }
    deals.willChange(place)
    deals[place].agedSteps += 1
    deals[place].flags.insert(.stale)
    let source = SourcePosition(partition: partition, offset: position.nextOffset - 1)
    score(place, .ageing, at: instant, source, &baselines, into: &output)
    enqueue(place)
  }
}
