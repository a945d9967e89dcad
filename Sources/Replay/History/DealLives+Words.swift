import Deals

extension DealLives {
  /// What to say of deals whose currency has no rate.
  static func words(unknownCurrencies count: Int) -> String {
    (count == 1 ? "1 deal has an amount in a currency" : "\(Figures.deals(count)) have amounts in a currency")
      + " without a rate, which counts as none: name its rate under currency_rates of the configuration"
  }
}
