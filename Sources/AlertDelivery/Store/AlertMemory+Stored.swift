import Alerts
import Deals
import Foundation

/// A memory as 47 bytes: a million of them are kept and read back, each restart.
extension AlertMemory {
  private static let form: UInt8 = 1
  private static let size = 47

  var stored: Data {
    var bytes: [UInt8] = [Self.form, (isOpen ? 1 : 0) | (isFlapping ? 2 : 0), UInt8(tier.rawValue)]
    bytes.reserveCapacity(Self.size)
    func put(_ value: Int64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
    bytes.append(openings)
    withUnsafeBytes(of: (score?.tenths ?? .min).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(recoveredAt == nil ? 0 : 1)
    put(Int64(bitPattern: contentHash))
    put(openedAt.milliseconds)
    put(windowStart.milliseconds)
    put(recoveredAt?.milliseconds ?? 0)
    while bytes.count < Self.size { bytes.append(0) }
    return Data(bytes)
  }

  /// A memory as `stored` writes it, nil where these bytes are in another form.
  init?(stored data: Data) {
    guard data.count == Self.size, data.first == Self.form else { return nil }
    let bytes = [UInt8](data)
    guard let tier = RiskTier(rawValue: bytes[2]) else { return nil }
    func number(_ start: Int) -> Int64 {
      (0..<8).reduce(0) { $0 | Int64(bytes[start + $1]) << Int64($1 * 8) }
    }
    let tenths = Int16(bitPattern: UInt16(bytes[4]) | UInt16(bytes[5]) << 8)
    self.init(
      tier: tier, score: tenths == .min ? nil : RiskScore(tenths: Int(tenths)),
      contentHash: UInt64(bitPattern: number(7)), openedAt: Timestamp(milliseconds: number(15)),
      windowStart: Timestamp(milliseconds: number(23)))
    isOpen = bytes[1] & 1 != 0
    isFlapping = bytes[1] & 2 != 0
    openings = bytes[3]
    recoveredAt = bytes[6] == 0 ? nil : Timestamp(milliseconds: number(31))
  }
}
