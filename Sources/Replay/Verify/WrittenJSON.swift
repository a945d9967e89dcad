import Foundation

/// A JSON value as it was written: numbers to their last digit, every member of an object, also one that stands twice.
/// What a decoder clamps, rounds or passes over shows here.
enum WrittenJSON: Equatable {
  /// A member of an object.
  struct Member {
    var name: String
    var value: WrittenJSON
    /// Where its value stands in the text.
    var place: Range<Int>
  }

  /// A decimal without a form: 100, 100.0 and 1e2 are the same.
  struct Number: Equatable {
    var isNegative = false
    /// Without zeros at either end.
    var digits: [UInt8] = []
    var exponent = 0

    /// Beyond these lies no number that a decoder could tell from zero or the infinite.
    private static let exponents = -100_000...100_000

    /// The number of a text; nil where its exponent is none, or so large that no two readers need agree on what it means.
    init?(_ text: ArraySlice<UInt8>) {
      var isFraction = false
      for (index, byte) in zip(text.indices, text) {
        switch byte {
        case UInt8(ascii: "-"): isNegative = true
        case UInt8(ascii: "."): isFraction = true
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
          guard let power = Int(String(decoding: text[(index + 1)...], as: UTF8.self)), Self.exponents.contains(power)
          else { return nil }
          exponent += power
          normalize()
          return
        default:
          digits.append(byte)
          if isFraction { exponent -= 1 }
        }
      }
      normalize()
    }

    private mutating func normalize() {
      while digits.last == UInt8(ascii: "0") {
        digits.removeLast()
        exponent += 1
      }
      digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
      if digits.isEmpty { exponent = 0 }
    }
  }

  case null
  case boolean(Bool)
  case number(Number)
  /// The text's bytes, so that two spellings that only look alike are two.
  case string([UInt8])
  case array([WrittenJSON])
  case object([Member])

  /// The value of a text; nil where it is no JSON, or holds a number that can't be compared.
  init?(_ text: [UInt8]) {
    var scanner = Scanner(text: text)
    guard let value = scanner.value() else { return nil }
    self = value
  }

  /// The members of an object; none of anything else.
  var members: [Member] {
    if case .object(let members) = self { return members }
    return []
  }

  /// Members may stand in any order, but each once.
  static func == (left: WrittenJSON, right: WrittenJSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count
        && left.allSatisfy { member in right.filter { $0.name == member.name }.map(\.value) == [member.value] }
    default: false
    }
  }

  /// In which members an object departs from another that was written by us, each with a word where the value is not all.
  ///
  /// - Parameter exempt: Members whose values are not compared.
  func differing(from ours: WrittenJSON, exempt: Set<String>) -> [String] {
    var words: [String] = []
    for (index, member) in members.enumerated() where !members[..<index].contains(where: { $0.name == member.name }) {
      let values = members.filter { $0.name == member.name }.map(\.value)
      guard let own = ours.members.first(where: { $0.name == member.name }) else {
        words.append("\(member.name.prefix(60)) (unknown)")
        continue
      }
      if values.count > 1 {
        words.append("\(member.name) (stands \(values.count) times)")
      } else if values != [own.value], !exempt.contains(member.name) {
        words.append(member.name)
      }
    }
    for own in ours.members where !members.contains(where: { $0.name == own.name }) {
      words.append("\(own.name) (not there)")
    }
    return words
  }
}

/// Goes through a text that a decoder has found to be JSON.
private struct Scanner {
  let text: [UInt8]
  var place = 0

  private mutating func next() -> UInt8? {
    while place < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) { place += 1 }
    return place < text.count ? text[place] : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next() == byte else { return false }
    place += 1
    return true
  }

  private mutating func word(_ word: StaticString, _ value: WrittenJSON) -> WrittenJSON? {
    let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard text[place...].starts(with: bytes) else { return nil }
    place += bytes.count
    return value
  }

  mutating func value() -> WrittenJSON? {
    switch next() {
    case UInt8(ascii: "{"): object()
    case UInt8(ascii: "["): array()
    case UInt8(ascii: "\""): string().map { .string($0) }
    case UInt8(ascii: "t"): word("true", .boolean(true))
    case UInt8(ascii: "f"): word("false", .boolean(false))
    case UInt8(ascii: "n"): word("null", .null)
    case .some: number()
    case nil: nil
    }
  }

  private mutating func number() -> WrittenJSON? {
    let start = place
    while place < text.count, "+-.eE0123456789".utf8.contains(text[place]) { place += 1 }
    return start < place ? WrittenJSON.Number(text[start..<place]).map { .number($0) } : nil
  }

  private mutating func string() -> [UInt8]? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    var hasEscapes = false
    while place < text.count, text[place] != UInt8(ascii: "\"") {
      if text[place] == UInt8(ascii: "\\") {
        hasEscapes = true
        place += 1
      }
      place += 1
    }
    guard place < text.count else { return nil }
    place += 1
    guard hasEscapes else { return Array(text[start..<place - 1]) }
    let quoted = Data(text[(start - 1)..<place])
    let read = try? JSONSerialization.jsonObject(with: quoted, options: .fragmentsAllowed) as? String
    return read.map { Array($0.utf8) }
  }

  private mutating func array() -> WrittenJSON? {
    guard take(UInt8(ascii: "[")) else { return nil }
    var elements: [WrittenJSON] = []
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      guard let element = value() else { return nil }
      elements.append(element)
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "]")) ? .array(elements) : nil
  }

  private mutating func object() -> WrittenJSON? {
    guard take(UInt8(ascii: "{")) else { return nil }
    var members: [WrittenJSON.Member] = []
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      guard next() == UInt8(ascii: "\""), let name = string(), take(UInt8(ascii: ":")), next() != nil else {
        return nil
      }
      let start = place
      guard let value = value() else { return nil }
      members.append(
        WrittenJSON.Member(name: String(decoding: name, as: UTF8.self), value: value, place: start..<place))
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}")) ? .object(members) : nil
  }
}
