/// The precision of the sums over pairs. States, time steps and gradients are in double precision always.
public enum ParticlePrecision: String, Sendable, CaseIterable {
  case single
  case double
}
