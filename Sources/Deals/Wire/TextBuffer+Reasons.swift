/// Where the text of a symbol within a sentence comes from: as it is, or as JSON has it.
protocol SymbolTexts: ~Copyable {
  mutating func put(_ symbol: Symbol, to buffer: inout TextBuffer)
}

/// Symbols' texts as they are.
struct PlainSymbols: SymbolTexts {
  func put(_ symbol: Symbol, to buffer: inout TextBuffer) { buffer.text(symbol.text) }
}

extension EscapedSymbols: SymbolTexts {
  @inline(__always)
  mutating func put(_ symbol: Symbol, to buffer: inout TextBuffer) { buffer.symbol(symbol, &self) }
}

extension TextBuffer {
  /// A reason in words, but for those of a record that was read. Everything but symbols needs no escapes in JSON.
  mutating func reason(_ reason: RiskReason, _ symbols: inout some SymbolTexts & ~Copyable) {
    switch reason {
    case .winRate(let rate): winRate(rate, &symbols)
    case .standing(let stage, let days):
      word("it has stood in ")
      text(stage.name)
      word(" for ")
      integer(Int64(days))
      word(" days")
    case .regressed: word("it has moved backwards in the funnel")
    case .old(let days):
      word("it is ")
      integer(Int64(days))
      word(" days old")
    case .stuck(let stage, let days):
      self.reason(.old(days: days), &symbols)
      word(" and still in ")
      symbols.put(stage, to: &self)
    case .large(let amount):
      word("it is a large deal of ")
      text(amount.inShort)
    case .leadSource(let source):
      word("its lead source is ")
      symbols.put(source, to: &self)
    case .words(let words): text(words)
    }
  }

  @inline(__always)
  private mutating func winRate(_ rate: RiskReason.WinRate, _ symbols: inout some SymbolTexts & ~Copyable) {
    switch rate.dimension {
    case .cycleBucket:
      word("deals with a cycle of ")
      word(Self.words(of: rate.cycle))
      word(" are won in ")
    case .stage:
      word("deals that end in ")
      symbols.put(rate.value, to: &self)
      word(" are won in ")
    case .rep:
      symbols.put(rate.value, to: &self)
      word(" wins ")
    case .leadSource:
      symbols.put(rate.value, to: &self)
      word(" leads are won in ")
    case .industry, .region:
      symbols.put(rate.value, to: &self)
      word(" is won in ")
    case .productType, .sizeBucket, nil:
      symbols.put(rate.value, to: &self)
      word(" are won in ")
    }
    integer(Int64(rate.percent))
    word("% of ")
    integer(Int64(rate.deals))
    word(" deals, the team ")
    integer(Int64(rate.teamPercent))
    word("%")
  }

  private static func words(of bucket: CycleBucket) -> StaticString {
    switch bucket {
    case .fast: "up to 30 days"
    case .medium: "31 to 60 days"
    case .long: "61 to 90 days"
    case .veryLong: "more than 90 days"
    }
  }

  /// Any text, as it is.
  @inline(__always)
  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { put($0) }
  }
}
