import DifferentiableCore
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Inlets, outlets and tools")
struct OpenFlowTests {
  private func run(_ system: ParticleSystem, steps: Int) throws -> DenseVector {
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 10, artificialViscosity: 0.1),
      numerics: ChannelSample.numerics(spacing: 0.25), integration: .verlet, fixedTimeStep: 0.01)
    let rollout = Rollout(simulation, until: .steps(steps))
    var workspace = rollout.makeWorkspace()
    return try rollout.solve(system.parameters, in: &workspace)
  }

  @Test("an even flow stays even while columns enter and leave")
  func evenFlow() throws {
    let system = OpenChannelSample.system(along: 6, across: 4, speed: 1, parked: 8)
    let n = system.particleCount, state = try run(system, steps: 60)
    // In 0.6 s two columns of four enter and two leave, one after the other.
    let flowing = (0..<n).filter { state[4 * n + $0] != 0 }
    #expect((n - 8 - 4...n - 8 + 4).contains(flowing.count))
    for i in flowing {
      #expect(abs(state[2 * n + 2 * i] - 1) < 0.02 && abs(state[2 * n + 2 * i + 1]) < 0.02)
      #expect(abs(state[4 * n + i] - 1) < 0.002)
    }
    let entered = (n - 8..<n).filter { state[4 * n + $0] != 0 }
    // The second column took the places of the first that left.
    #expect(entered.count == 4)
  }

  @Test("beyond an outlet under a surface the pressure is that of rest, and the flow keeps its speed")
  func hydrostaticOutlet() throws {
    func flow(under surface: Double?) throws -> (fastest: Double, worst: Double) {
      var system = OpenChannelSample.system(along: 6, across: 4, speed: 1, parked: 8)
      system.gravity = [0, -2]
      func density(_ y: Double) -> Double { 1 + 2 * max(0, 1 - y) / 100 }
      let n = system.particleCount
      system.densities = (0..<n).map { density(system.positions[2 * $0 + 1]) }
      system.openFlow?.boundaries[1].surface = surface
      let state = try run(system, steps: 40)
      var fastest = 0.0, worst = 0.0
      for i in 0..<n where state[4 * n + i] != 0 {
        fastest = max(fastest, state[2 * n + 2 * i])
        if state[2 * i] > 1.5 { worst = max(worst, abs(state[4 * n + i] - density(state[2 * i + 1]))) }
      }
      return (fastest, worst)
    }
    let held = try flow(under: 1), free = try flow(under: nil)
    #expect(held.fastest < 1.05 && free.fastest > 1.2, "\(held.fastest), \(free.fastest) m/s")
    #expect(held.worst < 0.004 && free.worst > 0.01, "\(held.worst), \(free.worst) kg/m^3")
  }

  @Test("a history of equal speeds is the speed, and one that rises lets more water in")
  func inflowHistory() throws {
    func flow(_ coefficients: [Double]?, _ initial: Double = 1) throws -> DenseVector {
      var system = OpenChannelSample.system(along: 6, across: 4, speed: initial, parked: 16)
      system.openFlow?.boundaries[0].history = coefficients.map { InflowHistory(coefficients: $0, duration: 0.6) }
      return try run(system, steps: 60)
    }
    let held = try flow(nil), n = held.count / 5
    for (a, b) in zip(try flow([1, 1, 1, 1, 1]).elements, held.elements) { #expect(abs(a - b) < 1e-9) }
    let history = InflowHistory(coefficients: [1, 1.1, 1.3, 1.4, 1.4, 1.4], duration: 0.6)
    let faster = try flow(history.coefficients)
    // Beyond the plane all move with the speed of the time, and whatever began there has gone as far as the inflow has.
    for i in 0..<n where faster[4 * n + i] != 0 && faster[2 * i] < 0 {
      #expect(abs(faster[2 * n + 2 * i] - history.speed(at: 0.6)) < 1e-12)
    }
    func entered(_ state: DenseVector) -> Int { (n - 16..<n).count { state[4 * n + $0] != 0 } }
    #expect(entered(faster) >= entered(held))
    func meanSpeed(_ state: DenseVector) -> Double {
      let flowing = (0..<n).filter { state[4 * n + $0] != 0 }
      return flowing.reduce(0.0) { $0 + state[2 * n + 2 * $1] } / Double(flowing.count)
    }
    #expect(meanSpeed(faster) > 1.2 && abs(meanSpeed(held) - 1) < 0.02)
  }

  @Test("an inlet without particles left says so")
  func exhaustion() throws {
    let system = OpenChannelSample.system(along: 6, across: 4, speed: 1, parked: 0)
    let failure = #expect(throws: SolveFailure.self) { try run(system, steps: 40) }
    let words = failure?.description ?? ""
    #expect(words.contains("no particle is left to enter through the inlet `left`"))
  }

  @Test("a fluid of parked particles only is no fluid")
  func empty() throws {
    var system = OpenChannelSample.system(along: 6, across: 4, speed: 1, parked: 0)
    let count = system.particleCount
    system.openFlow?.parked = count
    #expect(throws: SolveFailure.self) { try run(system, steps: 1) }
  }

  @Test("the velocity of a tool is the derivative of where it is")
  func toolVelocity() throws {
    var system = ChannelSample.system(along: 4, across: 3, gravity: [0, 0, 0])
    var generator = SeededGenerator(seed: 3)
    system.walls.motions = [
      PrescribedMotion(
        of: 0..<system.walls.count, pivot: [0.1, 0.2, 0.3], axis: [1, 2, -0.5],
        translation: generator.vector(count: 18).elements, rotation: generator.vector(count: 6).elements, duration: 1)
    ]
    system.box = ParticleBox(lower: [-9, -9, -9], upper: [9, 9, 9], isPeriodic: [false, false, false])
    let particles = WalledParticles(system), parameters = system.parameters, first = 3 * system.particleCount
    func place(_ time: Double) -> (position: [Double], velocity: [Double]) {
      parameters.withUnsafeBufferPointer { particles.place($0.baseAddress!, $0.baseAddress!, time: time) }
      let count = 3 * system.walls.count
      return (
        (0..<count).map { particles.positions[first + $0] }, (0..<count).map { particles.velocities[first + $0] }
      )
    }
    let before = place(0.43), at = place(0.43 + 1e-5), after = place(0.43 + 2e-5)
    for k in at.velocity.indices {
      #expect(abs((after.position[k] - before.position[k]) / 2e-5 - at.velocity[k]) < 1e-6)
    }
    #expect(place(1.5).velocity.allSatisfy { $0 == 0 }, "it rests afterwards")
  }

  @Test("beyond the plane of an inlet but beside its opening there is fluid as everywhere")
  func besideAnOpening() {
    var nozzle = OpenBoundary("nozzle", .inlet, axis: 1, isUpper: false, plane: 0, depth: 0.3)
    nozzle.opening = (lower: [0.4, 0], upper: [0.6, 0])
    let flow = OpenFlow(boundaries: [nozzle], parked: 0)
    func role(_ x: Double, _ y: Double) -> FluidRole { flow.role([x, y], density: 1) }
    #expect(role(0.5, -0.1) == .entering && role(0.5, 0.1) == .inside)
    #expect(role(0.7, -0.1) == .inside && role(0.3, -0.5) == .inside)
  }
}
