import DifferentiableCore

/// The rates of `SummationScheme`: acceleration, and the summed density for what reads it.
final class SummationEngine<L: PairLanes, D: SpaceDimension>: RateEngine {
  typealias Scalar = L.Scalar

  private let system: ParticleSystem
  private let scheme: SummationScheme
  private let grid: CellGrid
  private let kernel: KernelLanes<L>
  private let offsets: ParameterOffsets
  private let bodyForce: BodyForce
  private let count: Int
  private let dimension: Int

  private let position: SortedVectors<Scalar>
  private let velocity: SortedVectors<Scalar>
  private let force: SortedVectors<Scalar>
  private let mass: SortedField<Scalar>
  private let density: SortedField<Scalar>
  private let pressure: SortedField<Scalar>
  private let squaredVolume: SortedField<Scalar>
  private let shifting: ShiftFields<L, D>?
  private let added: AddedForces<L, D>?
  private var reverse: ReverseFields?

  /// What only the reverse sweep needs.
  private struct ReverseFields {
    let pressureSlope: SortedField<Scalar>
    let densitySeed: SortedField<Scalar>
    let viscositySeed: SortedField<Scalar>
    let seed: SortedVectors<Scalar>
    let velocitySeed: SortedVectors<Scalar>
    let positionSeed: SortedVectors<Scalar>

    init(count: Int, dimension: Int) {
      pressureSlope = SortedField(count: count)
      densitySeed = SortedField(count: count)
      viscositySeed = SortedField(count: count)
      seed = SortedVectors(count: count, dimension: dimension)
      velocitySeed = SortedVectors(count: count, dimension: dimension)
      positionSeed = SortedVectors(count: count, dimension: dimension)
    }
  }

  init(_ system: ParticleSystem, _ scheme: SummationScheme, _ numerics: ParticleNumerics) {
    self.system = system
    self.scheme = scheme
    count = system.particleCount
    dimension = system.dimension
    grid = CellGrid(box: system.box, support: numerics.support, lanes: L.count)
    kernel = KernelLanes(numerics.kernel, smoothingLength: numerics.smoothingLength, dimension: dimension)
    offsets = ParameterOffsets(system)
    bodyForce = BodyForce(system)
    position = SortedVectors(count: count, dimension: dimension)
    velocity = SortedVectors(count: count, dimension: dimension)
    force = SortedVectors(count: count, dimension: dimension)
    mass = SortedField(count: count)
    density = SortedField(count: count)
    pressure = SortedField(count: count)
    squaredVolume = SortedField(count: count)
    added = AddedForces(system, numerics)
    shifting = scheme.shifting.map {
      ShiftFields(
        $0, numerics, soundSpeed: scheme.soundSpeed, restDensity: system.fluid.restDensity, spacing: system.spacing,
        count: system.particleCount, dimension: system.dimension)
    }
  }

  private var sortedPositions: SortedPositions<L> {
    SortedPositions(x: position.x.values, y: position.y.values, z: position.z.values)
  }

  /// Sorts, sums the densities (or takes those known), and prepares what the forces read.
  private func prepare(_ state: UnsafePointer<Double>, densities: UnsafePointer<Double>?) throws(SolveFailure) {
    try grid.sort(state, count: count)
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      position.gather(state, order: order, count: count, dimension: dimension, origin: system.box.lower)
      velocity.gather(state + count * dimension, order: order, count: count, dimension: dimension, origin: [])
      system.masses.withUnsafeBufferPointer { masses in
        for s in 0..<count { mass.pointer[s] = Scalar(masses[Int(order[s])]) }
      }
    }
    if let densities {
      grid.order.withUnsafeBufferPointer { order in
        for s in 0..<count { density.pointer[s] = Scalar(densities[Int(order[s])]) }
      }
    } else {
      grid.sweep(
        sortedPositions, SummationDensity<L, D>(kernel: kernel, mass: mass.values, density: density.pointer))
    }
    for s in 0..<count {
      let rho = density.pointer[s], volume = mass.pointer[s] / rho
      squaredVolume.pointer[s] = volume * volume
      pressure.pointer[s] = Scalar(
        scheme.equationOfState.pressure(
          Double(rho), restDensity: system.fluid.restDensity, soundSpeed: scheme.soundSpeed))
    }
  }

  func rates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, densities: nil)
    grid.sweep(
      sortedPositions,
      PressureViscosityForce<L, D>(
        kernel: kernel, twiceViscosity: Scalar(2 * parameters[offsets.viscosity]), velocity: velocity,
        density: density.values, pressure: pressure.values, squaredVolume: squaredVolume.values, force: force))
    if let shifting {
      shifting.find(grid, sortedPositions, masses: system.masses, fluidCount: count)
      shifting.store(grid, into: rates, dimension: dimension)
      shifting.carry(grid, sortedPositions, velocity: velocity)
      force.add(shifting.acceleration, times: mass, count: count)
    }
    let coordinates = count * dimension
    let acceleration = rates + coordinates, summed = rates + 2 * coordinates
    let gravity = bodyForce.value(parameters, time: time)
    grid.order.withUnsafeBufferPointer { order in
      for s in 0..<count {
        let i = Int(order[s]), p = acceleration + i &* dimension
        let inverseMass = 1 / Double(mass.pointer[s])
        p[0] = Double(force.x.pointer[s]) * inverseMass + gravity[0]
        if dimension > 1 { p[1] = Double(force.y.pointer[s]) * inverseMass + gravity[1] }
        if dimension > 2 { p[2] = Double(force.z.pointer[s]) * inverseMass + gravity[2] }
        summed[i] = Double(density.pointer[s])
      }
    }
    try added?.add(state, parameters, time: time, to: acceleration)
  }

  func pullRates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    assigned: UnsafePointer<Double>?, rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, densities: assigned)
    let fields = reverse ?? ReverseFields(count: count, dimension: dimension)
    reverse = fields
    let coordinates = count * dimension
    let accelerationSeed = rateSeed + coordinates, summedSeed = rateSeed + 2 * coordinates
    var gravitySeed = [0.0, 0.0, 0.0]
    grid.order.withUnsafeBufferPointer { order in
      fields.seed.gather(accelerationSeed, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
      for s in 0..<count {
        let inverseMass = 1 / mass.pointer[s]
        fields.seed.x.pointer[s] *= inverseMass
        fields.seed.y.pointer[s] *= inverseMass
        if dimension > 2 { fields.seed.z.pointer[s] *= inverseMass }
        fields.pressureSlope.pointer[s] = Scalar(
          scheme.equationOfState.slope(
            Double(density.pointer[s]), restDensity: system.fluid.restDensity, soundSpeed: scheme.soundSpeed))
      }
      for axis in 0..<dimension {
        var sum = 0.0
        for k in stride(from: axis, to: coordinates, by: dimension) { sum += accelerationSeed[k] }
        gravitySeed[axis] = sum
      }
    }
    grid.sweep(
      sortedPositions,
      PressureViscosityForceAdjoint<L, D>(
        kernel: kernel, twiceViscosity: Scalar(2 * parameters[offsets.viscosity]), velocity: velocity,
        density: density.values, pressure: pressure.values, squaredVolume: squaredVolume.values, seed: fields.seed,
        pressureSlope: fields.pressureSlope.values, positionSeed: fields.positionSeed,
        velocitySeed: fields.velocitySeed, densitySeed: fields.densitySeed.pointer,
        viscositySeed: fields.viscositySeed.pointer))
    if let shifting {
      shifting.find(grid, sortedPositions, masses: system.masses, fluidCount: count)
      shifting.pull(
        grid, sortedPositions, velocity: velocity, rateSeed: rateSeed, seed: fields.seed,
        positionSeed: fields.positionSeed, velocitySeed: fields.velocitySeed, dimension: dimension)
    }
    var viscositySum = 0.0
    grid.order.withUnsafeBufferPointer { order in
      for s in 0..<count {
        fields.densitySeed.pointer[s] += Scalar(summedSeed[Int(order[s])])
        viscositySum += Double(fields.viscositySeed.pointer[s])
      }
    }
    grid.sweep(
      sortedPositions,
      SummationDensityAdjoint<L, D>(
        kernel: kernel, mass: mass.values, seed: fields.densitySeed.values, positionSeed: fields.positionSeed))
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      fields.positionSeed.scatter(adding: stateSeed, order: order, count: count, dimension: dimension)
      fields.velocitySeed.scatter(adding: stateSeed + coordinates, order: order, count: count, dimension: dimension)
    }
    try added?.pull(state, parameters, time: time, seed: accelerationSeed, into: stateSeed, gradient: gradient)
    bodyForce.pull(gravitySeed, time: time, into: gradient)
    // Each pair was seen from both sides, and 2ν counts twice.
    gradient[offsets.viscosity] += viscositySum
  }
}
