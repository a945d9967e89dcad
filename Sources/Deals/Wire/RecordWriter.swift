/// Writes records one after the other, each in a line.
public protocol RecordWriter: ~Copyable {
  /// How many bytes were written.
  var count: Int { get }
  /// Ends a line: what comes next is another record.
  mutating func endLine()
  /// Gives away what was written, and goes on in the memory of a piece, which must be empty.
  mutating func exchange(with piece: TextPiece)
}
