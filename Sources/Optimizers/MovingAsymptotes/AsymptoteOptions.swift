/// What the method of moving asymptotes and its globally convergent form have in common.
///
/// The problem is min f0 + z + sum (c y_i + d y_i^2 / 2) subject to f_i - a_i z - y_i <= 0, y >= 0, z >= 0 and the bounds,
/// where the y_i let every subproblem have a solution, and z serves bound forms: with f0 = 0 and a_i = 1 it is the
/// largest f_i. Functions are scaled inside so that each varies by about one over the bounds; c and d are meant for
/// the scaled functions. Defaults: K. Svanberg, "MMA and GCMMA - two methods for nonlinear optimization" (2007).
public struct AsymptoteOptions: Sendable, Hashable {
  /// Distance of the first asymptotes from the design, in parts of the distance between the bounds.
  public var initialDistance = 0.5
  /// Factor on the distance where an entry keeps its direction.
  public var growth = 1.2
  /// Factor on the distance where an entry oscillates.
  public var shrinkage = 0.7
  /// The most an entry may change in one step, in parts of the distance between the bounds.
  public var moveLimit = 0.5
  /// How near an entry may come to its asymptote: this part of the distance is kept.
  public var asymptoteMargin = 0.1
  /// a_i, the weight of z in constraint i; empty for none.
  public var boundWeights: [Double] = []
  /// c: the price of violating a constraint. Must exceed the (scaled) multipliers.
  public var violationPrice = 1000.0
  /// d > 0: the price of the square of a violation.
  public var squaredViolationPrice = 1.0
  public init() {}
}
