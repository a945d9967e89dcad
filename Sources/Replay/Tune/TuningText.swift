import Deals

extension Tuning {
  /// What was found and what it is worth, for people.
  public var text: String {
    var lines = [
      "Searched on \(Figures.deals(earlierDeals)) that closed before \(split.day),",
      "judged on \(Figures.count(laterDeals)) that closed from then on.", "",
      "Weights: cycle bucket \(found.weights.cycleBucket), rep \(found.weights.rep), industry "
        + "\(found.weights.industry), lead source \(found.weights.leadSource), stage \(found.weights.stage)",
      "Tiers: Low up to \(found.tiers.low), Medium up to \(found.tiers.medium), High up to \(found.tiers.high)", "",
    ]
    if let earlierAUC {
      lines.append("AUC on the part that was searched: \(Figures.share(earlierAUC, 3)) (what the search saw)")
    }
    if let later {
      lines.append(
        "AUC on the later part: \(Figures.share(later.second, 3)), before \(Figures.share(later.first, 3))")
    }
    if let laterBrier {
      lines.append(
        "Brier score there: \(Figures.share(laterBrier.second, 4)), before \(Figures.share(laterBrier.first, 4))")
    }
    lines += laterTiers.map {
      "  \($0.tier.name): \(Figures.deals($0.deals)), \(Figures.percent($0.winRate)) won"
    }
    return (lines + ["", verdict]).joined(separator: "\n") + "\n"
  }

  /// Whether to take what was found, in one sentence.
  public var verdict: String {
    guard let later, let p = later.p else { return "Verdict: nothing can be said on the later part." }
    let figures =
      "AUC \(Figures.share(later.first, 3)) to \(Figures.share(later.second, 3)), p = \(Figures.share(p, 3))"
    if p < 0.05 {
      return later.difference > 0
        ? "Verdict: better on deals that it never saw (\(figures)): worth taking."
        : "Verdict: worse on deals that it never saw (\(figures)): keep what you have."
    }
    return "Verdict: no better on deals that it never saw (\(figures)): keep what you have."
  }

  /// The configuration that was found, with where it comes from.
  public func configuration(_ provenance: Provenance) -> String {
    var lines = ["# Found by deal-replay tune."] + provenance.lines.map { "# \($0)" }
    lines.append(
      "# Searched on \(earlierDeals) deals closed before \(split.rfc3339), judged on \(laterDeals) closed from then on."
    )
    if let earlierAUC { lines.append("# AUC on the part searched \(Figures.share(earlierAUC, 4)).") }
    if let later {
      lines.append(
        "# AUC on the later part \(Figures.share(later.second, 4)), before \(Figures.share(later.first, 4)).")
    }
    lines.append("# \(verdict)")
    return lines.joined(separator: "\n") + "\n" + found.yaml
  }
}
