import DifferentiableCore
import Synchronization
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Starts of pressure solves")
struct PressureStartTests {
  /// Starts every solve from given numbers, and keeps what it is told.
  private final class Start: PressureStart {
    private struct Heard {
      var solutions: [PressureSystem.Solve: DenseVector] = [:]
      var iterations: [Int] = []
      var errors: [Double] = []
    }

    private let heard = Mutex(Heard())
    let starts: [PressureSystem.Solve: DenseVector]
    let comparesMatrix: Bool

    init(_ starts: [PressureSystem.Solve: DenseVector] = [:], comparesMatrix: Bool = false) {
      self.starts = starts
      self.comparesMatrix = comparesMatrix
    }

    var solutions: [PressureSystem.Solve: DenseVector] { heard.withLock { $0.solutions } }
    var iterations: [Int] { heard.withLock { $0.iterations } }
    var errors: [Double] { heard.withLock { $0.errors } }

    func start(_ system: PressureSystem) -> DenseVector {
      if comparesMatrix, let matrix = try? system.matrix() {
        var generator = SeededGenerator(seed: 3)
        let x = generator.vector(count: system.rightSide.count)
        var image = matrix.apply(x)
        if !system.isBounded {
          let mean = image.sum / Double(image.count)
          image = DenseVector(image.elements.map { $0 - mean })
        }
        let found = system.apply(x)
        heard.withLock { $0.errors.append((found - image).norm / image.norm) }
      }
      return starts[system.solve] ?? .zero
    }

    func hear(_ multipliers: DenseVector, of system: PressureSystem, iterations: Int) {
      heard.withLock {
        $0.solutions[system.solve] = multipliers
        $0.iterations.append(iterations)
      }
    }
  }

  private func simulation(hasLid: Bool, _ iteration: PressureIteration = .conjugateGradients) -> ParticleSimulation {
    ParticleSimulation(
      ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [1, -1], hasLid: hasLid),
      scheme: IncompressibleScheme(
        extent: hasLid ? .filled : .freeSurface, longestTimeStep: 0.01, densityTolerance: 1e-4,
        divergenceTolerance: 1e-4, maxIterations: 20_000, iteration: iteration),
      numerics: ChannelSample.numerics(spacing: 0.25), fixedTimeStep: 0.01)
  }

  /// Relaxed Jacobi iterations of a filled box are for release builds.
  private static func iterations(_ hasLid: Bool) -> [PressureIteration] {
    hasLid ? [.conjugateGradients] : [.conjugateGradients, .relaxedJacobi(weight: 0.5)]
  }

  private func step(_ simulation: ParticleSimulation) throws -> (DenseVector, PressureReport) {
    let parameters = VortexSample.disordered(simulation.system)
    var workspace = simulation.makeWorkspace()
    var state = try simulation.initialState(parameters)
    try simulation.advance(
      &state, parameters, StepContext(index: 0, time: 0, timeStep: 0.01), in: &workspace)
    return (state, try #require(workspace.pressureReport))
  }

  @Test("the matrix is the operator of the sweeps", arguments: [false, true])
  func matrix(_ hasLid: Bool) throws {
    let start = Start(comparesMatrix: true)
    var simulation = simulation(hasLid: hasLid)
    simulation.pressureStart = start
    _ = try step(simulation)
    #expect(start.errors.count == 2)
    #expect(start.errors.allSatisfy { $0 < 1e-12 }, "\(start.errors)")
  }

  @Test("a solve from its solution ends at once", arguments: [false, true])
  func solution(_ hasLid: Bool) throws {
    for iteration in Self.iterations(hasLid) {
      var simulation = simulation(hasLid: hasLid, iteration)
      let (plain, _) = try step(simulation)
      let first = Start()
      simulation.pressureStart = first
      let (asked, report) = try step(simulation)
      #expect(plain == asked, "who gives no start changes no bit")
      #expect(first.iterations == [report.density, report.divergence] && report.density > 0)
      #expect(report.products >= report.density + report.divergence)
      let again = Start(first.solutions.mapValues { $0.scaled(by: 1 + 1e-9) })
      simulation.pressureStart = again
      let (state, second) = try step(simulation)
      #expect(again.iterations.reduce(0, +) <= 2, "\(again.iterations) after \(first.iterations)")
      #expect((state - plain).largestMagnitude < 1e-5)
      #expect(second.products < report.products)
    }
  }

  @Test("a start far off is led to the tolerance; one that is no number is left out", arguments: [false, true])
  func farOff(_ hasLid: Bool) throws {
    for iteration in Self.iterations(hasLid) {
      var simulation = simulation(hasLid: hasLid, iteration)
      let plain = try step(simulation).0
      var generator = SeededGenerator(seed: 4)
      let count = simulation.system.particleCount
      let rough = generator.vector(count: count, in: -1e-3...1e-3)
      simulation.pressureStart = Start([.density: rough, .divergence: rough])
      let (state, report) = try step(simulation)
      #expect(state != plain && state.isFinite)
      #expect(report.densityResidual <= 1e-4 && report.divergenceResidual <= 1e-4)
      let none = DenseVector(repeating: .nan, count: count)
      simulation.pressureStart = Start([.density: none, .divergence: none])
      #expect(try step(simulation).0 == plain)
    }
  }

  @Test("a gradient asks for no starts")
  func gradient() throws {
    var simulation = simulation(hasLid: false)
    let start = Start()
    simulation.pressureStart = start
    let rollout = Rollout(simulation, until: .steps(2))
    var workspace = rollout.makeWorkspace()
    let linearization = try rollout.linearize(at: simulation.system.parameters, in: &workspace)
    let heard = start.iterations.count
    _ = try linearization.pullback(linearization.state)
    #expect(heard == 4 && start.iterations.count == 4)
  }
}
