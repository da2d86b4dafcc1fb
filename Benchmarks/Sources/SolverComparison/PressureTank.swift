import Backsolve
import LearnedPreconditioners

/// Tanks of water whose pressure solves are studied, 16/3 of a column's width long and 3 high.
struct PressureTank: Sendable {
  enum Water: String, Sendable {
    /// A column twice as high as wide in a corner.
    case dam
    /// A pool with a ball of water above it.
    case drop
    /// Columns of different heights on both sides.
    case columns
  }

  let water: Water
  /// Particles along the width of a column, 0.3 m.
  let across: Int

  var name: String { "\(water.rawValue) \(across)" }
  var spacing: Double { 0.3 / Double(across) }

  private func isWater(_ i: Int, _ j: Int) -> Bool {
    let n = across, (x, y) = (Double(i) + 0.5, Double(j) + 0.5)
    let length = Double(16 * n / 3)
    switch water {
    case .dam: return i < n && j < 2 * n
    case .columns: return (i < n / 2 && j < 2 * n) || (x > length - Double(n) && j < n)
    case .drop:
      let (dx, dy) = (x - 0.4 * length, y - 1.5 * Double(n))
      return j < n / 2 || dx * dx + dy * dy < 0.2 * Double(n * n)
    }
  }

  func simulation(_ solves: PressureSolves, _ iteration: PressureIteration, tolerance: Double = 1e-4)
    -> ParticleSimulation
  {
    let layers = 3, (length, height) = (16 * across / 3, 3 * across)
    var places: [Double] = [], walls: [Double] = []
    for j in -layers..<height + layers {
      for i in -layers..<length + layers {
        let place = [(Double(i) + 0.5) * spacing, (Double(j) + 0.5) * spacing]
        if (0..<length).contains(i) && (0..<height).contains(j) {
          if isWater(i, j) { places += place }
        } else {
          walls += place
        }
      }
    }
    let mass = spacing * spacing, margin = (Double(layers) + 0.5) * spacing
    let system = ParticleSystem(
      box: ParticleBox(
        lower: [-margin, -margin],
        upper: [Double(length) * spacing + margin, Double(height) * spacing + margin], isPeriodic: [false, false]),
      fluid: FluidPhase(restDensity: 1, viscosity: 0), masses: [Double](repeating: mass, count: places.count / 2),
      positions: places, velocities: [Double](repeating: 0, count: places.count), gravity: [0, -9.81],
      walls: WallParticles(
        positions: walls, masses: [Double](repeating: mass, count: walls.count / 2), friction: .freeSlip))
    return ParticleSimulation(
      system,
      scheme: IncompressibleScheme(
        extent: .freeSurface, longestTimeStep: 0.01, densityTolerance: tolerance, divergenceTolerance: tolerance,
        maxIterations: 20_000, solves: solves, iteration: iteration),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1.2 * spacing))
  }
}

/// A whole run with one way of starting.
struct PressureRun {
  var steps = 0
  /// Of both solves, and products with their operators, those of the starts among them.
  var iterations = 0
  var products = 0
  var seconds = 0.0

  init(_ simulation: ParticleSimulation, until end: Double) throws {
    let parameters = simulation.system.parameters
    var workspace = simulation.makeWorkspace()
    var state = try simulation.initialState(parameters)
    var context = StepContext(index: 0, time: 0)
    let begin = ProcessUsage.cpuSeconds
    while context.time < end {
      context.timeStep = try simulation.timeStep(state, parameters, context, in: &workspace)
      try simulation.advance(&state, parameters, context, in: &workspace)
      context.time += context.timeStep
      context.index += 1
      if let report = workspace.pressureReport {
        iterations += report.density + report.divergence
        products += report.products
      }
    }
    seconds = ProcessUsage.cpuSeconds - begin
    steps = context.index
  }

  var line: String {
    "\(Double(iterations) / Double(steps)) iterations and \(Double(products) / Double(steps)) products a step, "
      + "\(seconds) CPU s for \(steps) steps"
  }
}

/// Where pressure solves start, from what earlier steps found.
final class StudiedStart: PressureStart, @unchecked Sendable {
  enum Rule {
    case zero
    /// The last pressure, and a share of its last change.
    case carried(Double, change: Double)
    /// The combination of the last few that has the least energy: Fischer, Comput. Methods Appl. Mech. Eng. 163 (1998).
    case projected(Int)
    /// The same of what a mixture is made of.
    case projectedEntries
    /// The last pressure with a mixture added.
    case mixed([PressureSystem.Solve: Tensor<Float>], MixtureNetwork)
  }

  let rule: Rule
  let spacing: Double
  let levels: Int
  /// Gets each system with the pressures that earlier steps found, newest first, times the step, and its solution.
  var record: ((PressureSystem, [DenseVector], DenseVector) throws -> Void)?
  private(set) var failure: (any Error)?
  /// CPU time of the starts.
  private(set) var seconds = 0.0
  /// Over the time step, newest first.
  private var past: [PressureSystem.Solve: [DenseVector]] = [:]
  private let pool = TensorPool()

  init(_ rule: Rule, spacing: Double, levels: Int) {
    self.rule = rule
    self.spacing = spacing
    self.levels = levels
  }

  private func earlier(_ system: PressureSystem) -> [DenseVector] {
    (past[system.solve] ?? []).map { $0.scaled(by: system.timeStep) }
  }

  func start(_ system: PressureSystem) -> DenseVector {
    let begin = ProcessUsage.cpuSeconds
    defer { seconds += ProcessUsage.cpuSeconds - begin }
    let earlier = earlier(system)
    guard let last = earlier.first else { return .zero }
    switch rule {
    case .zero: return .zero
    case .carried(let share, let change):
      var x = last.scaled(by: share)
      if change != 0, earlier.count > 1 { x.add(last - earlier[1], scaledBy: change) }
      return x
    case .projected(let count): return Self.projection(system, Array(earlier.prefix(count)))
    case .projectedEntries:
      return Self.projection(system, Self.vectors(system, earlier, spacing: spacing, levels: levels))
    case .mixed(let parameters, let network):
      guard let parameters = parameters[system.solve] else { return last }
      let entries = Self.entries(system, earlier, spacing: spacing, levels: levels)
      return last + network.mixture(entries, parameters, pool)
    }
  }

  func hear(_ multipliers: DenseVector, of system: PressureSystem, iterations: Int) {
    do { try record?(system, earlier(system), multipliers) } catch { failure = error }
    let pressure = multipliers.scaled(by: 1 / system.timeStep)
    past[system.solve] = Array(([pressure] + (past[system.solve] ?? [])).prefix(4))
  }

  static func network(levels: Int, hidden: [Int]) -> MixtureNetwork {
    MixtureNetwork(inputs: levels + 4, candidates: levels + 3, hidden: hidden)
  }

  /// What starts are mixed from: the last pressure, its change, and the residual that it leaves over the diagonal and beneath
  /// hats; with it numbers without unit of the same, and how full of particles the place is.
  static func entries(_ system: PressureSystem, _ earlier: [DenseVector], spacing: Double, levels: Int)
    -> MixtureEntries
  {
    let vectors = vectors(system, earlier, spacing: spacing, levels: levels)
    let largest = system.diagonal.largestMagnitude
    let fullness = DenseVector(system.diagonal.elements.map { $0 / largest - 0.5 })
    return MixtureEntries(numbers: [fullness] + vectors.map(softSigns), vectors: vectors)
  }

  private static func vectors(_ system: PressureSystem, _ earlier: [DenseVector], spacing: Double, levels: Int)
    -> [DenseVector]
  {
    let last = earlier[0], n = last.count
    let change = earlier.count > 1 ? last - earlier[1] : DenseVector(zeros: n)
    var r = system.rightSide - system.apply(last)
    if system.isBounded { for i in 0..<n where last[i] <= 0 && r[i] < 0 { r[i] = 0 } }
    let scaled = DenseVector((0..<n).map { r[$0] / system.diagonal[$0] })
    let hats = NestedHats(
      system.positions, dimension: system.dimension, spacing: spacing, levels: levels, diagonal: system.diagonal)
    return [last, change, scaled] + hats.parts(r)
  }

  private static func projection(_ system: PressureSystem, _ vectors: [DenseVector]) -> DenseVector {
    // Conjugate directions among the vectors; what rounding leaves of a dependent one is none.
    var x = DenseVector(zeros: system.rightSide.count)
    var known: [(DenseVector, DenseVector, Double)] = []
    for vector in vectors {
      var (d, q) = (vector, system.apply(vector))
      let size = d.dot(q)
      for (e, image, curvature) in known {
        let part = vector.dot(image) / curvature
        d.add(e, scaledBy: -part)
        q.add(image, scaledBy: -part)
      }
      let curvature = d.dot(q)
      guard curvature > 1e-8 * size else { continue }
      known.append((d, q, curvature))
      x.add(d, scaledBy: system.rightSide.dot(d) / curvature)
    }
    return x
  }
}

extension SymmetricSparseMatrix {
  /// The rows and columns of some unknowns, in order.
  func restricted(to kept: [Int]) -> SymmetricSparseMatrix {
    var place = [Int](repeating: -1, count: dimension)
    for (new, old) in kept.enumerated() { place[old] = new }
    var starts: [Int32] = [0], rows: [Int32] = [], entries: [Double] = []
    for old in kept {
      for k in Int(pattern.columnStarts[old])..<Int(pattern.columnStarts[old + 1]) {
        let row = place[Int(pattern.rows[k])]
        if row < 0 { continue }
        rows.append(Int32(row))
        entries.append(values[k])
      }
      starts.append(Int32(rows.count))
    }
    return SymmetricSparseMatrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: entries)
  }

  /// The x ≥ 0 with A x - b zero where x is above zero and at least zero elsewhere, by a primal-dual active set from a guess
  /// (Hintermüller, Ito & Kunisch, SIAM J. Optim. 13, 2002).
  func solvedAboveZero(_ load: DenseVector, from guess: DenseVector) throws -> DenseVector {
    var x = guess
    var free = (0..<dimension).filter { guess[$0] > 0 }
    let solver = CholeskySolver<SymmetricSparseMatrix>()
    for _ in 0..<50 {
      let part = restricted(to: free)
      let right = DenseVector(free.map { load[$0] })
      let solution = try solver.solve(try solver.prepare(part, reusing: nil), columns: [right], from: nil).solutions[0]
      x = DenseVector(zeros: dimension)
      for (k, i) in free.enumerated() { x[i] = solution[k] }
      let r = load - apply(x)
      let next = (0..<dimension).filter { x[$0] > 0 || (x[$0] == 0 && r[$0] > 1e-12 * load.norm) }
      if next == free { break }
      free = next
    }
    for i in 0..<dimension { x[i] = Swift.max(x[i], 0) }
    return x
  }
}
