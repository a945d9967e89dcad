/// A chart that can be drawn as SVG at several widths: a screen's, a phone's, a panel's among others.
public protocol Chart: Sendable {
  /// What the chart shows.
  var title: String { get }

  /// Whether there is anything to draw. Without it a page says in words what lacks, instead of an empty frame.
  var hasData: Bool { get }

  /// The drawing, so many pixels wide where it is shown at its own size. Its height follows from what it holds.
  func svg(width: Double) -> String
}
