/// How the sums over neighbours are taken.
public struct ParticleNumerics: Sendable, Equatable {
  public var kernel: SmoothingKernel
  /// h of the kernel, m.
  public var smoothingLength: Double
  public var precision: ParticlePrecision

  public init(kernel: SmoothingKernel, smoothingLength: Double, precision: ParticlePrecision = .single) {
    self.kernel = kernel
    self.smoothingLength = smoothingLength
    self.precision = precision
  }

  /// Radius of the kernel's support, m.
  public var support: Double { kernel.supportRatio * smoothingLength }
}
