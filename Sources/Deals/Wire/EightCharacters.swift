/// Eight characters, digits and others where they belong, looked at together. The first is the lowest byte.
struct EightCharacters {
  /// A digit's value where there is a digit, else 0.
  private let values: UInt64
  /// For each digit with a digit behind it, the value of the two.
  private let pairs: UInt64

  /// The characters, where each is a digit for a 0 of the form, and the form's own character elsewhere; else nil.
  ///
  /// Inlined: the form is known where this is called, and what is derived from it are constants.
  @inline(__always)
  init?(_ characters: UInt64, like form: StaticString) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let form = UInt64(littleEndian: UnsafeRawPointer(form.utf8Start).loadUnaligned(as: UInt64.self))
    // Characters below 0x80 carry nothing into the next byte here, so that each 0 of the form, and nothing else, gives 1.
    let isDigit = ~((form ^ ones &* 0x30) &+ ones &* 0x7F) >> 7 & ones
    let values = characters ^ form
    // Where a value is above 9 it, or six more, is above 15; the carry of one that is far above spoils nothing then.
    guard (values | (values &+ isDigit &* 6)) & ~(isDigit &* 0x0F) == 0 else { return nil }
    self.values = values
    pairs = values &* 10 &+ values >> 8
  }

  @inline(__always)
  func digit(_ place: Int) -> Int { Int(truncatingIfNeeded: values >> UInt64(place * 8) & 0xFF) }

  @inline(__always)
  func pair(_ place: Int) -> Int { Int(truncatingIfNeeded: pairs >> UInt64(place * 8) & 0xFF) }

  /// The number that eight digits are.
  @inline(__always)
  var number: UInt64 {
    let fours = (pairs & 0x00FF_00FF_00FF_00FF) &* 100 &+ (pairs >> 16 & 0x00FF_00FF_00FF_00FF)
    return (fours & 0xFFFF) &* 10_000 &+ (fours >> 32 & 0xFFFF)
  }
}
