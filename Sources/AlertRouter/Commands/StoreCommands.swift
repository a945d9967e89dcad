import AlertDelivery
import Alerts
import ArgumentParser
import Configuration
import Deals
import Foundation
import Programs

/// `alert-router why`: what was and was not sent about a deal?
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Explains what was and was not sent about a deal, to whom and why.")

  @OptionGroup var options: StoreOptions

  @Option(help: "The deal, or the segment of a trend.")
  var deal: String

  func run() throws {
    for line in try Self.lines(deal, try options.open()) { print(line) }
  }

  /// The story of a deal, a decision in each line; those that led to a message say how far that has come.
  static func lines(_ subject: String, _ store: RouterStore) throws -> [String] {
    let decisions = try store.decisions(subject: subject)
    let messages = try store.entries(ids: Set(decisions.compactMap(\.messageID)))
    var lines = decisions.map { line($0, $0.messageID.flatMap { messages[$0] }) }
    if let alert = try store.alertElsewhere(subject: subject) {
      lines.append(
        "another router of the group speaks of \(subject): \(alert.source.tier.name), open since \(alert.openedAt). "
          + "Ask there, or read alerts.log, which holds the decisions of all")
    }
    guard lines.isEmpty else { return lines }
    return [
      "this store knows nothing of \(subject): none of its events is urgent or new, or another router of the group has its "
        + "partition. Ask there, or read alerts.log, which holds the decisions of all"
    ]
  }

  private static func line(_ decision: Decision, _ message: OutboxEntry?) -> String {
    let receiver = decision.receiver.map { "→ \($0)" }
    let place = [decision.routeID, receiver, decision.recipientID].compactMap(\.self).joined(separator: " ")
    let story = "\(decision.at)  \(decision.reason.rawValue)\(place.isEmpty ? "" : " (\(place))"): \(decision.text)"
    guard let message, ![.delivered, .failed, .deadLetter].contains(decision.reason) else { return story }
    return "\(story) [\(state(message))]"
  }

  private static func state(_ message: OutboxEntry) -> String {
    let tries = "\(message.attempts) \(message.attempts == 1 ? "try" : "tries"): \(message.note ?? "no reason")"
    let state =
      switch message.progress {
      case .queued: "queued, not tried yet"
      case .sending: "being sent"
      case .retrying: "retrying after \(tries)"
      case .delivered: "delivered\(message.endedAt.map { " \($0)" } ?? "")"
      case .deadLetter: "dead letter after \(tries)"
      }
    return "\(message.message.receiver): \(state)"
  }
}

/// `alert-router silence`: hold alerts back for a time.
struct SilenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "silence", abstract: "Adds, lists and ends silences.",
    subcommands: [Add.self, List.self, Expire.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Adds a silence.")
    @OptionGroup var options: StoreOptions
    @Argument(help: "Matchers; all must fit.") var matchers: [String]
    @Option(help: "How long, such as 4h or 3d.") var duration = "4h"
    @Option(help: "Who says so.") var author: String
    @Option(help: "Why.") var comment: String

    func run() throws {
      let now = Clock.wall()
      guard let length = Milliseconds(configurationText: duration) else {
        throw ValidationError("--duration must be \(Milliseconds.form)")
      }
      let id = String(UUID().uuidString.lowercased().prefix(8))
      let silence = try Silence(
        id: id, matchers: matchers, startsAt: now, endsAt: now.adding(milliseconds: length.value), author: author,
        comment: comment)
      try options.open().submit(.silence(silence))
      print("silence \(id) until \(silence.endsAt); \(StoreOptions.whenDone)")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists silences.")
    @OptionGroup var options: StoreOptions

    func run() throws {
      let now = Clock.wall()
      let (silences, untaken) = try options.open().silencesToCome(at: now)
      for silence in silences {
        let note = untaken.contains(silence.id) ? "  (\(StoreOptions.whenDone))" : ""
        print(
          "\(silence.id)  \(silence.phase(at: now).rawValue)  until \(silence.endsAt)  "
            + "\(silence.matchers.joined(separator: " "))  \(silence.author): \(silence.comment)\(note)")
      }
    }
  }

  struct Expire: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ends a silence now.")
    @OptionGroup var options: StoreOptions
    @Argument(help: "Its id.") var id: String

    func run() throws {
      guard try options.open().expireSilence(id, at: Clock.wall()) else {
        throw Failure("there is no silence \(id) in force or to come: alert-router silence list shows them")
      }
      print("silence \(id) ends now; \(StoreOptions.whenDone)")
    }
  }
}

/// `alert-router ack`: somebody has seen it.
struct AckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ack", abstract: "Acknowledges a deal's alert: no reminders, no escalation until it is worse.")

  @OptionGroup var options: StoreOptions

  @Option(help: "The deal, or the segment of a trend.")
  var deal: String

  @Option(help: "Who has seen it.")
  var author: String

  func run() throws {
    guard try options.open().acknowledge(subject: deal, author: author) else {
      throw Failure("no alert of \(deal) is open: alert-router why --deal \(deal) tells what became of it")
    }
    print(
      "the alert of \(deal) is acknowledged by \(author): no reminders and no escalation until it is worse; "
        + StoreOptions.whenDone)
  }
}

/// `alert-router dead-letters`: what could not be delivered?
struct DeadLettersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters", abstract: "Lists messages that could not be delivered, and sends them again.")

  @OptionGroup var options: StoreOptions

  @Flag(help: "Send them again.")
  var retry = false

  @Option(help: "Only this message.")
  var id: String?

  func run() throws {
    let store = try options.open()
    if retry {
      let count = try store.retryDead(id: id, at: Clock.wall())
      if let id, count == 0 {
        throw Failure("there is no dead letter \(id): alert-router dead-letters lists them")
      }
      print("\(count) \(count == 1 ? "is" : "are") sent again; \(StoreOptions.whenDone)")
      return
    }
    for entry in try store.entries(state: "dead") where id == nil || entry.message.id == id {
      print(Self.line(entry))
    }
  }

  /// A letter in a line: id, when, receiver, person, what it is about, tries and why.
  static func line(_ entry: OutboxEntry) -> String {
    let message = entry.message
    let subjects = (message.alerts + message.resolved).map(\.source.subject)
    var about = subjects.prefix(5).joined(separator: " ")
    let more = subjects.count + message.omitted - min(5, subjects.count)
    if more > 0 { about += " and \(more) more" }
    let parts = [
      message.id, message.madeAt.description, "\(message.receiver) → \(message.recipient?.name ?? "channel")",
      "\(message.purpose.rawValue)\(about.isEmpty ? "" : ": \(about)")",
      "\(entry.attempts) \(entry.attempts == 1 ? "try" : "tries")", entry.note ?? "",
    ]
    return parts.joined(separator: "  ")
  }
}
