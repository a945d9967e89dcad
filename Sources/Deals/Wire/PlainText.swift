/// What JSON can't hold in a text as it is: control characters, quotes and backslashes.
extension UInt8 {
  /// Whether JSON has this byte escaped in a text.
  @inline(__always)
  var mustBeEscaped: Bool { self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") }
}

extension UInt64 {
  /// Of eight bytes, the top bits of those that JSON has escaped in a text; 0 where there is none. Only the lowest of the
  /// bits is certain: a byte above it may have lent to it.
  @inline(__always)
  var bytesToEscape: UInt64 {
    let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    let (quote, backslash) = (self ^ (ones &* 0x22), self ^ (ones &* 0x5C))
    // A byte below a bound borrows from its top bit. A byte above 0x7F is none of the three.
    let control = (self &- ones &* 0x20) & ~self
    return (control | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)) & tops
  }
}
