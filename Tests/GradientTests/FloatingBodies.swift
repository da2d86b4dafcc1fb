import Backsolve
import TestSupport
import Testing

#if !DEBUG
  /// They stand here because this target is the one tested with optimization.
  @Suite("Floating bodies")
  struct FloatingBodies {
    @Test("a block settles at its draught in incompressible flow", arguments: [(0.3, 3), (0.5, 4), (0.8, 1)])
    func incompressibleDraught(_ densityRatio: Double, _ under: Int) throws {
      var system = FloatingBodySample.system(
        along: 20, deep: 10, block: [8, 4], under: under, densityRatio: densityRatio, gravity: [0, -1], soundSpeed: 10,
        viscosity: 0.02, friction: .noSlip)
      system.densities = nil
      let simulation = ParticleSimulation(
        system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.02),
        numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 0.15, precision: .single))
      let rollout = Rollout(simulation, until: .time(12))
      var workspace = rollout.makeWorkspace()
      let state = try rollout.solve(system.parameters, in: &workspace), n = system.particleCount
      let spacing = 0.1, right = densityRatio * 0.4
      let found = (Double(n) * spacing * spacing + 0.8 * right) / 2 - (state[5 * n + 1] - 0.2)
      #expect(abs(found - right) < 0.5 * spacing, "\(found / spacing) spacings for \(right / spacing)")
    }

    /// A block of 8 x 4 particles on water 10 particles deep, let go at another draught than its own.
    @Test("a block settles at its draught", arguments: [(0.3, 3), (0.5, 4), (0.8, 1)])
    func draught(_ densityRatio: Double, _ under: Int) throws {
      let system = FloatingBodySample.system(
        along: 20, deep: 10, block: [8, 4], under: under, densityRatio: densityRatio, gravity: [0, -1], soundSpeed: 10)
      let simulation = ParticleSimulation(
        system, scheme: ContinuityScheme(soundSpeed: 10, artificialViscosity: 0.5, allowsTension: false),
        numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 0.15, precision: .single), integration: .verlet
      )
      let rollout = Rollout(simulation, until: .time(12))
      var workspace = rollout.makeWorkspace()
      let state = try rollout.solve(system.parameters, in: &workspace), n = system.particleCount
      let spacing = 0.1, height = 0.4, width = 0.8, right = densityRatio * height
      // Where the water would stand with the block at its draught.
      let level = (Double(n) * spacing * spacing + width * right) / 2
      let found = level - (state[5 * n + 1] - height / 2)
      #expect(abs(found - right) < 0.25 * spacing, "\(found / spacing) spacings for \(right / spacing)")
      #expect(abs(state[5 * n + 2]) < 0.01 && abs(state[5 * n + 4]) < 0.02)
    }
  }
#endif
