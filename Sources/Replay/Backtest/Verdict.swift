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

  /// What the gap between the two sides is made of; nil where they can't be compared.
  public var parts: Leak?

  /// What in-sample figures have above point-in-time ones, as differences of the AUC. None of it is skill.
  public struct Leak: Sendable {
    /// In-sample.
    public var inSample: Double
    /// With every outcome but the deal's own.
    public var leaveOneOut: Double
    /// With what was known then.
    public var pointInTime: Double

    /// All of it.
    public var gap: Double { inSample - pointInTime }
    /// What comes from scores that have seen their own deal's outcome.
    public var ownOutcomes: Double { inSample - leaveOneOut }
    /// What comes from outcomes of other deals that were not known then, and from the longer window.
    public var otherOutcomes: Double { leaveOneOut - pointInTime }

    /// One sentence.
    var sentence: String {
      let sides =
        "in-sample the AUC is \(Figures.share(inSample, 3)), with only what was known then \(Figures.share(pointInTime, 3))"
      guard gap > 0.01 || ownOutcomes > 0.01 else { return "\(sides): no leak shows" }
      return "\(sides): a gap of \(Figures.share(gap, 3)) that is no skill. Without each deal's own outcome it is "
        + "\(Figures.share(leaveOneOut, 3)): \(Figures.share(ownOutcomes, 3)) is the deals' own outcomes leaking into their "
        + "scores, \(Figures.share(otherOutcomes, 3)) comes from outcomes of other deals that were not known then and from "
        + "the longer window"
    }
  }

  init(inSample: SkillReport, leaveOneOut: SkillReport, pointInTime: SkillReport) {
    guard let auc = pointInTime.auc, let interval = pointInTime.aucInterval else {
      skill = .unknown
      sentence = "no verdict: \(pointInTime.intervalGap ?? "there is no interval")"
      return
    }
    skill = interval.lowerBound > 0.5 ? .skill : interval.upperBound < 0.5 ? .worse : .none
    let range = "95% interval \(Figures.share(interval.lowerBound))–\(Figures.share(interval.upperBound))"
    sentence = "\(skill.rawValue): AUC \(Figures.share(auc)), \(range)"
    guard let sample = inSample.auc, let others = leaveOneOut.auc else { return }
    let parts = Leak(inSample: sample, leaveOneOut: others, pointInTime: auc)
    self.parts = parts
    leak = parts.sentence
  }
}
