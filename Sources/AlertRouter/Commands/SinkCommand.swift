import ArgumentParser
import Foundation
import Kafka

/// `alert-router sink`: a stand-in for Slack and a mail server.
struct SinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sink", abstract: "Takes Slack and mail messages on loopback, prints them and lists them on a page.")

  @Option(help: "The port of the page and of the stand-in for Slack; 0 for any that is free.")
  var port = 0

  @Option(help: "A file to which the two ports are written: HTTP and SMTP.")
  var portFile: String?

  func run() throws {
    let sink = try MessageSink(port: port) { message in
      try? FileHandle.standardOutput.write(contentsOf: Data((message.printed + "\n").utf8))
    }
    let mail = try SMTPSink { bytes, to in sink.take(MailReading.message(bytes, to: to)) }
    let error = FileHandle.standardError
    try? error.write(
      contentsOf: Data("page and Slack: http://127.0.0.1:\(sink.port)/  mail: smtp://127.0.0.1:\(mail.port)\n".utf8))
    if let portFile { try "\(sink.port) \(mail.port)".write(toFile: portFile, atomically: true, encoding: .utf8) }
    while true { pause() }
  }
}
