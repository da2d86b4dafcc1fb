import Backsolve
import Foundation

/// Periodic vortices on a lattice, stepped forward and back.
struct ParticleSteps {
  let perAxis: Int
  let dimension: Int
  let simulation: ParticleSimulation

  init(_ perAxis: Int, dimension: Int, precision: ParticlePrecision) {
    self.perAxis = perAxis
    self.dimension = dimension
    let spacing = 1 / Double(perAxis), count = Int(pow(Double(perAxis), Double(dimension)).rounded())
    var positions: [Double] = [], velocities: [Double] = []
    positions.reserveCapacity(count * dimension)
    velocities.reserveCapacity(count * dimension)
    for particle in 0..<count {
      var rest = particle
      let place = (0..<dimension).map { _ in
        defer { rest /= perAxis }
        return (Double(rest % perAxis) + 0.5) * spacing
      }
      positions += place
      let x = 2 * Double.pi * place[0], y = 2 * Double.pi * place[1]
      velocities += [-cos(x) * sin(y), sin(x) * cos(y), 0][..<dimension]
    }
    let system = ParticleSystem(
      box: ParticleBox(
        lower: [Double](repeating: 0, count: dimension), upper: [Double](repeating: 1, count: dimension),
        isPeriodic: [Bool](repeating: true, count: dimension)),
      fluid: FluidPhase(restDensity: 1, viscosity: 0.01),
      masses: [Double](repeating: pow(spacing, Double(dimension)), count: count), positions: positions,
      velocities: velocities)
    // In the plane the kernel of the peers' case; in space one of shorter reach, as dam breaks use.
    simulation = ParticleSimulation(
      system, scheme: SummationScheme(soundSpeed: 10),
      numerics: ParticleNumerics(
        kernel: dimension == 2 ? .quintic : .wendlandC2, smoothingLength: dimension == 2 ? spacing : 1.3 * spacing,
        precision: precision), fixedTimeStep: 0.25 * spacing / 11)
  }

  /// Neighbours of a lattice point within the support, itself included.
  var neighbours: Int {
    let reach = simulation.numerics.support * Double(perAxis)
    let most = Int(reach)
    var count = 0
    for x in -most...most {
      for y in -most...most {
        for z in dimension == 3 ? -most...most : 0...0 where Double(x * x + y * y + z * z) < reach * reach {
          count += 1
        }
      }
    }
    return count
  }

  /// Additions and multiplications of a pair in the density's and the force's sum; a root or a division counts as one.
  var flopsPerPair: Double {
    let density: Double = dimension == 2 ? 25 : 17, force: Double = dimension == 2 ? 50 : 45
    return density + force
  }

  func measure(steps: Int, repeats: Int, limits: MachineLimits) throws {
    let system = simulation.system, rollout = Rollout(simulation, until: .steps(steps))
    let parameters = system.parameters
    var workspace = rollout.makeWorkspace()
    var failure: (any Error)?
    let forward = Seconds.median(of: repeats, repeats: 1) {
      do { _ = try rollout.solve(parameters, in: &workspace) } catch let error { failure = error }
    }
    let coordinates = system.particleCount * dimension
    let both = Seconds.median(of: repeats, repeats: 1) {
      do {
        let linearization = try rollout.linearize(at: parameters, in: &workspace)
        var seed = DenseVector(zeros: linearization.state.count)
        for k in 0..<coordinates {
          seed[coordinates + k] = system.masses[k / dimension] * linearization.state[coordinates + k]
        }
        _ = try linearization.pullback(seed)
      } catch let error { failure = error }
    }
    if let failure { throw failure }
    let updates = Double(system.particleCount * steps)
    let precision = simulation.numerics.precision
    let flops = updates * Double(neighbours) * flopsPerPair
    let peak = precision == .single ? limits.singleFlops : limits.doubleFlops
    print(
      "particles \(dimension)D \(system.particleCount), \(neighbours) neighbours, \(precision.rawValue): "
        + "\(fixed(updates / forward.processor / 1e6, 2)) M updates/CPU s, \(fixed(updates / forward.wall / 1e6, 2)) /wall s, "
        + "\(fixed(100 * flops / forward.processor / peak, 0)) % of multiply-add peak, "
        + "value and gradient \(fixed(both.processor / forward.processor, 2)) times forward")
  }
}

func measureParticles() throws {
  let limits = MachineLimits.measure(isSmoke: isSmoke)
  let planes = isSmoke ? [10] : [50, 100, 200, 400], spaces = isSmoke ? [8] : [30, 60]
  for precision in ParticlePrecision.allCases {
    for perAxis in planes {
      try ParticleSteps(perAxis, dimension: 2, precision: precision).measure(
        steps: isSmoke ? 2 : max(3, 500_000 / (perAxis * perAxis)), repeats: isSmoke ? 1 : 5, limits: limits)
    }
    for perAxis in spaces {
      try ParticleSteps(perAxis, dimension: 3, precision: precision).measure(
        steps: isSmoke ? 2 : 4, repeats: isSmoke ? 1 : 3, limits: limits)
    }
  }
}
