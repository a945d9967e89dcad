import Synchronization

/// An interned text: two symbols are equal exactly where their texts are, and each is four bytes wide.
///
/// Reps, industries, model names and the like come from small sets and are compared and counted on the hot path, so each
/// text is kept once for the whole process. The number is private to the process: it is never written anywhere and no
/// result may depend on its order.
public struct Symbol: Hashable, Sendable {
  let index: UInt32

  /// The symbol for a text. Safe from any thread; costs a lock and a look-up.
  public init(_ text: String) {
    self = Self.table.withLock { $0.symbol(for: text) }
  }

  /// The text.
  public var text: String { Self.table.withLock { $0.texts[Int(index)] } }

  /// The position of the symbol in the process's table, from 0 without gaps: for tables indexed by symbol.
  public var ordinal: Int { Int(index) }

  /// How many different texts the process knows, for the metric that watches the table's growth.
  public static var count: Int { table.withLock { $0.texts.count } }

  private struct Table: Sendable {
    var indices: [String: UInt32] = [:]
    var texts: [String] = []

    mutating func symbol(for text: String) -> Symbol {
      if let index = indices[text] { return Symbol(index: index) }
      let index = UInt32(texts.count)
      texts.append(text)
      indices[text] = index
      return Symbol(index: index)
    }
  }

  /// The symbol of a number that another one had.
  init(index: UInt32) { self.index = index }

  private static let table = Mutex(Table())
}

extension Symbol: CustomStringConvertible, ExpressibleByStringLiteral {
  /// The text.
  public var description: String { text }

  /// The symbol for a literal text.
  public init(stringLiteral value: String) { self.init(value) }
}
