import COpenBLAS
import DifferentiableCore
import Foundation

/// How the velocity at every station follows from the mass defect of every station: u = u(no viscosity) + D m.
///
/// Stations are the nodes and then the points of the wake. Velocities at nodes are γ, positive from the upper trailing
/// edge round to the lower one; mass defects at nodes are signed the same way round. On the surface sources are constant
/// on each panel, in the wake linear on halves of panels. Reference: Drela (1989), section 2.
struct SourceInfluence: Sendable {
  let wake: WakeGeometry
  /// `[stations, stations]`.
  let matrix: DenseMatrix
  /// The velocity of each station without viscosity.
  let velocity: [Double]
  let angle: Double
  let circulation: [Double]

  init(_ system: PanelSystem, surfaceResponse: DenseMatrix, angle: Double, wakeCount: Int) {
    let n = system.nodeCount, w = wakeCount, size = system.unknownCount, stations = n + w
    self.angle = angle
    let circulation = system.circulation(at: angle)
    self.circulation = circulation
    let wake = WakeGeometry(system, circulation: circulation, angle: angle, count: w)
    self.wake = wake
    let scale = 1 / (2 * Double.pi)
    let wakeSources = wake.sources

    // What the wake's sources do to the stream function at the nodes.
    var columns = [Double](repeating: 0, count: size * w)
    let sharpRow = system.edges[0].isSharp ? system.edges[0].nodes.3 : -1
    for i in 0..<n {
      var weights = SourceLine.Strengths(zeros: w)
      // The condition inside a sharp edge takes no account of the wake, as in XFOIL 6.99.
      if i != sharpRow {
        let field = system.surface.point(i)
        wake.visitHalves { k, isSecond, a, b in
          let frame = PanelFrame(field.x, field.y, a.x, a.y, b.x, b.y)
          let ramp = scale * frame.sourceRamp, rest = scale * frame.source - ramp
          if isSecond {
            weights.middles[k] += rest
            weights.points[k + 1] += ramp
          } else {
            weights.points[k] += rest
            weights.middles[k] += ramp
          }
        }
      }
      let mass = wakeSources.transposed(weights)
      for k in 0..<w { columns[i + size * k] = -mass[k] }
    }
    system.factorization.solve(&columns)

    var matrix = DenseMatrix(rows: stations, columns: stations)
    for j in 0..<n { for i in 0..<n { matrix[i, j] = surfaceResponse[i, j] } }
    for k in 0..<w { for i in 0..<n { matrix[i, n + k] = columns[i + size * k] } }

    // The wake's velocities: from γ, which responds, and from the sources themselves.
    var velocity = Array(circulation[..<n])
    // The first point has the velocity of the edge.
    velocity.append(-circulation[n - 1])
    for j in 0..<stations { matrix[n, j] = -matrix[n - 1, j] }
    var rows = DenseMatrix(rows: n, columns: w)
    for k in 1..<w {
      var onCirculation = [Double](repeating: 0, count: size)
      let direction = wake.directions[k]
      system.addVelocityWeights(at: wake.points[k], seed: direction, to: &onCirculation)
      let onSources = system.sources.transposed(system.sourceWeights(at: wake.points[k], seed: direction))
      var weights = SourceLine.Strengths(zeros: w)
      Self.addVelocityWeights(wake, at: wake.points[k], seed: scale * direction, to: &weights)
      let mass = wakeSources.transposed(weights)
      for j in 0..<n { matrix[n + k, j] = onSources[j] }
      for j in 0..<w { matrix[n + k, n + j] = mass[j] }
      for j in 0..<n { rows[j, k] = onCirculation[j] }
      velocity.append((wake.velocities[k] * direction).sum())
    }
    // matrix[wake, :] += rowsᵀ matrix[nodes, :]
    let product = Self.transposedProduct(rows, matrix, rows: n)
    for j in 0..<stations { for k in 1..<w { matrix[n + k, j] += product[k, j] } }
    self.matrix = matrix
    self.velocity = velocity
  }

  /// The matrix transposed, for stations in another order and other signs of velocities and mass defects.
  func inMarchingOrder(_ order: [Int], velocitySign: [Double], massSign: [Double]) -> DenseMatrix {
    let count = order.count
    var result = DenseMatrix(rows: count, columns: count)
    result.entries.withUnsafeMutableBufferPointer { out in
      matrix.entries.withUnsafeBufferPointer { raw in
        for (q, column) in order.enumerated() {
          let from = raw.baseAddress! + count * column, sign = massSign[column]
          for (p, row) in order.enumerated() { out[q + count * p] = velocitySign[row] * sign * from[row] }
        }
      }
    }
    return result
  }

  private static func transposedProduct(_ a: DenseMatrix, _ b: DenseMatrix, rows: Int) -> DenseMatrix {
    var result = DenseMatrix(rows: a.columns, columns: b.columns)
    cblas_dgemm(
      CblasColMajor, CblasTrans, CblasNoTrans, blasint(a.columns), blasint(b.columns), blasint(rows), 1, a.entries,
      blasint(a.rows), b.entries, blasint(b.rows), 0, &result.entries, blasint(a.columns))
    return result
  }

  /// Adds the derivatives of 2π seed·velocity by the strengths of the wake.
  private static func addVelocityWeights(
    _ wake: WakeGeometry, at field: SIMD2<Double>, seed: SIMD2<Double>, to weights: inout SourceLine.Strengths
  ) {
    wake.visitHalves { k, isSecond, a, b in
      let part = PanelFrame(field.x, field.y, a.x, a.y, b.x, b.y).velocityWeights(seed)
      if isSecond {
        weights.middles[k] += part.sa
        weights.points[k + 1] += part.sb
      } else {
        weights.points[k] += part.sa
        weights.middles[k] += part.sb
      }
    }
  }

  /// The response of γ at the nodes to the signed mass defects of the nodes, which is the same at all angles.
  static func surfaceResponse(_ system: PanelSystem) -> DenseMatrix {
    let n = system.nodeCount, size = system.unknownCount, surface = system.surface
    var columns = [Double](repeating: 0, count: size * n)
    let scale = 1 / (2 * Double.pi)
    let edge = system.edges[0]
    let sharpRow = edge.isSharp ? edge.nodes.3 : -1
    // Strengths at points and middles, then by the transposed map to the mass defects, all nodes at once.
    let line = system.sources
    columns.withUnsafeMutableBufferPointer { columns in
      func add(_ seen: [Double], strengthOf a: Int, _ b: Int, _ span: Double) {
        let first = columns.baseAddress! + size * a, second = columns.baseAddress! + size * b
        for i in 0..<n {
          let part = seen[i] / span
          second[i] -= part
          first[i] += part
        }
      }
      var atPoint = [Double](repeating: 0, count: n), atNext = atPoint, atMiddle = atPoint
      for j in 0..<n - 1 {
        let panel = PairTable.Panel(surface, j, j + 1)
        for i in 0..<n {
          let (first, second) = system.table.halves(i, panel)
          let ramp1 = scale * first.sourceRamp, ramp2 = scale * second.sourceRamp
          atPoint[i] += scale * first.source - ramp1
          atMiddle[i] = ramp1 + scale * second.source - ramp2
          atNext[i] = ramp2
        }
        add(atPoint, strengthOf: max(j - 1, 0), j + 1, line.spans[j])
        add(atMiddle, strengthOf: j, j + 1, line.lengths[j])
        swap(&atPoint, &atNext)
      }
      add(atPoint, strengthOf: n - 2, n - 1, line.spans[n - 1])
    }
    if sharpRow >= 0 {
      let inner = SIMD2(edge.innerPoint.x.value, edge.innerPoint.y.value)
      let direction = SIMD2(edge.bisector.x.value, edge.bisector.y.value)
      let mass = line.transposed(system.sourceWeights(at: inner, seed: direction))
      for j in 0..<n { columns[sharpRow + size * j] = -mass[j] }
    }
    system.factorization.solve(&columns)
    var result = DenseMatrix(rows: n, columns: n)
    for j in 0..<n { for i in 0..<n { result[i, j] = columns[i + size * j] } }
    return result
  }
}
