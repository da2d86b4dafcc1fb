import DifferentiableCore
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Rigid bodies")
struct RigidBodyTests {
  private func simulation(_ system: ParticleSystem, step: Double = 0.002, scheme: ParticleScheme? = nil)
    -> ParticleSimulation
  {
    ParticleSimulation(
      system, scheme: scheme ?? .continuity(ContinuityScheme(soundSpeed: 10, artificialViscosity: 0.1)),
      numerics: ChannelSample.numerics(spacing: 0.1), fixedTimeStep: step)
  }

  private func run(_ simulation: ParticleSimulation, steps: Int) throws -> DenseVector {
    let rollout = Rollout(simulation, until: .steps(steps))
    var workspace = rollout.makeWorkspace()
    return try rollout.solve(simulation.system.parameters, in: &workspace)
  }

  /// A drop of 9 x 9 places in empty space with a block of 3 x 2 in its middle, and a second one that overlaps the first.
  private var drop: ParticleSystem {
    var fluid: [Double] = [], block: [Double] = []
    for j in 0..<9 {
      for i in 0..<9 {
        let place = [(Double(i) - 4) * 0.1, (Double(j) - 4) * 0.1]
        if (3...5).contains(i), (4...5).contains(j) { block += place } else { fluid += place }
      }
    }
    var generator = SeededGenerator(seed: 5)
    let count = fluid.count / 2
    let first = RigidBody(
      "first", filling: block, dimension: 2, cellVolume: 0.01, density: 0.7, velocity: [0.3, -0.2],
      angularVelocity: [2])
    var second = first
    second.name = "second"
    second.position[1] -= 0.17
    second.rotation = [0.4]
    second.density = 2
    var system = ParticleSystem(
      box: ParticleBox(lower: [-2, -2], upper: [2, 2], isPeriodic: [false, false]), fluid: FluidPhase(restDensity: 1),
      masses: [Double](repeating: 0.01, count: count), positions: fluid,
      velocities: generator.vector(count: 2 * count).scaled(by: 0.1).elements,
      walls: WallParticles(positions: [], masses: [], friction: .freeSlip), bodies: [first, second])
    system.densities = (0..<count).map { 1 + 0.01 * Double($0 % 3) }
    return system
  }

  private static let incompressible = ParticleScheme.incompressible(
    IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.01))

  @Test(
    "fluid and bodies keep their momentum and angular momentum together, in contact too",
    arguments: [nil, incompressible])
  func momentum(_ scheme: ParticleScheme?) throws {
    let system = drop, simulation = simulation(drop, scheme: scheme), n = system.particleCount
    func momenta(_ state: DenseVector) -> [Double] {
      var sums = [0.0, 0.0, 0.0]
      func add(_ mass: Double, at x: Int, _ v: Int) {
        sums[0] += mass * state[v]
        sums[1] += mass * state[v + 1]
        sums[2] += mass * (state[x] * state[v + 1] - state[x + 1] * state[v])
      }
      for i in 0..<n { add(system.masses[i], at: 2 * i, 2 * (n + i)) }
      let layout = BodyLayout(system, start: system.bodyStart)
      for (k, body) in system.bodies.enumerated() {
        add(body.mass, at: layout.position + 2 * k, layout.velocity + 2 * k)
        sums[2] += state[layout.momentum + k]
      }
      return sums
    }
    let before = momenta(try simulation.initialState(system.parameters)), after = momenta(try run(simulation, steps: 8))
    for (first, last) in zip(before, after) { #expect(abs(first - last) < 1e-13, "\(first) became \(last)") }
  }

  @Test("the water pushes a block up by the weight that it displaces")
  func buoyancy() throws {
    let system = FloatingBodySample.system(
      along: 20, deep: 10, block: [8, 4], under: 2, densityRatio: 0.5, gravity: [0, -1], soundSpeed: 10)
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 10, allowsTension: false),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 0.15, precision: .double), fixedTimeStep: 0.001)
    var workspace = simulation.makeWorkspace()
    let forces = try simulation.solidForces(
      try simulation.initialState(system.parameters), system.parameters, StepContext(index: 0, time: 0), in: &workspace)
    let first = system.walls.count
    let lift = (first..<system.solidCount).reduce(0.0) { $0 + forces[2 * $1 + 1] }
    let sideways = (first..<system.solidCount).reduce(0.0) { $0 + forces[2 * $1] }
    let displaced = 8 * 2 * 0.01
    #expect(abs(lift / displaced - 1) < 0.1, "\(lift) N/m for \(displaced)")
    #expect(abs(sideways) < 1e-10)
  }

  // Without the water's push the block would fall 0.125 m, and rise as far with twice of it.
  @Test("in incompressible flow a block floats where it displaces its weight")
  func floating() throws {
    var system = FloatingBodySample.system(
      along: 12, deep: 6, block: [4, 4], under: 2, densityRatio: 0.5, gravity: [0, -1], soundSpeed: 10)
    system.densities = nil
    let simulation = ParticleSimulation(
      system, scheme: Self.incompressible,
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 0.25, precision: .double), fixedTimeStep: 0.02)
    let state = try run(simulation, steps: 25), layout = BodyLayout(system, start: system.bodyStart)
    let risen = state[layout.position + 1] - system.bodies[0].position[1]
    #expect(abs(risen) < 0.03, "\(risen) m")
    #expect(abs(state[layout.position] - system.bodies[0].position[0]) < 1e-3)
  }

  @Test("a body that leaves the box is named")
  func leaving() throws {
    var system = drop
    system.bodies[1].velocity = [0, -2000]
    let failure = #expect(throws: SolveFailure.self) { try run(simulation(system), steps: 3) }
    let words = failure?.description ?? ""
    #expect(failure?.kind == .diverged)
    #expect(words.contains("the body `second` left the domain"))
  }

  @Test("schemes that do not move bodies refuse them")
  func refusal() throws {
    let scheme = ParticleScheme.summation(SummationScheme(soundSpeed: 10))
    let failure = #expect(throws: SolveFailure.self) { try run(simulation(drop, scheme: scheme), steps: 1) }
    #expect(failure?.kind == .unsupported)
  }

  @Test("a free body in space keeps its angular momentum and its energy while it tumbles")
  func tumbling() throws {
    var places: [Double] = []
    for k in 0..<24 {
      let cell = [k % 2, k / 2 % 3, k / 6]
      places += cell.map { Double($0) * 0.1 }
    }
    let body = RigidBody(
      "brick", filling: places, dimension: 3, cellVolume: 0.001, density: 2, angularVelocity: [1, 2, 0.3])
    let system = ParticleSystem(
      box: ParticleBox(lower: [-3, -3, -3], upper: [3, 3, 3], isPeriodic: [false, false, false]),
      fluid: FluidPhase(restDensity: 1), masses: [0.001], positions: [2, 2, 2], velocities: [0, 0, 0], bodies: [body])
    let motion = BodyMotion(system, start: system.bodyStart), parameters = system.parameters
    func energy(_ state: DenseVector) -> Double {
      state.withUnsafeBufferPointer { state in
        parameters.withUnsafeBufferPointer {
          let frame = motion.frame(0, pose: state.baseAddress!, momentum: state.baseAddress!, $0.baseAddress!)
          return (frame.spin * motion.layout.turn(state.baseAddress!, 0, at: motion.layout.momentum)).sum() / 2
        }
      }
    }
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 10), numerics: ChannelSample.numerics(spacing: 0.1),
      integration: .rungeKutta2, fixedTimeStep: 0.01)
    let start = try simulation.initialState(parameters), end = try run(simulation, steps: 100)
    for k in motion.layout.kicked { #expect(abs(start[k] - end[k]) < 1e-14) }
    #expect(abs(energy(end) / energy(start) - 1) < 1e-4)
    let q = (0..<4).map { end[motion.layout.rotation + $0] }
    #expect(abs(q.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12 && abs(q[3]) < 0.999)
  }
}
