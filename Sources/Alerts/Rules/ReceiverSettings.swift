/// How one receiver is reached. Secrets are named, not held: their values come from the environment.
public struct ReceiverSettings: Hashable, Sendable {
  /// The kinds of receivers.
  public enum Transport: Hashable, Sendable {
    /// Prints messages.
    case console
    /// Slack, by an incoming webhook whose URL stands in an environment variable.
    case slackWebhook(urlVariable: String)
    /// Slack, by a bot token in an environment variable, to a channel; people with a Slack id get direct messages.
    case slackBot(tokenVariable: String, channel: String, baseURL: String)
    /// Any HTTP service. Requests are signed where a secret is named.
    case webhook(url: String, secretVariable: String?)
    /// Email.
    case email(EmailSettings)
    /// PagerDuty events v2, with a routing key in an environment variable.
    case pagerDuty(keyVariable: String, url: String)

    /// The environment variables that hold its secrets.
    public var secretVariables: [String] {
      switch self {
      case .console: []
      case .slackWebhook(let variable), .slackBot(let variable, _, _), .pagerDuty(let variable, _): [variable]
      case .webhook(_, let variable): [variable].compactMap(\.self)
      case .email(let email): [email.passwordVariable].compactMap(\.self)
      }
    }

    /// The kind's name in the configuration.
    public var name: String {
      switch self {
      case .console: "console"
      case .slackWebhook, .slackBot: "slack"
      case .webhook: "webhook"
      case .email: "email"
      case .pagerDuty: "pagerduty"
      }
    }
  }

  /// How to send mail.
  public struct EmailSettings: Hashable, Sendable {
    /// The server, `smtp://host:587` or `smtps://host:465`.
    public var server: String
    /// The sender's address.
    public var from: String
    /// Where mail without a recipient goes.
    public var to: String
    /// The user, where the server asks for one.
    public var username: String?
    /// The environment variable with the password.
    public var passwordVariable: String?
    /// Whether a server without STARTTLS is refused.
    public var requiresTLS = true

    /// A server, a sender and a recipient.
    public init(server: String, from: String, to: String) {
      self.server = server
      self.from = from
      self.to = to
    }
  }

  /// Its name.
  public var name: String
  /// How it is reached.
  public var transport: Transport
  /// Whether it is told when something is over.
  public var sendsResolved = true
  /// Messages under way at once.
  public var concurrency = 1
  /// Seconds that one delivery may take.
  public var timeoutSeconds = 15
  /// Whether addresses in private networks are allowed.
  public var allowsPrivateAddresses = false

  /// A receiver.
  public init(name: String, transport: Transport) {
    self.name = name
    self.transport = transport
  }
}
