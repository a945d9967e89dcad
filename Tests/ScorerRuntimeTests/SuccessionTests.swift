import Kafka
import Testing

@testable import ScorerRuntime

@Suite struct SuccessionTests {
  private func members(_ names: String?...) -> [GroupMember] {
    names.enumerated().map { index, name in
      GroupMember(memberID: "member-\(index)", clientID: "client", groupInstanceID: name)
    }
  }

  @Test("only writers whose instances have left the group are succeeded to")
  func departed() {
    #expect(
      Succession.departed(["a-0", "b-0", "b-1"], members("c-0", "b-1", nil, "a-0"), member: "c-0") == ["b-0"])
    #expect(Succession.departed(["a-0"], members("c-0", "a-0"), member: "c-0") == [])
    #expect(Succession.departed([], members("c-0"), member: "c-0") == [])
  }

  @Test("who is not in the group itself ends nobody's transaction")
  func outsider() {
    #expect(Succession.departed(["a-0"], members("b-0"), member: "c-0") == nil)
    #expect(Succession.departed(["a-0"], members(), member: "c-0") == nil)
  }

  @Test("a thread's transactional id is its own among threads, instances, groups and tenants")
  func identity() {
    var settings = ScorerSettings(client: ClientConfiguration(bootstrapServers: "nowhere:1"))
    settings.instanceID = "a"
    #expect(settings.memberName(thread: 1) == "a-1")
    #expect(settings.transactionalID(ofMember: "a-1") == "deal-scorer-a-1")
    settings.groupID = "acme.blue"
    #expect(settings.transactionalID(ofMember: "a-1") == "acme.blue-a-1")
  }
}
