import DifferentiableCore
import Foundation

/// What is simulated, apart from how: the box, the fluid, its particles' masses and where and how fast they begin.
public struct ParticleSystem: Sendable {
  public var box: ParticleBox
  public var fluid: FluidPhase
  /// kg, one a particle.
  public var masses: [Double]
  /// m, `[particleCount, dimension]`
  public var positions: [Double]
  /// m/s, `[particleCount, dimension]`
  public var velocities: [Double]
  /// m/s², one an axis.
  public var gravity: [Double]
  /// kg/m³, one a particle, for schemes that integrate the density; the rest density where nil.
  public var densities: [Double]?
  public var walls: WallParticles
  /// Added to gravity where given.
  public var accelerationHistory: AccelerationHistory?
  /// Rigid bodies that the fluid moves; for schemes that integrate the density.
  public var bodies: [RigidBody]
  /// Inlets and outlets, for schemes that integrate the density; nil for none.
  public var openFlow: OpenFlow?

  public init(
    box: ParticleBox, fluid: FluidPhase, masses: [Double], positions: [Double], velocities: [Double],
    gravity: [Double]? = nil, densities: [Double]? = nil, walls: WallParticles = .none,
    accelerationHistory: AccelerationHistory? = nil, bodies: [RigidBody] = [],
    openFlow: OpenFlow? = nil
  ) {
    let dimension = box.dimension
    precondition(positions.count == masses.count * dimension && velocities.count == positions.count)
    precondition(walls.positions.count == walls.count * dimension)
    precondition(walls.mirrors == nil || walls.mirrors?.count == walls.positions.count)
    precondition(densities == nil || densities?.count == masses.count)
    precondition(fluid.gas == nil || fluid.gas?.internalEnergies.count == masses.count)
    self.box = box
    self.fluid = fluid
    self.masses = masses
    self.positions = positions
    self.velocities = velocities
    self.gravity = gravity ?? [Double](repeating: 0, count: dimension)
    self.densities = densities
    precondition(
      accelerationHistory.map { $0.coefficients.count == $0.count * dimension } ?? true)
    precondition(
      walls.motions.allSatisfy { $0.pivot.count == dimension && $0.particles.upperBound <= walls.count })
    self.walls = walls
    self.accelerationHistory = accelerationHistory
    precondition(bodies.allSatisfy { $0.dimension == dimension })
    self.bodies = bodies
    precondition(openFlow.map { (0...masses.count).contains($0.parked) } ?? true)
    self.openFlow = openFlow
  }

  public var dimension: Int { box.dimension }
  public var particleCount: Int { masses.count }

  /// The parameters a simulation depends on, in order: `density` where the system gives it, `wall-position` and
  /// `wall-velocity` where it has walls, and `wall-mirror` where those have mirror points, `acceleration-history` where it has one, `surface-tension` (cohesion, area and
  /// adhesion) and `rheology` (consistency, exponent and yield stress) where the fluid has them, `heat-capacity-ratio` and
  /// `internal-energy` where it is a gas; where walls have motions `motion-translation` and `motion-rotation`, the splines'
  /// coefficients of one after the other; and where there are bodies `body-density`, `body-position` (of the centre of mass
  /// at the start), `body-rotation` (an angle, or a rotation vector in space), `body-velocity` and `body-angular-velocity`;
  /// where inlets have histories `inflow-history`, the coefficients of one after the other.
  public var parameterBlocks: [Block] {
    var blocks = [
      Block("position", shape: [particleCount, dimension], unit: "m"),
      Block("velocity", shape: [particleCount, dimension], unit: "m/s"),
      Block("gravity", shape: [dimension], unit: "m/s^2"),
      Block("viscosity", shape: [1], unit: "m^2/s"),
    ]
    if densities != nil { blocks.append(Block("density", shape: [particleCount], unit: densityUnit)) }
    if walls.count > 0 {
      blocks.append(Block("wall-position", shape: [walls.count, dimension], unit: "m"))
      blocks.append(Block("wall-velocity", shape: [walls.count, dimension], unit: "m/s"))
      if walls.mirrors != nil { blocks.append(Block("wall-mirror", shape: [walls.count, dimension], unit: "m")) }
    }
    if let accelerationHistory {
      blocks.append(Block("acceleration-history", shape: [accelerationHistory.count, dimension], unit: "m/s^2"))
    }
    if fluid.surfaceTension != nil { blocks.append(Block("surface-tension", shape: [3], unit: "N/m")) }
    if fluid.rheology != nil { blocks.append(Block("rheology", shape: [3], unit: "Pa s^n, 1, Pa")) }
    if fluid.gas != nil {
      blocks.append(Block("heat-capacity-ratio", shape: [1], unit: "1"))
      blocks.append(Block("internal-energy", shape: [particleCount], unit: "J/kg"))
    }
    if !walls.motions.isEmpty {
      let knots = walls.motions.reduce(0) { $0 + $1.knots }
      blocks.append(Block("motion-translation", shape: [knots, dimension], unit: "m"))
      blocks.append(Block("motion-rotation", shape: [knots], unit: "rad"))
    }
    if !bodies.isEmpty {
      let count = bodies.count, turns = dimension == 2 ? 1 : 3
      blocks.append(Block("body-density", shape: [count], unit: densityUnit))
      blocks.append(Block("body-position", shape: [count, dimension], unit: "m"))
      blocks.append(Block("body-rotation", shape: [count, turns], unit: "rad"))
      blocks.append(Block("body-velocity", shape: [count, dimension], unit: "m/s"))
      blocks.append(Block("body-angular-velocity", shape: [count, turns], unit: "rad/s"))
    }
    if !inflowCoefficients.isEmpty {
      blocks.append(Block("inflow-history", shape: [inflowCoefficients.count], unit: "m/s"))
    }
    return blocks
  }

  /// Of the inlets' histories, one after the other, m/s.
  var inflowCoefficients: [Double] {
    openFlow.map { flow in flow.driven.flatMap { flow.boundaries[$0].history?.coefficients ?? [] } } ?? []
  }

  /// Where the coefficients of an inlet's history are among the parameters; nil where there is no such inlet.
  ///
  /// - Parameter inlet: its name.
  public func inflowHistory(of inlet: String) -> Range<Int>? {
    var first = ParameterOffsets(self).inflowHistory
    for place in openFlow?.driven ?? [] {
      guard let boundary = openFlow?.boundaries[place], let history = boundary.history else { continue }
      if boundary.name == inlet { return first..<first + history.coefficients.count }
      first += history.coefficients.count
    }
    return nil
  }

  /// The parameters as the system gives them.
  public var parameters: DenseVector {
    DenseVector(
      positions + velocities + gravity + [fluid.viscosity] + (densities ?? []) + walls.positions + walls.velocities
        + (walls.mirrors ?? []) + (accelerationHistory?.coefficients ?? []) + (fluid.surfaceTension?.parameters ?? [])
        + (fluid.rheology?.parameters ?? []) + (fluid.gas?.parameters ?? []) + walls.motions.flatMap(\.translation)
        + walls.motions.flatMap(\.rotation) + bodies.map(\.density) + bodies.flatMap(\.position)
        + bodies.flatMap(\.rotation) + bodies.flatMap(\.velocity) + bodies.flatMap(\.angularVelocity)
        + inflowCoefficients)
  }

  /// Where the entries of the bodies begin in a state.
  var bodyStart: Int { particleCount * (2 * dimension + 1) }

  /// Where the particles of walls and then of bodies are in a state, `[solidCount, dimension]` m.
  public func solidPositions(_ state: DenseVector, _ parameters: DenseVector, time: Double) -> [Double] {
    let particles = WalledParticles(self)
    state.withUnsafeBufferPointer { state in
      parameters.withUnsafeBufferPointer { particles.place(state.baseAddress!, $0.baseAddress!, time: time) }
    }
    return Array(
      UnsafeBufferPointer(start: particles.positions + particleCount * dimension, count: solidCount * dimension))
  }

  /// Wall particles and those of bodies.
  public var solidCount: Int { walls.count + bodies.reduce(0) { $0 + $1.count } }

  /// The mean distance of particles at rest, m.
  var spacing: Double {
    guard particleCount > 0 else { return 0 }
    return pow(masses.reduce(0, +) / Double(particleCount) / fluid.restDensity, 1 / Double(dimension))
  }

  var densityUnit: String { ["kg/m", "kg/m^2", "kg/m^3"][dimension - 1] }
}
