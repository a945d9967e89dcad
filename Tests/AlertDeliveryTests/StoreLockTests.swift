import Foundation
import Testing

@testable import AlertDelivery

@Suite struct StoreLockTests {
  @Test("a store has one router at a time: the second is told who has it, and may have it afterwards")
  func oneAtATime() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
    var first: StoreLock? = try StoreLock(store: path)
    #expect {
      try StoreLock(store: path)
    } throws: {
      ($0 as? StoreError)?.kind == .taken && "\($0)".contains("another router, process \(getpid()), runs on it")
    }
    // Commands work meanwhile.
    _ = try RouterStore(path: path)
    withExtendedLifetime(first) {}
    first = nil
    _ = try StoreLock(store: path)
  }
}
