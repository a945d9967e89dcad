/// The texts of symbols as JSON strings, quotes and escapes included, each made once.
///
/// The memory is raw for the reason that `JSONWriter`'s is; a view is valid until the next call.
struct EscapedSymbols: ~Copyable {
  private var texts: UnsafeMutablePointer<UnsafeMutableBufferPointer<UInt8>>
  private var capacity = 0

  init() { texts = .allocate(capacity: 0) }

  deinit {
    for index in 0..<capacity { texts[index].deallocate() }
    texts.deallocate()
  }

  @inline(__always)
  mutating func text(of symbol: Symbol) -> UnsafeBufferPointer<UInt8> {
    if symbol.ordinal >= capacity || texts[symbol.ordinal].baseAddress == nil { keep(symbol) }
    return UnsafeBufferPointer(texts[symbol.ordinal])
  }

  @inline(never)
  private mutating func keep(_ symbol: Symbol) {
    if symbol.ordinal >= capacity { grow(to: max(64, capacity * 2, symbol.ordinal + 1)) }
    var writer = JSONWriter()
    writer.string(symbol.text)
    let text = writer.bytes
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = copy.initialize(from: text)
    texts[symbol.ordinal] = copy
  }

  private mutating func grow(to larger: Int) {
    let grown = UnsafeMutablePointer<UnsafeMutableBufferPointer<UInt8>>.allocate(capacity: larger)
    grown.moveInitialize(from: texts, count: capacity)
    (grown + capacity).initialize(
      repeating: UnsafeMutableBufferPointer(start: nil, count: 0), count: larger - capacity)
    texts.deallocate()
    texts = grown
    capacity = larger
  }
}
