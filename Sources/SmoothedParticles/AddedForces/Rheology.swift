import Foundation

/// The friction of a fluid that is not Newtonian, added to that of its `viscosity`:
/// η(γ̇) = K γ̇^(n-1) + τ_y (1 - exp(-m γ̇))/γ̇, the law of Herschel and Bulkley as regularized by Papanastasiou,
/// J. Rheol. 31 (1987). With τ_y = 0 it is the power law, with n = 1 the fluid of Bingham.
///
/// γ̇ = (2 D:D + ε²)^½ with D the symmetric part of the velocity's gradient. ε bounds the viscosity of what does not shear,
/// which explicit steps need, and keeps the law smooth where nothing does.
public struct Rheology: Sendable, Equatable {
  /// K, Pa sⁿ (by the metre in the plane).
  public var consistency: Double
  /// n; below one the fluid thins as it is sheared.
  public var exponent: Double
  /// τ_y, Pa (N/m in the plane).
  public var yieldStress: Double
  /// m, s: below a rate of 1/m what has a yield stress flows like a very viscous fluid.
  public var stressGrowth: Double
  /// ε, 1/s
  public var leastShearRate: Double

  public init(
    consistency: Double, exponent: Double = 1, yieldStress: Double = 0, stressGrowth: Double = 1,
    leastShearRate: Double
  ) {
    self.consistency = consistency
    self.exponent = exponent
    self.yieldStress = yieldStress
    self.stressGrowth = stressGrowth
    self.leastShearRate = leastShearRate
  }

  /// In the order of their block.
  var parameters: [Double] { [consistency, exponent, yieldStress] }

  /// Pa s
  public func viscosity(_ rate: Double) -> Double {
    consistency * pow(rate, exponent - 1) + yieldStress * (1 - exp(-stressGrowth * rate)) / rate
  }

  /// The derivative of the viscosity by the rate, and by K, n and τ_y.
  func slopes(_ rate: Double) -> (rate: Double, constants: [Double]) {
    let power = pow(rate, exponent - 1), decay = exp(-stressGrowth * rate), yielded = (1 - decay) / rate
    return (
      consistency * (exponent - 1) * power / rate + yieldStress * (stressGrowth * decay - yielded) / rate,
      [power, consistency * power * log(rate), yielded]
    )
  }

  /// Of what shears between ε and `rate`, Pa s: what an explicit step must bear.
  func largestViscosity(upTo rate: Double) -> Double {
    consistency * pow(exponent < 1 ? leastShearRate : max(rate, leastShearRate), exponent - 1)
      + yieldStress * (1 - exp(-stressGrowth * leastShearRate)) / leastShearRate
  }
}
