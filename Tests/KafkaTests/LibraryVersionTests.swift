import Testing

@testable import Kafka

@Suite struct LibraryVersionTests {
  @Test("a version is read from librdkafka's number, and ordered as numbers are")
  func order() {
    #expect(LibraryVersion(packed: 0x0200_02FF) == LibraryVersion(2, 0, 2))
    #expect(LibraryVersion(packed: 0x020A_01FF) == LibraryVersion(2, 10, 1))
    #expect(LibraryVersion(2, 9, 5) < LibraryVersion(2, 10, 0))
    #expect(LibraryVersion(1, 10, 0) < LibraryVersion(2, 0, 0))
    #expect("\(LibraryVersion(2, 0, 2))" == "2.0.2")
    #expect(LibraryVersion.running >= LibraryVersion(2, 0, 2))
  }

  @Test("range asks for no version, cooperative-sticky for one that does not lose partitions")
  func oldest() {
    #expect(ConsumerConfiguration.AssignmentStrategy.range.oldestLibrary == nil)
    #expect(ConsumerConfiguration.AssignmentStrategy.cooperativeSticky.oldestLibrary == LibraryVersion(2, 10, 0))
  }
}
