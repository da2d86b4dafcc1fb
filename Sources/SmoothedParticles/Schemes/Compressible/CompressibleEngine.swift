import DifferentiableCore

/// The rates of `CompressibleScheme`: acceleration, heating, and the summed density for what reads it. The state is
/// `[position | velocity | internal energy | density]`.
final class CompressibleEngine<L: PairLanes, D: SpaceDimension>: RateEngine {
  typealias Scalar = L.Scalar

  private let system: ParticleSystem
  private let scheme: CompressibleScheme
  private let grid: CellGrid
  private let kernel: KernelLanes<L>
  private let smoothingLength: Double
  private let bodyForce: BodyForce
  private let gasStart: Int
  private let count: Int
  private let dimension: Int

  private let position: SortedVectors<Scalar>
  private let velocity: SortedVectors<Scalar>
  private let acceleration: SortedVectors<Scalar>
  private let mass: SortedField<Scalar>
  private let density: SortedField<Scalar>
  private let energy: SortedField<Scalar>
  private let push: SortedField<Scalar>
  private let sound: SortedField<Scalar>
  private let heating: SortedField<Scalar>
  private var reverse: ReverseFields?

  /// What only the reverse sweep needs.
  private struct ReverseFields {
    let seed: SortedVectors<Scalar>
    let heatingSeed: SortedField<Scalar>
    let position: SortedVectors<Scalar>
    let velocity: SortedVectors<Scalar>
    let density: SortedField<Scalar>
    let energy: SortedField<Scalar>
    let push: SortedField<Scalar>
    let sound: SortedField<Scalar>

    init(count: Int, dimension: Int) {
      func vectors() -> SortedVectors<Scalar> { SortedVectors(count: count, dimension: dimension) }
      func field() -> SortedField<Scalar> { SortedField(count: count) }
      seed = vectors()
      heatingSeed = field()
      position = vectors()
      velocity = vectors()
      density = field()
      energy = field()
      push = field()
      sound = field()
    }
  }

  init(_ system: ParticleSystem, _ scheme: CompressibleScheme, _ numerics: ParticleNumerics) {
    self.system = system
    self.scheme = scheme
    count = system.particleCount
    dimension = system.dimension
    smoothingLength = numerics.smoothingLength
    grid = CellGrid(box: system.box, support: numerics.support)
    kernel = KernelLanes(numerics.kernel, smoothingLength: numerics.smoothingLength, dimension: dimension)
    bodyForce = BodyForce(system)
    gasStart = ParameterOffsets(system).gas ?? 0
    let count = count, dimension = dimension
    func vectors() -> SortedVectors<Scalar> { SortedVectors(count: count, dimension: dimension) }
    func field() -> SortedField<Scalar> { SortedField(count: count) }
    position = vectors()
    velocity = vectors()
    acceleration = vectors()
    mass = field()
    density = field()
    energy = field()
    push = field()
    sound = field()
    heating = field()
  }

  private var sortedPositions: SortedPositions<L> {
    SortedPositions(x: position.x.values, y: position.y.values, z: position.z.values)
  }

  private var fields: CompressibleFields<L, D> {
    let h = smoothingLength
    return CompressibleFields(
      kernel: kernel, linear: Scalar(scheme.linearViscosity * h), quadratic: Scalar(scheme.quadraticViscosity * h * h),
      conductivity: Scalar(scheme.conductivity), softening: Scalar(0.01 * h * h), velocity: velocity,
      mass: mass.values, density: density.values, energy: energy.values, push: push.values, sound: sound.values)
  }

  private func prepare(_ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>) throws(SolveFailure) {
    try grid.sort(state, count: count)
    let coordinates = count * dimension, gamma = parameters[gasStart]
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      position.gather(state, order: order, count: count, dimension: dimension, origin: system.box.lower)
      velocity.gather(state + coordinates, order: order, count: count, dimension: dimension, origin: [])
      system.masses.withUnsafeBufferPointer { masses in
        for s in 0..<count { mass.pointer[s] = Scalar(masses[Int(order[s])]) }
      }
    }
    grid.sweep(
      sortedPositions, SummationDensity<L, D>(kernel: kernel, mass: mass.values, density: density.pointer))
    let energies = state + 2 * coordinates
    for s in 0..<count {
      let u = energies[Int(grid.order[s])]
      energy.pointer[s] = Scalar(u)
      push.pointer[s] = Scalar((gamma - 1) * u) / density.pointer[s]
      sound.pointer[s] = Scalar((gamma * (gamma - 1) * u).squareRoot())
    }
  }

  func rates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, parameters)
    grid.sweep(
      sortedPositions,
      CompressibleRates<L, D>(fields: fields, acceleration: acceleration, heating: heating.pointer))
    let coordinates = count * dimension, gravity = bodyForce.value(parameters, time: time)
    let heatings = rates + 2 * coordinates, summed = heatings + count
    for s in 0..<count {
      let i = Int(grid.order[s]), p = rates + coordinates + i &* dimension
      for axis in 0..<dimension { p[axis] = gravity[axis] }
      acceleration.add(place: s, to: p, dimension: dimension)
      heatings[i] = Double(heating.pointer[s])
      summed[i] = Double(density.pointer[s])
    }
  }

  func pullRates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    assigned: UnsafePointer<Double>?, rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, parameters)
    let found = reverse ?? ReverseFields(count: count, dimension: dimension)
    reverse = found
    let coordinates = count * dimension, gamma = parameters[gasStart]
    let accelerationSeed = rateSeed + coordinates, heatingSeed = rateSeed + 2 * coordinates
    let summedSeed = heatingSeed + count
    var gravitySeed = [0.0, 0.0, 0.0]
    for k in 0..<coordinates { gravitySeed[k % dimension] += accelerationSeed[k] }
    bodyForce.pull(gravitySeed, time: time, into: gradient)
    grid.order.withUnsafeBufferPointer { order in
      found.seed.gather(accelerationSeed, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
    found.seed.multiply(count: count) { 1 / mass.pointer[$0] }
    for s in 0..<count { found.heatingSeed.pointer[s] = Scalar(heatingSeed[Int(grid.order[s])]) / mass.pointer[s] }
    grid.sweep(
      sortedPositions,
      CompressibleRatesAdjoint<L, D>(
        fields: fields, seed: found.seed, heatingSeed: found.heatingSeed.values, positionSeed: found.position,
        velocitySeed: found.velocity, densitySeed: found.density.pointer, energySeed: found.energy.pointer,
        pushSeed: found.push.pointer, soundSeed: found.sound.pointer))
    // P = (γ - 1) u/ρ and c² = γ (γ - 1) u.
    let energySeed = stateSeed + 2 * coordinates
    var gammaSeed = 0.0
    for s in 0..<count {
      let i = Int(grid.order[s]), u = Double(energy.pointer[s]), rho = Double(density.pointer[s])
      let byPush = Double(found.push.pointer[s]), bySound = Double(found.sound.pointer[s])
      let c = Double(sound.pointer[s])
      energySeed[i] += Double(found.energy.pointer[s]) + byPush * (gamma - 1) / rho + bySound * c / (2 * u)
      gammaSeed += byPush * u / rho + bySound * c * (2 * gamma - 1) / (2 * gamma * (gamma - 1))
      found.density.pointer[s] += Scalar(summedSeed[i] - byPush * (gamma - 1) * u / (rho * rho))
    }
    gradient[gasStart] += gammaSeed
    grid.sweep(
      sortedPositions,
      SummationDensityAdjoint<L, D>(
        kernel: kernel, mass: mass.values, seed: found.density.values, positionSeed: found.position))
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      found.position.scatter(adding: stateSeed, order: order, count: count, dimension: dimension)
      found.velocity.scatter(adding: stateSeed + coordinates, order: order, count: count, dimension: dimension)
    }
  }
}
