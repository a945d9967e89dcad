import Deals
import Testing

@testable import AlertRouter

@Suite struct ClockTests {
  private final class Hands {
    var wall: Int64 = 1_000_000_000
    var monotonic: Int64 = 0
    func pass(_ milliseconds: Int64) {
      wall += milliseconds
      monotonic += milliseconds
    }
  }

  private func clock(_ hands: Hands) -> Clock { Clock(wall: { hands.wall }, monotonic: { hands.monotonic }) }

  @Test("a jump forward is followed at once")
  func forward() {
    let hands = Hands()
    var clock = clock(hands)
    _ = clock.now()
    hands.wall += 86_400_000
    let now = clock.now()
    #expect(now.milliseconds == hands.wall)
    let wasSetBack = clock.takeSetBack()
    #expect(!wasSetBack)
  }

  @Test("a clock that is set back a little never runs backwards here, goes on, and meets the wall again")
  func smallStepBack() {
    let hands = Hands()
    var clock = clock(hands)
    var last = clock.now()
    hands.wall -= 60_000
    for _ in 0..<50_000 {
      hands.pass(3)
      let now = clock.now()
      #expect(now >= last)
      last = now
    }
    #expect(last.milliseconds == hands.wall)
    let wasSetBack = clock.takeSetBack()
    #expect(!wasSetBack)
  }

  @Test("a clock that had run far ahead is followed back, which is said once")
  func largeStepBack() {
    let hands = Hands()
    var clock = clock(hands)
    hands.wall += 86_400_000 * 365
    _ = clock.now()
    hands.wall -= 86_400_000 * 365
    let now = clock.now()
    #expect(now.milliseconds == hands.wall)
    let said = [clock.takeSetBack(), clock.takeSetBack()]
    #expect(said == [true, false])
  }
}
