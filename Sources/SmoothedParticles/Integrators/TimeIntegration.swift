/// How rates become a step. Each evaluates the forces as often as its name says and has its adjoint beside it.
///
/// Where the density is integrated, the first two find its rate with the new velocity, in a second evaluation.
public enum TimeIntegration: String, Sendable, CaseIterable {
  /// v' = v + dt a(x, v); x' = x + dt v'. First order, one evaluation.
  case symplecticEuler = "symplectic-euler"
  /// Drift, kick, drift: x½ = x + dt/2 v; v' = v + dt a(x½, v); x' = x½ + dt/2 v'. Leapfrog, one evaluation.
  case verlet
  /// The midpoint rule: second order, two evaluations.
  case rungeKutta2 = "runge-kutta-2"

  /// The longest acoustic step in units of h/c.
  var courantFactor: Double { self == .symplecticEuler ? 0.25 : 0.4 }
}
