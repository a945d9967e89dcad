import Foundation
import Testing

/// Whether a receiver's address is private can only be seen where the router connects to it by itself.
@Suite(.serialized) struct ProxyTests {
  @Test("a receiver whose address is checked is not reached through a proxy of the environment")
  func notUsed() throws {
    let stage = try Stage()
    // No name server is asked for a label of more than 63 characters.
    let name = String(repeating: "a", count: 64)
    try stage.write(Stage.rules.replacing("\"URL/\", allow_private_addresses: true", with: "\"http://\(name).test/\""))
    let proxy = ["http_proxy": stage.server.url, "HTTP_PROXY": stage.server.url, "no_proxy": "", "NO_PROXY": ""]
    let router = try stage.start(environment: proxy)
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the failure") { try stage.store().entries(state: "pending").contains { $0.note != nil } }
    try stage.stop(router)
    #expect(stage.server.received.isEmpty)
    #expect(try stage.store().entries(state: "dead").isEmpty)
  }
}
