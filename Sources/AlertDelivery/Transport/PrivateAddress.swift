import Foundation

/// Addresses that only mean something within a machine or a private network (RFC 1918, 3927, 4193, 4291, 6598).
enum PrivateAddress {
  /// Whether a resolved address is one. What is neither IPv4 nor IPv6 counts as private.
  static func contains(_ address: UnsafePointer<sockaddr>?) -> Bool {
    guard let address else { return true }
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
        contains(version4: UInt32(bigEndian: pointer.pointee.sin_addr.s_addr))
      }
    case AF_INET6:
      return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
        var bytes = pointer.pointee.sin6_addr
        return withUnsafeBytes(of: &bytes) { contains(version6: Array($0)) }
      }
    default: return true
    }
  }

  static func contains(version4 address: UInt32) -> Bool {
    let ranges: [(UInt32, UInt32)] = [
      (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
      (0xC0A8_0000, 16), (0xC612_0000, 15), (0xE000_0000, 3),
    ]
    return ranges.contains { base, length in address >> (32 - length) == base >> (32 - length) }
  }

  static func contains(version6 bytes: [UInt8]) -> Bool {
    guard bytes.count == 16 else { return true }
    let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    if isMapped { return contains(version4: bytes[12..<16].reduce(0) { $0 << 8 | UInt32($1) }) }
    func embedded(at start: Int) -> UInt32 { bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    // NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an IPv4 address within.
    if bytes[0..<12] == [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
      return contains(version4: embedded(at: 12))
    }
    if bytes[0] == 0x20, bytes[1] == 0x02 { return contains(version4: embedded(at: 2)) }
    if bytes[0..<15].allSatisfy({ $0 == 0 }) { return true }
    return bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80) || bytes[0] == 0xFF
  }
}
