/// What the scores are worth, in words that can't be mistaken.
public struct Verdict: Sendable {
  /// What the interval of the AUC says.
  public enum Skill: String, Sendable {
    /// There is no saying.
    case unknown
    /// The interval lies above 0.5.
    case skill
    /// The interval holds 0.5: a coin flip does as well.
    case none = "no skill"
    /// The interval lies below 0.5.
    case worse = "worse than chance"
  }

  /// What the interval says.
  public var skill: Skill
  /// The verdict, one sentence.
  public var sentence: String
  /// What the two sides of the leak check say; nil where they can't be compared.
  public var leak: String?

  init(inSample: SkillReport, pointInTime: SkillReport) {
    guard let auc = pointInTime.auc, let interval = pointInTime.aucInterval else {
      skill = .unknown
      sentence = "no verdict: \(pointInTime.intervalGap ?? "there is no interval")"
      return
    }
    skill = interval.lowerBound > 0.5 ? .skill : interval.upperBound < 0.5 ? .worse : .none
    let range = "95% interval \(Figures.share(interval.lowerBound))–\(Figures.share(interval.upperBound))"
    sentence = "\(skill.rawValue): AUC \(Figures.share(auc)), \(range)"
    guard let sample = inSample.auc else { return }
    let gap = sample - auc
    leak =
      gap > 0.01
      ? "in-sample the AUC is \(Figures.share(sample, 3)), with only what was known then \(Figures.share(auc, 3)): "
        + "\(Figures.share(gap, 3)) of it is the deals' own outcomes leaking into their scores, not skill"
      : "in-sample the AUC is \(Figures.share(sample, 3)), with only what was known then \(Figures.share(auc, 3)): "
        + "no leak shows"
  }
}

/// Numbers as text, the same on every machine.
enum Figures {
  /// A number with so many decimals.
  static func share(_ value: Double, _ decimals: Int = 2) -> String {
    guard value.isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    let whole = Int(scaled / scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let rest = String(Int(scaled - Double(whole) * scale))
    return "\(sign)\(whole).\(String(repeating: "0", count: decimals - rest.count))\(rest)"
  }

  /// A share as per cent with one decimal.
  static func percent(_ value: Double) -> String { share(100 * value, 1) + "%" }

  /// A whole number with commas between thousands.
  static func count(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}
