/// The identity of a message: 128 bits, written as a UUID.
///
/// A text that is a UUID keeps its bits. Any other text is hashed, always to the same bits, so that a source which
/// numbers its events in its own way can still be deduplicated.
public struct EventID: Hashable, Sendable {
  /// The first 64 bits.
  public let high: UInt64
  /// The last 64 bits.
  public let low: UInt64

  /// The id with those bits.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The id of a text: its bits where it is a UUID in the 8-4-4-4-12 form, else a hash of its bytes.
  public init(text: String) {
    var text = text
    self = text.withUTF8 { EventID(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// The id of a text given as UTF-8 bytes.
  public init(utf8 bytes: UnsafeRawBufferPointer) {
    if let parsed = EventID(uuid: bytes) {
      self = parsed
      return
    }
    var hash = IdentityHash()
    hash.combine(bytes)
    self = hash.finish()
  }

  /// The id whose bits a UUID in the 8-4-4-4-12 form has; nil of any other bytes.
  @inline(__always)
  init?(uuid bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 36 else { return nil }
    let dash = UInt8(ascii: "-")
    guard bytes[8] == dash, bytes[13] == dash, bytes[18] == dash, bytes[23] == dash else { return nil }
    func word(_ first: Int, _ second: Int) -> UInt64 {
      UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: first, as: UInt32.self)))
        | UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: second, as: UInt32.self))) << 32
    }
    guard let first = Self.hexadecimal(word(0, 4)), let second = Self.hexadecimal(word(9, 14)),
      let third = Self.hexadecimal(word(19, 24)), let fourth = Self.hexadecimal(word(28, 32))
    else { return nil }
    self.init(high: first << 32 | second, low: third << 32 | fourth)
  }

  /// Eight hexadecimal digits, the first in the lowest byte, as a number of 32 bits; nil where one is none. All eight are
  /// looked at together, because the ids of changes are read more often than anything else.
  @inline(__always)
  private static func hexadecimal(_ characters: UInt64) -> UInt64? {
    let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    guard characters & tops == 0 else { return nil }
    let lower = characters | ones &* 0x20
    // With the top bits free, adding carries a byte's comparison into its own top bit.
    let isDigit = (characters &+ ones &* (0x80 - 0x30)) & ~(characters &+ ones &* (0x80 - 0x3A)) & tops
    let isLetter = (lower &+ ones &* (0x80 - 0x61)) & ~(lower &+ ones &* (0x80 - 0x67)) & tops
    guard isDigit | isLetter == tops else { return nil }
    var nibbles = (characters & 0x0F0F_0F0F_0F0F_0F0F) &+ (isLetter >> 7) &* 9
    nibbles = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles << 8 | nibbles >> 16) & 0x0000_FFFF_0000_FFFF
    return (nibbles << 16 | nibbles >> 32) & 0xFFFF_FFFF
  }
}

extension EventID: CustomStringConvertible {
  /// The 8-4-4-4-12 form in lower case.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
      let word = nibble < 16 ? high : low
      text.append(digits[Int(word >> UInt64(60 - 4 * (nibble % 16)) & 0xF)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A 128-bit hash for identities (not for secrets): two multiply–xorshift lanes over 8-byte words.
///
/// The same bytes give the same id on every machine and in every version: risk events that a restarted scorer writes
/// again must bear the id they bore before. The finaliser is the one of MurmurHash3 (Austin Appleby, public domain).
public struct IdentityHash: Sendable {
  private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F

  /// The empty hash.
  public init() {}

  /// Takes in a number.
  public mutating func combine(_ word: UInt64) {
    first = Self.mix(first ^ word)
    second = Self.mix(second &+ word.byteSwapped &+ 0xD6E8_FEB8_6659_FD93)
  }

  /// Takes in bytes and their count.
  public mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    combine(UInt64(bytes.count))
    var offset = 0
    while offset + 8 <= bytes.count {
      combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < bytes.count {
      tail = tail << 8 | UInt64(bytes[offset])
      offset += 1
    }
    combine(tail)
  }

  /// Takes in a text.
  public mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
  }

  /// The identity of all that was taken in.
  public func finish() -> EventID {
    EventID(high: Self.mix(first ^ second.byteSwapped), low: Self.mix(second &+ first))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }
}
