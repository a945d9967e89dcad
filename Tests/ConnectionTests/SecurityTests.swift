import Configuration
import Connection
import Foundation
import Kafka
import Logging
import Testing

@Suite("TLS and SASL settings are passed on or refused with what to do") struct SecurityTests {
  private func load(
    _ flags: [String: String], environment: [String: String] = [:]
  ) throws(ConfigurationFaults) -> ConnectionSettings {
    try ConnectionSettings.load(
      environment: environment, flags: flags.map { ($0.key, $0.value) }, clientID: "test")
  }

  private func words(_ flags: [String: String], environment: [String: String] = [:]) -> String {
    do {
      _ = try load(flags, environment: environment)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("SASL over TLS reaches the client whole") func whole() throws {
    let settings = try load(
      [
        "kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "SCRAM-SHA-512", "kafka.sasl_username": "scorer",
      ],
      environment: ["DEALPULSE_KAFKA_SASL_PASSWORD": "hunter2"])
    #expect(settings.client.securityProtocol == .saslSSL)
    #expect(settings.client.saslMechanism == "SCRAM-SHA-512")
    #expect(settings.client.saslUsername == "scorer")
    #expect(settings.client.saslPassword?.value == "hunter2")
  }

  @Test("A password is never shown") func hidden() throws {
    let settings = try load(
      ["kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "PLAIN", "kafka.sasl_username": "scorer"],
      environment: ["DEALPULSE_KAFKA_SASL_PASSWORD": "hunter2"])
    #expect(!settings.effective.contains { $0.value.contains("hunter2") })
    #expect(!"\(settings.client)".contains("hunter2"))
  }

  @Test("A password on the command line is refused without showing it") func commandLine() {
    let text = words(["kafka.sasl_password": "hunter2"])
    #expect(text.contains("kafka.sasl_password") && text.contains("kafka.sasl_password_file"))
    #expect(!text.contains("hunter2"))
  }

  @Test("A password comes from a file") func file() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try "hunter2\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let settings = try load([
      "kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "PLAIN", "kafka.sasl_username": "scorer",
      "kafka.sasl_password_file": path,
    ])
    #expect(settings.client.saslPassword?.value == "hunter2")
  }

  @Test("SASL without a password or a mechanism says where they come from") func incomplete() {
    #expect(
      words(["kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "PLAIN", "kafka.sasl_username": "x"])
        .contains("DEALPULSE_KAFKA_SASL_PASSWORD"))
    #expect(words(["kafka.security_protocol": "sasl_ssl"]).contains("kafka.sasl_mechanism"))
  }

  @Test("Settings that would have no effect are refused: nobody is to think that he is logged in or encrypted")
  func withoutEffect() {
    #expect(words(["kafka.sasl_mechanism": "PLAIN"]).contains("nobody would log in"))
    #expect(words(["kafka.ssl_ca_location": "/etc/passwd"]).contains("set ssl or sasl_ssl"))
  }

  @Test(
    "What a client would refuse, or nobody would look at, stops the start",
    arguments: [
      (["kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "FOO"], "kafka.sasl_mechanism: must be PLAIN"),
      (["kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "GSSAPI"], "must be PLAIN, SCRAM-SHA-256"),
      (["kafka.security_protocol": "sasl_ssl", "kafka.sasl_mechanism": "OAUTHBEARER"], "must be PLAIN"),
      (["kafka.sasl_username": "x"], "nobody would log in: set sasl_ssl, or take kafka.sasl_username away"),
      (["metrics.host": "not a host"], "metrics.host: must be an IPv4 or IPv6 address"),
      (["topics.prefix": "bad prefix!"], "topics.prefix: must be at most 150 letters"),
      (["kafka.bootstrap_servers": ""], "kafka.bootstrap_servers: must be brokers"),
      (["kafka.bootstrap_servers": "a:9092,,b:9092"], "must be brokers"),
      (["kafka.bootstrap_servers": "a:port"], "must be brokers"),
    ])
  func refused(flags: [String: String], expected: String) {
    #expect(words(flags).contains(expected), "\(words(flags))")
  }

  @Test(
    "Brokers in every form that clients know are taken",
    arguments: ["a", "a:9092, b.c:1", "[::1]:9092", "SSL://a:9093"])
  func brokers(text: String) throws {
    #expect(try load(["kafka.bootstrap_servers": text]).client.bootstrapServers == text)
  }

  @Test("An empty file of a password is refused, also where the environment names it") func emptyPassword() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try "\n".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(words(["kafka.sasl_password_file": path]).contains("\(path) is empty"))
    #expect(words([:], environment: ["DEALPULSE_KAFKA_SASL_PASSWORD_FILE": path]).contains("\(path) is empty"))
  }

  @Test("Keys that contradict each other are told with file and line") func lines() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func words(_ yaml: String) throws -> String {
      try yaml.write(toFile: path, atomically: true, encoding: .utf8)
      do throws(ConfigurationFaults) {
        _ = try ConnectionSettings.load(file: path, environment: [:], flags: [], clientID: "test")
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      try words("kafka:\n  ssl_ca_location: \(#filePath)\n").contains("\(path):2: kafka.ssl_ca_location: is set"))
    let half = "kafka:\n  security_protocol: ssl\n  ssl_certificate_location: \(#filePath)\n"
    #expect(try words(half).contains("\(path):3: kafka.ssl_key_location: goes with kafka.ssl_certificate_location"))
  }

  @Test("A file of authorities that can't be read is named") func missingAuthorities() {
    let text = words(["kafka.security_protocol": "ssl", "kafka.ssl_ca_location": "/nowhere/ca.pem"])
    #expect(text.contains("/nowhere/ca.pem can't be read"))
  }

  @Test("A certificate without its key is refused") func halfAPair() {
    let text = words(["kafka.security_protocol": "ssl", "kafka.ssl_certificate_location": "\(#filePath)"])
    #expect(text.contains("set both or neither"))
  }

  @Test("An unknown protocol names those that there are") func unknownProtocol() {
    #expect(words(["kafka.security_protocol": "tls"]).contains("sasl_ssl"))
  }

  @Test("A file of authorities that holds no certificate is refused by the client, not by a hang")
  func notACertificate()
    throws
  {
    let settings = try load(["kafka.security_protocol": "ssl", "kafka.ssl_ca_location": "\(#filePath)"])
    #expect(throws: KafkaError.self) {
      _ = try Admin(settings.client, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
  }

  @Test("TLS against a broker that speaks plain text fails to connect, and says so") func plainBroker() async throws {
    let result = try await DedicatedThread.run(name: "tls-test") { () -> String in
      do {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let broker = try EmbeddedBroker(brokers: 1, logger: logger)
        defer { withExtendedLifetime(broker) {} }
        var client = ClientConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
        client.securityProtocol = .ssl
        _ = try Admin(client, logger: logger).describeCluster(timeout: 1_500)
        return "connected"
      } catch {
        return "\(error)"
      }
    }
    #expect(result != "connected")
    #expect(!result.isEmpty)
  }
}
