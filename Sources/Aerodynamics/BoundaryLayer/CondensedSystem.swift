import COpenBLAS
import DifferentiableCore

/// The linearized equations of a coupled flow, reduced to the mass defects and factored.
///
/// With u = u₀ + D m by the panels, shear and θ of a place follow from those of the place before by the equations of lag
/// and momentum: as rows over all mass defects they are carried along the march, two at a time. What the shape equations
/// make of them is the dense system that remains, one row a station.
struct CondensedSystem {
  private let factorization: DenseFactorization
  /// The equations of which it is made.
  let layer: LinearizedLayer

  /// - Parameter coupling: D in marching order, transposed: the velocity of a place is a column.
  init(_ layer: LinearizedLayer, coupling: DenseMatrix) throws(SolveFailure) {
    self.layer = layer
    let n = layer.count
    // Rows are built as columns, one after the other, so that the transposed matrix is what is factored.
    var transposed = DenseMatrix(rows: n, columns: n)
    var work = [Double](repeating: 0, count: 7 * n)
    transposed.entries.withUnsafeMutableBufferPointer { matrix in
      coupling.entries.withUnsafeBufferPointer { coupling in
        work.withUnsafeMutableBufferPointer { work in
          Self.condense(layer, coupling.baseAddress!, matrix.baseAddress!, work.baseAddress!)
        }
      }
    }
    factorization = try DenseFactorization(transposed, of: "the coupled system of \(n) stations")
  }

  /// The mass defects for a right-hand side of the shape equations.
  func solve(_ right: inout [Double]) { factorization.solve(&right, transposed: true) }
  func solveTransposed(_ right: inout [Double]) { factorization.solve(&right) }

  private typealias Rows = UnsafeMutablePointer<Double>

  private static func condense(
    _ layer: LinearizedLayer, _ coupling: UnsafePointer<Double>, _ matrix: Rows, _ work: Rows
  ) {
    let n = layer.count
    // How the stagnation point moves; (shear, θ) of the place before, of this one, and of the upper side's end.
    let moved = work
    var before = work + n, own = work + 3 * n
    let upperEnd = work + 5 * n
    let first = coupling, second = coupling + n * layer.upperCount
    let s = layer.stagnation
    for j in 0..<n { moved[j] = s.byUpper * first[j] + s.byLower * second[j] }
    for position in 0..<n {
      let lag = layer.rows[3 * position], momentum = layer.rows[3 * position + 1]
      let shape = layer.rows[3 * position + 2]
      let inverse = layer.inverses[position]
      // -C⁻¹ of a pair of lag and momentum.
      @inline(__always)
      func eliminated(_ a: Double, _ b: Double) -> SIMD2<Double> {
        SIMD2(-(inverse[0] * a + inverse[1] * b), -(inverse[2] * a + inverse[3] * b))
      }
      let isFirst = layer.isFirst(position)
      let out = matrix + n * position
      let byMoved = eliminated(lag.stagnation, momentum.stagnation)
      let byVelocity = eliminated(lag.own[3], momentum.own[3])
      let velocity = coupling + n * position
      let o0 = own, o1 = own + n, b0 = before, b1 = before + n
      let shape0 = shape.own[0], shape1 = shape.own[1]
      if isFirst {
        for j in 0..<n {
          let x = byMoved.x * moved[j] + byVelocity.x * velocity[j]
          let y = byMoved.y * moved[j] + byVelocity.y * velocity[j]
          o0[j] = x
          o1[j] = y
          out[j] = shape0 * x + shape1 * y + shape.own[3] * velocity[j] + shape.stagnation * moved[j]
        }
      } else {
        let t0 = eliminated(lag.before[0], momentum.before[0]), t1 = eliminated(lag.before[1], momentum.before[1])
        let byBefore = eliminated(lag.before[3], momentum.before[3])
        let velocityBefore = velocity - n
        let beforeShape = shape.before
        for j in 0..<n {
          let p = b0[j], q = b1[j], u = velocity[j], v = velocityBefore[j], m = moved[j]
          let x = t0.x * p + t1.x * q + byMoved.x * m + byVelocity.x * u + byBefore.x * v
          let y = t0.y * p + t1.y * q + byMoved.y * m + byVelocity.y * u + byBefore.y * v
          o0[j] = x
          o1[j] = y
          out[j] =
            shape0 * x + shape1 * y + beforeShape[0] * p + beforeShape[1] * q + shape.own[3] * u + beforeShape[3] * v
            + shape.stagnation * m
        }
      }
      /// What the mass defect of one place adds by itself.
      func add(_ place: Int, _ y: SIMD2<Double>, _ direct: Double) {
        o0[place] += y.x
        o1[place] += y.y
        out[place] += shape0 * y.x + shape1 * y.y + direct
      }
      add(position, eliminated(lag.own[2], momentum.own[2]), shape.own[2])
      if !isFirst { add(position - 1, eliminated(lag.before[2], momentum.before[2]), shape.before[2]) }
      if position == layer.nodeCount {
        let rows = layer.upperRows, end = layer.upperCount - 1
        let t0 = eliminated(rows[0][0], rows[1][0]), t1 = eliminated(rows[0][1], rows[1][1])
        let byEnd = eliminated(rows[0][3], rows[1][3])
        let e0 = upperEnd, e1 = upperEnd + n, velocityEnd = coupling + n * end
        for j in 0..<n {
          let p = e0[j], q = e1[j], u = velocityEnd[j]
          let x = t0.x * p + t1.x * q + byEnd.x * u, y = t0.y * p + t1.y * q + byEnd.y * u
          o0[j] += x
          o1[j] += y
          out[j] += shape0 * x + shape1 * y + rows[2][0] * p + rows[2][1] * q + rows[2][3] * u
        }
        add(end, eliminated(rows[0][2], rows[1][2]), rows[2][2])
      }
      if position == layer.upperCount - 1 { upperEnd.update(from: own, count: 2 * n) }
      swap(&before, &own)
    }
  }
}
