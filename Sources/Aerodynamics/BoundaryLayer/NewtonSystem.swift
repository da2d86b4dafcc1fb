import COpenBLAS
import DifferentiableCore
import Foundation

/// The linearized equations of a coupled flow, reduced to the mass defects and factored.
///
/// Unknowns of a station are shear, θ, the mass defect m = u δ* and u. The first two are eliminated by marching, with the
/// equations of lag and momentum; u = u₀ + D m by the panels; there remains a dense system of the shape equations in m.
/// The same factors, transposed, give the adjoint. All of it stands in marching order.
struct NewtonSystem {
  typealias Slopes = SIMD16<Double>
  /// Of each place: residuals and derivatives of lag, momentum and shape.
  private(set) var residuals: [SIMD4<Double>]
  private(set) var slopes: [Slopes]
  /// The first point of the wake follows from the ends of both sides: its derivatives by the upper end.
  private var fromUpper: [Slopes] = [.zero, .zero, .zero]
  /// u - u₀ - D m.
  private(set) var velocityResidual: [Double]
  /// The derivatives of a row by shear and θ, by δ* turned into m and u, and by the stagnation point.
  private var rows: [Row]
  private let count: Int, upperCount: Int, nodeCount: Int
  private let stagnation: (byUpper: Double, byLower: Double)
  /// D in marching order.
  private let coupling: DenseMatrix
  private let factorization: DenseFactorization
  /// The inverse of the block of shear and θ by lag and momentum.
  private let inverses: [SIMD4<Double>]
  private let shapeByStagnation: [Double]
  /// Transposed: the columns are the reduced shape equations by m and by u.
  private let byMass: DenseMatrix, byVelocity: DenseMatrix

  /// One equation's derivatives, by the station before and by its own.
  struct Row {
    /// (shear, θ, m, u).
    var before = SIMD4<Double>.zero
    var own = SIMD4<Double>.zero
    var stagnation = 0.0
  }

  /// The largest residual: equations of lag relative to the layer's thickness, the rest as they are.
  let residual: Double
  /// The place in marching order where it is.
  let worstPosition: Int

  init(_ flow: CoupledFlow) throws(SolveFailure) {
    let count = flow.stationCount
    let state = flow.state
    self.count = count
    upperCount = flow.upperCount
    nodeCount = flow.nodeCount
    var residuals = [SIMD4<Double>](repeating: .zero, count: count)
    var slopes = [Slopes](repeating: .zero, count: 3 * count)
    var worst = 0.0, worstPosition = 0
    func note(_ value: Double, _ position: Int) {
      if !(abs(value) <= worst) {
        worst = abs(value)
        worstPosition = position
      }
    }
    for position in 0..<count where position != flow.nodeCount {
      let kind = flow.kind(position)
      let equations = flow.equations(position, kind)
      residuals[position] = SIMD4(equations.lag.value, equations.momentum.value, equations.shape.value, 0)
      slopes[3 * position] = equations.lag.slope
      slopes[3 * position + 1] = equations.momentum.slope
      slopes[3 * position + 2] = equations.shape.slope
      let isTurbulent = kind != .laminar && kind != .similarity
      note(equations.lag.value / (isTurbulent ? 10 * state.theta[flow.order[position]] : 1), position)
      note(equations.momentum.value, position)
      note(equations.shape.value, position)
    }
    // The wake begins with what leaves both sides.
    let first = flow.nodeCount
    let wake = flow.order[first], upper = flow.order[flow.upperCount - 1], lower = flow.order[first - 1]
    do {
      let tu = state.theta[upper], tl = state.theta[lower], su = state.shear[upper], sl = state.shear[lower]
      let total = tu + tl, shear = (su * tu + sl * tl) / total
      residuals[first] = SIMD4(
        state.shear[wake] - shear, state.theta[wake] - total,
        state.delta[wake] - state.delta[upper] - state.delta[lower] - flow.gaps[0].value.value, 0)
      slopes[3 * first][8] = 1
      slopes[3 * first + 1][9] = 1
      slopes[3 * first + 2][10] = 1
      slopes[3 * first][0] = -tl / total
      slopes[3 * first][1] = -(sl - shear) / total
      slopes[3 * first + 1][1] = -1
      slopes[3 * first + 2][2] = -1
      fromUpper[0][0] = -tu / total
      fromUpper[0][1] = -(su - shear) / total
      fromUpper[1][1] = -1
      fromUpper[2][2] = -1
      for k in 0..<3 { note(residuals[first][k] / (k == 0 ? 1 : state.theta[wake]), first) }
    }
    let induced = flow.inducedVelocity()
    velocityResidual = flow.order.map { state.velocity[$0] - induced[$0] }
    for position in 0..<count { note(velocityResidual[position], position) }
    residual = worst
    self.worstPosition = worstPosition
    self.residuals = residuals
    self.slopes = slopes
    let fraction = flow.stagnationFraction
    let length = flow.arc[state.stagnation + 1] - flow.arc[state.stagnation]
    stagnation = (fraction.byUpper * length, fraction.byLower * length)

    // Turn δ* into m and u.
    let upperDelta = state.delta[upper], upperVelocity = state.velocity[upper]
    func turned(_ s: Double, _ t: Double, _ d: Double, _ u: Double, _ station: Int) -> SIMD4<Double> {
      let velocity = state.velocity[station]
      return SIMD4(s, t, d / velocity, u - d * state.delta[station] / velocity)
    }
    var rows = [Row](repeating: Row(), count: 3 * count)
    for position in 0..<count {
      let own = flow.order[position]
      let side = flow.side(of: position).side
      let sign = side == 0 ? 1.0 : -1.0
      for k in 0..<3 {
        let g = slopes[3 * position + k]
        var row = Row()
        row.own = turned(g[8], g[9], g[10], g[11], own)
        if position != 0 && position != flow.upperCount {
          row.before = turned(g[0], g[1], g[2], g[3], flow.order[position - 1])
        }
        // The wake's extra lanes are gaps, those of a surface a trip.
        row.stagnation = sign * (g[4] + g[12] + (side == 2 ? 0 : g[15]))
        rows[3 * position + k] = row
      }
    }
    self.rows = rows
    let upperSlopes = fromUpper
    let upperRows = (0..<3).map { k -> SIMD4<Double> in
      let g = upperSlopes[k]
      let velocity = upperVelocity
      return SIMD4(g[0], g[1], g[2] / velocity, g[3] - g[2] * upperDelta / velocity)
    }
    self.upperRows = upperRows

    // March: (shear, θ) of a place as rows over all m, all u and the stagnation point.
    var byMass = DenseMatrix(rows: count, columns: count), byVelocity = byMass
    var shapeByStagnation = [Double](repeating: 0, count: count)
    var inverses = [SIMD4<Double>](repeating: .zero, count: count)
    var massRows = [Double](repeating: 0, count: 4 * count), velocityRows = massRows
    var keptMass = [Double](repeating: 0, count: 2 * count), keptVelocity = keptMass
    var onStagnation = SIMD2<Double>.zero, keptStagnation = SIMD2<Double>.zero
    var current = 0
    for position in 0..<count {
      let lag = rows[3 * position], momentum = rows[3 * position + 1], shape = rows[3 * position + 2]
      let (a, b, c, d) = (lag.own[0], lag.own[1], momentum.own[0], momentum.own[1])
      let determinant = a * d - b * c
      guard determinant != 0 && determinant.isFinite else {
        throw SolveFailure(.singular, "the boundary layer's equations are singular at \(flow.describe(position))")
      }
      // y = -C⁻¹ (E y_before + ...).
      let inverse = SIMD4(d, -b, -c, a) / determinant
      inverses[position] = inverse
      let isFirst = position == 0 || position == flow.upperCount
      if position == flow.upperCount {
        for k in 0..<2 {
          for j in 0..<count {
            keptMass[k * count + j] = massRows[(2 * current + k) * count + j]
            keptVelocity[k * count + j] = velocityRows[(2 * current + k) * count + j]
          }
        }
        keptStagnation = onStagnation
        for j in 0..<4 * count {
          massRows[j] = 0
          velocityRows[j] = 0
        }
        onStagnation = .zero
      }
      let next = 1 - current
      // What multiplies y of the place before: T = -C⁻¹ E.
      func transfer(_ e0: SIMD4<Double>, _ e1: SIMD4<Double>, _ column: Int) -> SIMD2<Double> {
        SIMD2(
          -(inverse[0] * e0[column] + inverse[1] * e1[column]), -(inverse[2] * e0[column] + inverse[3] * e1[column]))
      }
      let t0 = transfer(lag.before, momentum.before, 0), t1 = transfer(lag.before, momentum.before, 1)
      let ownMass = transfer(lag.own, momentum.own, 2), ownVelocity = transfer(lag.own, momentum.own, 3)
      let stagnationPart = SIMD2(
        -(inverse[0] * lag.stagnation + inverse[1] * momentum.stagnation),
        -(inverse[2] * lag.stagnation + inverse[3] * momentum.stagnation))
      let newStagnation: SIMD2<Double>
      let isWakeStart = position == flow.nodeCount
      let before = isFirst ? SIMD4<Double>.zero : shape.before
      let limit = min(position + 1, count)
      massRows.withUnsafeMutableBufferPointer { mass in
        velocityRows.withUnsafeMutableBufferPointer { velocity in
          byMass.entries.withUnsafeMutableBufferPointer { outMass in
            byVelocity.entries.withUnsafeMutableBufferPointer { outVelocity in
              for (rowsOf, out) in [(mass, outMass), (velocity, outVelocity)] {
                let p0 = rowsOf.baseAddress! + 2 * current * count, p1 = p0 + count
                let n0 = rowsOf.baseAddress! + 2 * next * count, n1 = n0 + count
                let column = out.baseAddress! + position * count
                for j in 0..<limit {
                  let x = p0[j], y = p1[j]
                  let u = t0.x * x + t1.x * y, v = t0.y * x + t1.y * y
                  n0[j] = u
                  n1[j] = v
                  column[j] = shape.own[0] * u + shape.own[1] * v + before[0] * x + before[1] * y
                }
              }
            }
          }
        }
      }
      newStagnation =
        SIMD2(
          t0.x * onStagnation.x + t1.x * onStagnation.y, t0.y * onStagnation.x + t1.y * onStagnation.y) + stagnationPart
      var shapeStagnation =
        shape.stagnation + shape.own[0] * newStagnation.x + shape.own[1] * newStagnation.y
        + before[0] * onStagnation.x + before[1] * onStagnation.y
      // Entries of the place itself and of the one before.
      func add(_ j: Int, _ y: SIMD2<Double>, toMass: Bool, direct: Double) {
        let value = shape.own[0] * y.x + shape.own[1] * y.y + direct
        if toMass {
          massRows[2 * next * count + j] += y.x
          massRows[(2 * next + 1) * count + j] += y.y
          byMass[j, position] += value
        } else {
          velocityRows[2 * next * count + j] += y.x
          velocityRows[(2 * next + 1) * count + j] += y.y
          byVelocity[j, position] += value
        }
      }
      add(position, ownMass, toMass: true, direct: shape.own[2])
      add(position, ownVelocity, toMass: false, direct: shape.own[3])
      if !isFirst {
        add(position - 1, transfer(lag.before, momentum.before, 2), toMass: true, direct: shape.before[2])
        add(position - 1, transfer(lag.before, momentum.before, 3), toMass: false, direct: shape.before[3])
      }
      onStagnation = newStagnation
      if isWakeStart {
        // The same from the end of the upper side.
        let k0 = transfer(upperRows[0], upperRows[1], 0), k1 = transfer(upperRows[0], upperRows[1], 1)
        let direct = upperRows[2]
        for j in 0..<flow.upperCount {
          for isMass in [true, false] {
            let x = isMass ? keptMass[j] : keptVelocity[j]
            let y = isMass ? keptMass[count + j] : keptVelocity[count + j]
            add(
              j, SIMD2(k0.x * x + k1.x * y, k0.y * x + k1.y * y), toMass: isMass, direct: direct[0] * x + direct[1] * y)
          }
        }
        let extra = SIMD2(
          k0.x * keptStagnation.x + k1.x * keptStagnation.y, k0.y * keptStagnation.x + k1.y * keptStagnation.y)
        onStagnation += extra
        shapeStagnation +=
          shape.own[0] * extra.x + shape.own[1] * extra.y + direct[0] * keptStagnation.x + direct[1] * keptStagnation.y
        let end = flow.upperCount - 1
        add(end, transfer(upperRows[0], upperRows[1], 2), toMass: true, direct: direct[2])
        add(end, transfer(upperRows[0], upperRows[1], 3), toMass: false, direct: direct[3])
      }
      shapeByStagnation[position] = shapeStagnation
      current = next
    }
    self.inverses = inverses
    self.shapeByStagnation = shapeByStagnation

    // The stagnation point moves with the velocities beside it.
    for position in 0..<count {
      byVelocity[0, position] += shapeByStagnation[position] * stagnation.byUpper
      byVelocity[flow.upperCount, position] += shapeByStagnation[position] * stagnation.byLower
    }
    var coupling = DenseMatrix(rows: count, columns: count)
    coupling.entries.withUnsafeMutableBufferPointer { out in
      flow.influence.matrix.entries.withUnsafeBufferPointer { raw in
        for q in 0..<count {
          let column = flow.order[q], sign = flow.massSign[column]
          for p in 0..<count {
            let row = flow.order[p]
            out[p + count * q] = flow.velocitySign[row] * sign * raw[row + count * column]
          }
        }
      }
    }
    self.coupling = coupling
    self.byMass = byMass
    self.byVelocity = byVelocity
    // (byMass + Dᵀ byVelocity) is the transposed matrix.
    var transposed = byMass
    cblas_dgemm(
      CblasColMajor, CblasTrans, CblasNoTrans, blasint(count), blasint(count), blasint(count), 1, coupling.entries,
      blasint(count), byVelocity.entries, blasint(count), 1, &transposed.entries, blasint(count))
    factorization = try DenseFactorization(transposed, of: "the coupled system of \(count) stations")
  }

  private var upperRows: [SIMD4<Double>]

  /// Newton's step: changes of shear, θ, m and u of each place.
  func step() -> [SIMD4<Double>] {
    // The particular solution: y with no change of m, u.
    let zero = marched(
      mass: [Double](repeating: 0, count: count), velocity: velocityResidual.map { -$0 }, residuals: true)
    var right = zero.shape.map { -$0 }
    factorization.solve(&right, transposed: true)
    let mass = right
    var velocity = coupling.times(mass)
    for p in 0..<count { velocity[p] -= velocityResidual[p] }
    let solved = marched(mass: mass, velocity: velocity, residuals: true)
    return (0..<count).map { SIMD4(solved.y[$0].x, solved.y[$0].y, mass[$0], velocity[$0]) }
  }

  /// Marches (shear, θ) for given changes of m and u; returns what is left of the shape equations.
  private func marched(mass: [Double], velocity: [Double], residuals withResiduals: Bool)
    -> (y: [SIMD2<Double>], shape: [Double])
  {
    var y = [SIMD2<Double>](repeating: .zero, count: count), shape = [Double](repeating: 0, count: count)
    let moved = stagnation.byUpper * velocity[0] + stagnation.byLower * velocity[upperCount]
    for position in 0..<count {
      var sums = withResiduals ? residuals[position] : .zero
      let isFirst = position == 0 || position == upperCount
      for k in 0..<3 {
        let row = rows[3 * position + k]
        sums[k] += row.own[2] * mass[position] + row.own[3] * velocity[position] + row.stagnation * moved
        if !isFirst {
          let p = position - 1
          sums[k] +=
            row.before[0] * y[p].x + row.before[1] * y[p].y + row.before[2] * mass[p] + row.before[3] * velocity[p]
        }
        if position == nodeCount {
          let p = upperCount - 1, u = upperRows[k]
          sums[k] += u[0] * y[p].x + u[1] * y[p].y + u[2] * mass[p] + u[3] * velocity[p]
        }
      }
      let inverse = inverses[position]
      let own = SIMD2(
        -(inverse[0] * sums[0] + inverse[1] * sums[1]), -(inverse[2] * sums[0] + inverse[3] * sums[1]))
      y[position] = own
      let row = rows[3 * position + 2]
      shape[position] = sums[2] + row.own[0] * own.x + row.own[1] * own.y
    }
    return (y, shape)
  }

  /// The multipliers of all equations for seeds on (shear, θ, m, u) of each place: of lag, momentum and shape, and of
  /// the velocities by the panels. A functional changes by minus Σ λ (change of the equations).
  func adjoint(_ seed: [SIMD4<Double>]) -> (layer: [SIMD4<Double>], velocity: [Double]) {
    // Elimination without exchanges loses digits where the layer separates; refinement gets them back.
    var (layer, velocity) = adjointOnce(seed)
    for _ in 0..<2 {
      let left = transposedResidual(seed, layer, velocity)
      let correction = adjointOnce(left)
      for p in 0..<count {
        layer[p] += correction.layer[p]
        velocity[p] += correction.velocity[p]
      }
    }
    return (layer, velocity)
  }

  private func adjointOnce(_ seed: [SIMD4<Double>]) -> (layer: [SIMD4<Double>], velocity: [Double]) {
    // Without the shape equations first; what they leave on m and u; then with them.
    let zero = [Double](repeating: 0, count: count)
    let first = transposedMarch(seed, shape: zero)
    var right = first.mass
    let back = coupling.times(first.velocity, transposed: true)
    for p in 0..<count { right[p] += back[p] }
    factorization.solve(&right)
    let full = transposedMarch(seed, shape: right)
    return (full.lambda, full.velocity)
  }

  /// What the multipliers leave of the seeds.
  func transposedResidual(_ seed: [SIMD4<Double>], _ layer: [SIMD4<Double>], _ velocity: [Double]) -> [SIMD4<Double>] {
    var left = seed
    var onStagnation = 0.0
    for position in 0..<count {
      let isFirst = position == 0 || position == upperCount
      for k in 0..<3 {
        let row = rows[3 * position + k], weight = layer[position][k]
        left[position] -= weight * row.own
        if !isFirst { left[position - 1] -= weight * row.before }
        if position == nodeCount { left[upperCount - 1] -= weight * upperRows[k] }
        onStagnation += weight * row.stagnation
      }
    }
    left[0][3] -= onStagnation * stagnation.byUpper
    left[upperCount][3] -= onStagnation * stagnation.byLower
    let back = coupling.times(velocity, transposed: true)
    for p in 0..<count {
      left[p][3] -= velocity[p]
      left[p][2] += back[p]
    }
    return left
  }

  /// Solves the transposed march for multipliers of lag and momentum; returns what is left of the seeds on m and u.
  private func transposedMarch(_ seed: [SIMD4<Double>], shape: [Double])
    -> (lambda: [SIMD4<Double>], mass: [Double], velocity: [Double])
  {
    var left = seed, lambda = [SIMD4<Double>](repeating: .zero, count: count)
    var onStagnation = 0.0
    for position in stride(from: count - 1, through: 0, by: -1) {
      let s = shape[position]
      let row = rows[3 * position + 2]
      let (x, y) = (left[position][0] - s * row.own[0], left[position][1] - s * row.own[1])
      let inverse = inverses[position]
      // Cᵀ λ = left.
      let multipliers = SIMD4(inverse[0] * x + inverse[2] * y, inverse[1] * x + inverse[3] * y, s, 0)
      lambda[position] = multipliers
      let isFirst = position == 0 || position == upperCount
      for k in 0..<3 {
        let row = rows[3 * position + k], weight = multipliers[k]
        left[position] -= weight * row.own
        if !isFirst { left[position - 1] -= weight * row.before }
        if position == nodeCount { left[upperCount - 1] -= weight * upperRows[k] }
        onStagnation += weight * row.stagnation
      }
    }
    left[0][3] -= onStagnation * stagnation.byUpper
    left[upperCount][3] -= onStagnation * stagnation.byLower
    return (lambda, left.map { $0[2] }, left.map { $0[3] })
  }
}

extension CoupledFlow {
  /// A place in words, for failures.
  func describe(_ position: Int) -> String {
    let (side, place) = side(of: position)
    let name = ["the upper side", "the lower side", "the wake"][side]
    let station = order[position]
    let x = station < nodeCount ? system.surface.x[station] : influence.wake.points[station - nodeCount].x
    return "station \(place + 1) of \(name) (x = \((x * 1e4).rounded() / 1e4))"
  }
}
