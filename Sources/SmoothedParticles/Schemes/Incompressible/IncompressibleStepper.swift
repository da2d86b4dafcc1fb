import DifferentiableCore
import Foundation

/// The steps of `IncompressibleScheme`; its adjoint is in a file of its own.
///
/// Fluid, wall and body particles are sorted together, in this order before sorting. Vectors of the solves have one entry a
/// sorted place, zero at solids. M⁻¹ is the inverse mass of a fluid particle, zero for walls, and for bodies what an impulse
/// on each of their particles does to the velocities of all of them.
final class IncompressibleStepper<L: PairLanes, D: SpaceDimension>: ParticleStepper {
  typealias Scalar = L.Scalar
  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  let system: ParticleSystem
  let scheme: IncompressibleScheme
  let grid: CellGrid
  let kernel: KernelLanes<L>
  let offsets: ParameterOffsets
  let bodyForce: BodyForce
  let particles: WalledParticles
  let fields: IncompressibleFields<Scalar>
  let solver: PressureSolver
  let fluidCount: Int
  let count: Int
  let dimension: Int
  /// σ of the scheme.
  let give: Double
  /// Σ V W on a lattice. Masses are divided by it, so that a lattice has the density of rest.
  let crowding: Double
  let added: AddedForces<L, D>?
  let bodies: CoupledBodies<L, D>?
  var seeds: IncompressibleSeeds<Scalar>?
  var report = PressureReport()
  let numerics: ParticleNumerics
  /// Asked for starts of the solves of steps forward.
  private let start: (any PressureStart)?
  private var isForward = false

  /// One where a multiplier may differ from zero.
  let mask: Vector
  let rightSide: Vector
  /// The multipliers of both solves, and those of the adjoint.
  let kappa: Vector
  let lambda: Vector
  let mu: Vector
  /// `[position | velocity]` between the solves, with its bodies where a state has them, and the fluid's seed.
  let midway: Vector
  let midwaySeed: Vector

  init(
    _ system: ParticleSystem, _ scheme: IncompressibleScheme, _ numerics: ParticleNumerics,
    start: (any PressureStart)? = nil
  ) {
    self.system = system
    self.scheme = scheme
    self.numerics = numerics
    self.start = start
    fluidCount = system.particleCount
    count = fluidCount + system.solidCount
    dimension = system.dimension
    grid = CellGrid(box: system.box, support: numerics.support)
    kernel = KernelLanes(numerics.kernel, smoothingLength: numerics.smoothingLength, dimension: dimension)
    offsets = ParameterOffsets(system)
    bodyForce = BodyForce(system)
    particles = WalledParticles(system)
    added = AddedForces(system, numerics)
    fields = IncompressibleFields(count: count, dimension: dimension)
    solver = PressureSolver(count: count)
    let crowding = numerics.latticeSum(
      spacing: pow(system.masses.reduce(0, max) / system.fluid.restDensity, 1 / Double(dimension)),
      dimension: dimension)
    self.crowding = crowding
    bodies = particles.bodies.map {
      CoupledBodies(
        $0, system, crowding: crowding, contactSpeed: 0.5 * system.spacing / scheme.longestTimeStep)
    }
    give = scheme.compliance * numerics.meanSquaredSlope(dimension: dimension) * system.fluid.restDensity
    func vector(_ entries: Int) -> Vector {
      let pointer = Vector.allocate(capacity: max(1, entries))
      pointer.initialize(repeating: 0, count: max(1, entries))
      return pointer
    }
    mask = vector(count)
    rightSide = vector(count)
    kappa = vector(count)
    lambda = vector(count)
    mu = vector(count)
    midway = vector(bodies?.motion.layout.end ?? 2 * fluidCount * dimension)
    midwaySeed = vector(2 * fluidCount * dimension)
  }

  deinit {
    for vector in [mask, rightSide, kappa, lambda, mu, midway, midwaySeed] { vector.deallocate() }
  }

  var pressureReport: PressureReport? { report }

  var sortedPositions: SortedPositions<L> {
    SortedPositions(x: fields.position.x.values, y: fields.position.y.values, z: fields.position.z.values)
  }

  func advance(_ y: Vector, _ parameters: Values, time: Double, step dt: Double) throws(SolveFailure) {
    report = PressureReport()
    isForward = true
    defer { isForward = false }
    try keepDensity(y, parameters, time: time, step: dt)
    try removeDivergence(parameters, time: time, step: dt)
    y.update(from: midway, count: fluidCount * dimension)
    scatter(fields.velocity, into: y + fluidCount * dimension)
    bodies?.store(into: y)
    let densities = y + 2 * fluidCount * dimension
    for s in 0..<count {
      let i = Int(grid.order[s])
      if i < fluidCount { densities[i] = Double(fields.density.pointer[s]) }
    }
  }

  /// From a state to positions after the step and velocities that keep the density, in `midway`.
  func keepDensity(_ y: Values, _ parameters: Values, time: Double, step dt: Double) throws(SolveFailure) {
    try place(y, parameters, time: time)
    let viscosity = parameters[offsets.viscosity], gravity = bodyForce.value(parameters, time: time)
    if viscosity != 0 {
      rub(strength: frictionPerViscosity(dt) * viscosity)
      fields.velocity.add(fields.push, times: 1, count: count)
    }
    bodies?.push(grid, sortedPositions, friction: fields.push, mass: fields.mass, gravity: gravity, step: dt)
    bodies?.giveVelocities(to: fields.velocity)
    for s in 0..<count where fields.fluid.pointer[s] > 0 {
      fields.velocity.x.pointer[s] += Scalar(dt * gravity[0])
      if dimension > 1 { fields.velocity.y.pointer[s] += Scalar(dt * gravity[1]) }
      if dimension > 2 { fields.velocity.z.pointer[s] += Scalar(dt * gravity[2]) }
    }
    try addForces(y, parameters, time: time, step: dt)
    sumDensities()
    maskFluid()
    rateOfDensity(of: fields.velocity)
    let rest = system.fluid.restDensity, pace = scheme.densityRelaxation / dt
    for s in 0..<count {
      rightSide[s] =
        mask[s] * (Double(fields.rate.pointer[s]) + pace * (Double(fields.density.pointer[s]) - rest))
    }
    report.density = try project(
      .density, into: kappa, tolerance: scheme.densityTolerance, purpose: "density solve", step: dt)
    report.densityResidual = solver.residualOverTolerance * scheme.densityTolerance
    scatter(fields.velocity, into: midway + fluidCount * dimension)
    let coordinates = fluidCount * dimension
    for k in 0..<coordinates { midway[k] = y[k] + dt * midway[coordinates + k] }
    if shifts {
      let factor = shiftingFactor(dt)
      for s in 0..<count { mu[s] = factor * Double(fields.mass.pointer[s]) }
      push(by: mu)
      grid.order.withUnsafeBufferPointer { order in
        fields.push.multiply(count: count) { _ in -1 }
        particles.clearSeeds()
        fields.push.scatter(adding: particles.seeds, order: order.baseAddress!, count: count, dimension: dimension)
      }
      for k in 0..<coordinates { midway[k] += particles.seeds[k] }
    }
    system.box.wrap(midway, count: fluidCount)
    bodies?.drift(from: y, into: midway, by: dt)
  }

  /// What friction changes velocities by, into `fields.push`.
  func rub(strength: Double) {
    grid.sweep(
      sortedPositions,
      LaminarFriction<L, D>(
        kernel: kernel, strength: Scalar(strength), mass: fields.mass.values, fluid: fields.fluid.values,
        moves: fields.moves.values, grip: fields.grip.values, velocity: fields.felt, change: fields.push))
  }

  private func addForces(_ y: Values, _ parameters: Values, time: Double, step dt: Double) throws(SolveFailure) {
    guard let added else { return }
    particles.clearSeeds()
    try added.add(y, parameters, time: time, to: particles.seeds)
    grid.order.withUnsafeBufferPointer { order in
      fields.push.gather(
        particles.seeds, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
    fields.velocity.add(fields.push, times: Scalar(dt), count: count)
  }

  /// 2 dt/ρ0 for masses that are not divided.
  func frictionPerViscosity(_ dt: Double) -> Double { 2 * dt * crowding / system.fluid.restDensity }

  var shifts: Bool { scheme.extent == .filled && scheme.shiftingSpeed != 0 }

  /// The shift is -M⁻¹Dᵀ of the masses times this, over which D counts each neighbour twice.
  func shiftingFactor(_ dt: Double) -> Double {
    let rest = system.fluid.restDensity
    let spacing = pow(system.masses.reduce(0, max) / rest, 1 / Double(dimension))
    return 0.5 * scheme.shiftingSpeed * dt * spacing / rest
  }

  /// From `midway` to sorted velocities that keep the density's rate at zero, if the scheme has a solve for it.
  func removeDivergence(_ parameters: Values, time: Double, step dt: Double) throws(SolveFailure) {
    try place(midway, parameters, time: time + dt)
    sumDensities()
    if scheme.solves == .density { return }
    maskFluid()
    rateOfDensity(of: fields.velocity)
    for s in 0..<count {
      rightSide[s] = mask[s] * (Double(fields.rate.pointer[s]) - slack(s) / dt)
    }
    report.divergence = try project(
      .divergence, into: lambda, tolerance: scheme.divergenceTolerance, purpose: "divergence solve", step: dt)
    report.divergenceResidual = solver.residualOverTolerance * scheme.divergenceTolerance
  }

  /// What a particle with a free surface near lacks of its density, kg/m³: spray may come together. A thousandth does not
  /// count, so that the kink lies apart from the densities that the first solve leaves.
  func slack(_ place: Int) -> Double {
    if scheme.extent == .filled { return 0 }
    return max(0.999 * system.fluid.restDensity - Double(fields.density.pointer[place]), 0)
  }

  /// Sorts, and reads positions, velocities and what kind each particle is.
  func place(_ y: Values, _ parameters: Values, time: Double) throws(SolveFailure) {
    particles.place(y, parameters, time: time)
    try grid.sort(particles.positions, count: count, name: particles.name)
    bodies?.sort(grid, y, parameters)
    let firstBody = fluidCount + system.walls.count
    let slides = system.walls.motion == .sliding
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!, f = fields
      f.position.gather(particles.positions, order: order, count: count, dimension: dimension, origin: system.box.lower)
      f.velocity.gather(particles.velocities, order: order, count: count, dimension: dimension, origin: [])
      f.felt.copy(f.velocity, count: count)
      f.push.clear(count: count)
      for s in 0..<count {
        let i = Int(order[s]), isFluid = i < fluidCount, mass = Scalar(particles.masses[i] / crowding)
        f.mass.pointer[s] = mass
        f.inverseMass.pointer[s] = isFluid ? 1 / mass : 0
        f.fluid.pointer[s] = isFluid ? 1 : 0
        f.moves.pointer[s] = isFluid || i >= firstBody ? 1 : 0
        f.response.pointer[s] = isFluid ? 1 / mass : f.moves.pointer[s]
        f.rate.pointer[s] = 0
        f.grip.pointer[s] = isFluid || system.walls.friction == .noSlip ? 1 : 0
      }
      if slides { f.velocity.multiply(count: count) { f.moves.pointer[$0] } }
    }
  }

  func sumDensities() {
    grid.sweep(
      sortedPositions,
      SummationDensity<L, D>(kernel: kernel, mass: fields.mass.values, density: fields.density.pointer))
  }

  func maskFluid() {
    for s in 0..<count { mask[s] = Double(fields.fluid.pointer[s]) }
  }

  /// D of a velocity field, into `fields.rate`.
  func rateOfDensity(of velocity: SortedVectors<Scalar>) {
    grid.sweep(
      sortedPositions,
      DensityRate<L, D>(
        kernel: kernel, mass: fields.mass.values, fluid: fields.fluid.values, velocity: velocity,
        rate: fields.rate.pointer))
  }

  /// M⁻¹Dᵀ of multipliers, into `fields.push`.
  func push(by multipliers: Vector) {
    for s in 0..<count { fields.multiplier.pointer[s] = Scalar(multipliers[s]) }
    grid.sweep(
      sortedPositions,
      DensityRateTransposed<L, D>(
        kernel: kernel, mass: fields.mass.values, multiplier: fields.multiplier.values,
        factor: fields.response.values, result: fields.push))
    bodies?.respond(to: fields.push)
  }

  /// (D M⁻¹ Dᵀ + σ) x on the mask.
  func applyOperator(_ x: Vector, _ y: Vector) {
    report.products += 1
    push(by: x)
    rateOfDensity(of: fields.push)
    for s in 0..<count { y[s] = mask[s] * (Double(fields.rate.pointer[s]) + give * x[s]) }
    removeMean(y)
  }

  /// Takes the mean over the mask away where the fluid fills its container.
  func removeMean(_ x: Vector) {
    if scheme.extent == .freeSurface { return }
    var sum = 0.0, entries = 0.0
    for s in 0..<count {
      sum += mask[s] * x[s]
      entries += mask[s]
    }
    let mean = entries > 0 ? sum / entries : 0
    for s in 0..<count { x[s] -= mask[s] * mean }
  }

  /// Solves for the right-hand side and takes the impulse from the velocities. Returns the iterations.
  private func project(
    _ solve: PressureSystem.Solve, into multipliers: Vector, tolerance: Double, purpose: String, step dt: Double
  ) throws(SolveFailure) -> Int {
    removeMean(rightSide)
    let limits = PressureSolver.Limits(
      tolerance: tolerance * system.fluid.restDensity / dt * Double(fluidCount).squareRoot(),
      maxIterations: scheme.maxIterations, purpose: purpose)
    let isBounded = scheme.extent == .freeSurface
    let asked = isForward ? start.map { ($0, pressureSystem(solve, limits, step: dt)) } : nil
    let isStarted = asked.map { begin(multipliers, at: $0.start($1), isBounded: isBounded) } ?? false
    if case .relaxedJacobi(let weight) = scheme.iteration {
      findDiagonal()
      try solver.relax(
        { self.applyOperator($0, $1) }, rightSide, into: multipliers, weight: weight, diagonal: mu,
        isBounded: isBounded, project: { self.removeMean($0) }, isStarted: isStarted, limits)
    } else {
      try self.solve(into: multipliers, isBounded: isBounded, isStarted: isStarted, limits)
    }
    if let (start, system) = asked { start.hear(unsorted(multipliers), of: system, iterations: solver.iterations) }
    push(by: multipliers)
    fields.velocity.add(fields.push, times: -1, count: count)
    bodies?.takeImpulse()
    return solver.iterations
  }

  /// Of the operator, into `mu`; one at walls, and a hundredth of that deep in the fluid at least.
  func findDiagonal() {
    grid.sweep(
      sortedPositions,
      PressureDiagonal<L, D>(
        kernel: kernel, mass: fields.mass.values, inverseMass: fields.inverseMass.values, fluid: fields.fluid.values,
        diagonal: fields.multiplier.pointer))
    let least = 0.01 * give / scheme.compliance
    for s in 0..<count {
      mu[s] = fields.fluid.pointer[s] > 0 ? max(Double(fields.multiplier.pointer[s]), least) + give : 1
    }
  }

  func solve(into x: Vector, isBounded: Bool, isStarted: Bool = false, _ limits: PressureSolver.Limits)
    throws(SolveFailure)
  {
    if isBounded {
      try solver.solveBounded({ self.applyOperator($0, $1) }, rightSide, into: x, isStarted: isStarted, limits)
    } else {
      try solver.solve({ self.applyOperator($0, $1) }, rightSide, into: x, isStarted: isStarted, limits)
    }
  }

  /// Fluid's sorted vectors as `[fluidCount, dimension]`.
  func scatter(_ vectors: SortedVectors<Scalar>, into values: Vector) {
    for s in 0..<count {
      let i = Int(grid.order[s])
      if i >= fluidCount { continue }
      let p = values + i &* dimension
      p[0] = Double(vectors.x.pointer[s])
      if dimension > 1 { p[1] = Double(vectors.y.pointer[s]) }
      if dimension > 2 { p[2] = Double(vectors.z.pointer[s]) }
    }
  }
}
