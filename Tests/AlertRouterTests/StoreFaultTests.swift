import AlertDelivery
import Deals
import Foundation
import GRDB
import Testing

/// The router's store fails: the error says what to do, and nothing is lost.
@Suite(.serialized) struct StoreFaultTests {
  @Test("a full disk is said and waited for; with room again every alert arrives")
  func full() throws {
    let stage = try Stage()
    // In units of 512 bytes: enough to open the store, not for 300 deals.
    let router = try stage.start(limit: "ulimit -f 600")
    try stage.send(try (0..<300).map { try Stage.event("D\($0)") })
    try stage.waitFor("the error") { stage.log().contains("the disk is full or the file has reached a limit") }
    kill(router.processIdentifier, SIGKILL)
    try stage.waitFor("the end") { !router.isRunning }
    let stored = try stage.store().offsets().filter { $0.key.topic == "deals.risk" }.values.reduce(0, +)
    #expect(try stage.committed() <= stored)
    let again = try stage.start()
    try stage.waitFor("all alerts") { Set(stage.arrivals.map(\.deal)).count == 300 }
    try stage.stop(again)
    let keys = Dictionary(grouping: stage.arrivals, by: \.deal).mapValues { Set($0.map(\.key)) }
    #expect(keys.values.allSatisfy { $0.count == 1 })
  }

  @Test("a store that another process holds is waited for, and offsets are committed only after it")
  func locked() throws {
    let stage = try Stage()
    let router = try stage.start()
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the first alert") { stage.arrivals.count == 1 }
    try stage.waitFor("its offset") { try stage.committed() == 1 }
    try stage.waitFor("rest in the store") {
      let store = try stage.store()
      return try store.entries(state: "sent").count == 1 && store.unpublished(limit: 1).isEmpty
    }
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    configuration.busyMode = .timeout(60)
    let other = try DatabaseQueue(path: stage.path("store.sqlite").path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    try stage.send(try (2...9).map { try Stage.event("D\($0)") })
    try stage.waitFor("the error") { stage.log().contains("another process holds it") }
    #expect(try stage.committed() == 1)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    try stage.waitFor("the other alerts") { Set(stage.arrivals.map(\.deal)).count == 9 }
    try stage.stop(router)
    #expect(stage.arrivals.count == 9)
  }

  @Test("a second router on one store ends with what to do; a kill frees the store for the next")
  func taken() throws {
    let stage = try Stage()
    let first = try stage.start()
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the first alert") { stage.arrivals.count == 1 }
    let second = try stage.start(instance: "router-2")
    try stage.waitFor("the end of the second") { !second.isRunning }
    #expect(second.terminationStatus == 1)
    #expect(stage.log().contains("another router, process \(first.processIdentifier), runs on it"))
    #expect(first.isRunning)
    kill(first.processIdentifier, SIGKILL)
    try stage.waitFor("the end of the first") { !first.isRunning }
    let third = try stage.start()
    try stage.send([try Stage.event("D2")])
    try stage.waitFor("the next alert") { stage.arrivals.count == 2 }
    try stage.stop(third)
  }

  @Test("a damaged store ends the router with what to do; moved away, the router learns what was said and goes on")
  func damaged() throws {
    let stage = try Stage()
    let before = try stage.start()
    try stage.send(try (1...5).map { try Stage.event("D\($0)") })
    try stage.waitFor("the alerts") { stage.arrivals.count == 5 }
    try stage.waitFor("their results") { try stage.store().entries(state: "sent").count == 5 }
    try stage.stop(before)
    let path = stage.path("store.sqlite")
    var bytes = try Data(contentsOf: path)
    bytes.replaceSubrange(0..<bytes.count, with: Data(repeating: 0x55, count: bytes.count))
    try bytes.write(to: path)
    for name in ["store.sqlite-wal", "store.sqlite-shm"] { try? FileManager.default.removeItem(at: stage.path(name)) }
    let refused = try stage.start()
    try stage.waitFor("the end") { !refused.isRunning }
    #expect(refused.terminationStatus != 0)
    #expect(stage.log().contains("it is damaged; move it away"))
    try FileManager.default.removeItem(at: path)
    let after = try stage.start()
    try stage.send(try (1...6).map { try Stage.event("D\($0)") })
    try stage.waitFor("what is new") { stage.arrivals.contains { $0.deal == "D6" } }
    try stage.stop(after)
    #expect(stage.arrivals.count == 6)
  }
}
