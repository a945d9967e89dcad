import Deals
import Foundation
import GRDB

extension RouterStore {
  /// Keeps a verdict until it is on `deals.feedback`.
  public func submit(_ feedback: Feedback) throws(StoreError) {
    var writer = JSONWriter()
    writer.feedback(feedback)
    let bytes = Data(writer.bytes)
    try write { try $0.execute(sql: "INSERT INTO feedback (value) VALUES (?)", arguments: [bytes]) }
  }

  /// Verdicts that are not on the topic yet, as its records, the oldest first.
  public func unpublishedFeedback(limit: Int) throws(StoreError) -> [(sequence: Int64, value: Data)] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT sequence, value FROM feedback ORDER BY sequence LIMIT ?", arguments: [limit]
      ).map { ($0["sequence"], $0["value"]) }
    }
  }

  /// Forgets verdicts that are on the topic.
  public func forgetFeedback(upTo sequence: Int64) throws(StoreError) {
    try write { try $0.execute(sql: "DELETE FROM feedback WHERE sequence <= ?", arguments: [sequence]) }
  }
}
