import DifferentiableCore

/// How far a dye that some particles carry is from being mixed: the intensity of segregation (Danckwerts, Appl. Sci. Res. A 3
/// (1952) 279), 1 where dyed and other particles share no place and 0 where every place has the same part of dye.
///
/// A place is a node of a grid; particles count at the nodes around them by quadratic B-splines.
public struct DyeVariance: Observer {
  public let system: ParticleSystem
  /// The particles that carry the dye.
  public let dyed: Range<Int>
  /// Distance of the nodes, m; along a periodic axis the nearest that fits the box.
  public let resolution: Double
  public let moment: ObservedMoment
  private let counts: [Int]
  private let widths: [Double]

  public init(_ system: ParticleSystem, dyed: Range<Int>, resolution: Double, _ moment: ObservedMoment = .end) {
    precondition(resolution > 0 && !dyed.isEmpty && dyed.count < system.particleCount)
    self.system = system
    self.dyed = dyed
    self.resolution = resolution
    self.moment = moment
    let cells = (0..<system.dimension).map { max(3, Int((system.box.length($0) / resolution).rounded())) }
    widths = cells.enumerated().map { system.box.length($0) / Double($1) }
    // One node more at each end where nothing comes in again.
    counts = cells.enumerated().map { system.box.isPeriodic[$0] ? $1 : $1 + 2 }
  }

  public var name: String { "mixing" }
  public var unit: String { "1" }

  /// Of a place along an axis: the first of the three nodes around it, with their weights and the weights' derivatives in 1/m.
  private func weights(_ x: Double, _ axis: Int) -> (first: Int, weights: [Double], slopes: [Double]) {
    let place = (x - system.box.lower[axis]) / widths[axis], cell = place.rounded(.down), t = place - cell
    return (
      Int(cell), [(1 - t) * (1 - t) / 2, 0.5 + t * (1 - t), t * t / 2],
      [-(1 - t) / widths[axis], (1 - 2 * t) / widths[axis], t / widths[axis]]
    )
  }

  private func visit(
    _ state: DenseVector, _ particle: Int, _ body: (_ node: Int, _ weight: Double, _ slopes: [Double]) -> Void
  ) {
    let dimension = system.dimension
    let along = (0..<dimension).map { weights(state[particle * dimension + $0], $0) }
    var slopes = [Double](repeating: 0, count: dimension)
    for corner in 0..<(dimension == 3 ? 27 : 9) {
      let steps = [corner % 3, corner / 3 % 3, corner / 9]
      var node = 0, stride = 1, weight = 1.0
      for axis in 0..<dimension {
        let count = counts[axis], index = along[axis].first + steps[axis]
        node += stride * (system.box.isPeriodic[axis] ? (index % count + count) % count : min(max(index, 0), count - 1))
        stride *= count
        weight *= along[axis].weights[steps[axis]]
      }
      for axis in 0..<dimension {
        slopes[axis] = along[axis].slopes[steps[axis]]
        for other in 0..<dimension where other != axis { slopes[axis] *= along[other].weights[steps[other]] }
      }
      body(node, weight, slopes)
    }
  }

  /// Mass and mass of dye at every node, and the mean concentration.
  private func nodes(_ state: DenseVector) -> (mass: [Double], dye: [Double], total: Double, mean: Double) {
    var mass = [Double](repeating: 0, count: counts.reduce(1, *)), dye = mass, total = 0.0, carried = 0.0
    for i in 0..<system.particleCount {
      let m = system.masses[i], isDyed = dyed.contains(i)
      total += m
      if isDyed { carried += m }
      visit(state, i) { node, weight, _ in
        mass[node] += m * weight
        if isDyed { dye[node] += m * weight }
      }
    }
    return (mass, dye, total, carried / total)
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    let (mass, dye, total, mean) = nodes(state)
    let squares = zip(mass, dye).reduce(0.0) { $1.0 > 0 ? $0 + $1.1 * $1.1 / $1.0 : $0 }
    return (squares / total - mean * mean) / (mean * (1 - mean))
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    let (mass, dye, total, mean) = nodes(state)
    let factor = scale / (total * mean * (1 - mean)), dimension = system.dimension
    let concentrations = zip(mass, dye).map { $0 > 0 ? $1 / $0 : 0 }
    for i in 0..<system.particleCount {
      let m = system.masses[i], isDyed = dyed.contains(i)
      visit(state, i) { node, _, slopes in
        let c = concentrations[node], worth = factor * m * ((isDyed ? 2 * c : 0) - c * c)
        for axis in 0..<dimension { seed[i * dimension + axis] += worth * slopes[axis] }
      }
    }
  }
}
