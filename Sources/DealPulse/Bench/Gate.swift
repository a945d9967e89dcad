import Kafka
import Synchronization

/// Opens once; threads of our own look at it or wait for it.
final class Gate: Sendable {
  private let value = Atomic<Bool>(false)

  var isOpen: Bool { value.load(ordering: .acquiring) }
  func open() { value.store(true, ordering: .releasing) }
  func wait() { while !isOpen { DedicatedThread.pause(milliseconds: 2) } }
}
