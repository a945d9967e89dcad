import AlertDelivery
import Deals
import Foundation
import Testing

/// The program itself, killed as a power cut would, between a real broker protocol and a real HTTP server.
@Suite(.serialized) struct KillTests {
  private static let deals = 12

  /// More kills than CI has time for: `DEALPULSE_KILLS=200 swift test --filter AlertRouterTests`.
  private static var kills: Int { Int(ProcessInfo.processInfo.environment["DEALPULSE_KILLS"] ?? "") ?? 6 }

  @Test("whatever step the router is killed at, each alert arrives, and what arrives twice bears the same key")
  func kills() throws {
    let seed = UInt64(ProcessInfo.processInfo.environment["DEALPULSE_SEED"] ?? "") ?? 20_260_302
    print("seed \(seed), \(Self.kills) kills")
    var random = seed
    let stage = try Stage()
    for kill in 0..<Self.kills {
      try stage.send((0..<Self.deals).map { try Stage.event("K\(kill)-\($0)") })
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let point = FaultPoint.allCases[kill % FaultPoint.allCases.count]
      // A step without news stores and tells nothing, so that only the first one is sure to come.
      let passes: UInt64 =
        switch point {
        case .afterStore, .afterPublish: 1
        case .afterRead: 1 + random >> 60
        case .afterIntent, .afterSend: 1 + random >> 61
        }
      let router = try stage.start(environment: ["DEALPULSE_FAULT_POINT": "\(point.rawValue):\(passes)"])
      try stage.waitFor("the death at \(point.rawValue):\(passes)") { !router.isRunning }
      #expect(router.terminationReason == .uncaughtSignal)
    }
    let last = try stage.start()
    let wanted = Set((0..<Self.kills).flatMap { round in (0..<Self.deals).map { "K\(round)-\($0)" } })
    try stage.waitFor("all alerts") { Set(stage.arrivals.map(\.deal)).isSuperset(of: wanted) }
    try stage.waitFor("their results") { try stage.store().entries(state: "sent").count == wanted.count }
    try stage.stop(last)
    #expect(last.terminationStatus == 0)
    let keys = Dictionary(grouping: stage.arrivals, by: \.deal).mapValues { Set($0.map(\.key)) }
    #expect(keys.values.allSatisfy { $0.count == 1 })
    #expect(try stage.store().entries(state: "pending").isEmpty)
  }
}
