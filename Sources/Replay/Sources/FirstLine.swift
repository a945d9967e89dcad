import Foundation

/// What the first line of a file that should hold change events says of it. A pipe can be read only once, and is not asked.
struct FirstLine {
  /// Whether it is a record with its place in a topic.
  private(set) var isDump = false

  /// - Throws: `ReplayError.tableByAnotherName` where it is no event but the header of a table, or what opening the file
  ///   throws.
  init(path: String) throws {
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else { return }
    let reader = try LineReader(path: path)
    var (isSeen, hasMore) = (false, true)
    while !isSeen, hasMore {
      hasMore = try reader.next { line in
        isSeen = true
        isDump = (try? DumpRecord(line)) != nil
        let commas = line.count { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
        if commas >= 2, !line.contains(UInt8(ascii: "{")) { throw ReplayError.tableByAnotherName(file: path) }
      }
    }
  }
}
