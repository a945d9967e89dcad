import Configuration

/// Links in messages by which people say what they think of a score.
public struct FeedbackSettings: Hashable, Sendable {
  /// Where people reach the router's HTTP interface, such as `https://dealpulse.example.com`.
  public var url: String
  /// The environment variable with the secret that signs the links.
  public var secretVariable: String
  /// How long a link works.
  public var valid = Milliseconds(30 * 86_400_000)

  /// A shorter secret could be guessed.
  public static let minimumSecretBytes = 16

  /// Links to a URL, signed with the secret in an environment variable.
  public init(url: String, secretVariable: String) {
    self.url = url
    self.secretVariable = secretVariable
  }
}
