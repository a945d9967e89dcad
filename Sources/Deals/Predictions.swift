/// The last score of each model before a deal's outcome was known, champion first.
///
/// The first lies in place, and takes no memory of its own: nearly all deals have one, and a ledger has many deals.
public struct Predictions: Hashable, Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  private var champion: Prediction?
  private var others: [Prediction] = []

  /// No predictions.
  public init() {}

  /// Those of a sequence, in its order.
  public init(_ predictions: some Sequence<Prediction>) {
    for prediction in predictions { append(prediction) }
  }

  /// Those of a list in the program.
  public init(arrayLiteral elements: Prediction...) { self.init(elements) }

  /// Adds one behind the others.
  public mutating func append(_ prediction: Prediction) {
    if champion == nil { champion = prediction } else { others.append(prediction) }
  }

  /// 0.
  public var startIndex: Int { 0 }
  /// How many there are.
  public var endIndex: Int { champion == nil ? 0 : 1 + others.count }

  /// The prediction at an index, which must be one.
  public subscript(index: Int) -> Prediction {
    if index == 0, let champion { return champion }
    return others[index - 1]
  }

  /// A model's prediction; nil where it made none.
  public func of(_ model: Symbol) -> Prediction? {
    if let champion, champion.model == model { return champion }
    return others.first { $0.model == model }
  }
}
