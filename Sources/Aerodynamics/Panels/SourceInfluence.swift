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
    let wakeSources = wake.sources, path = SourcePath(wake.points)

    // What the wake's sources do to the stream function at the nodes.
    var columns = [Double](repeating: 0, count: size * w)
    columns.withUnsafeMutableBufferPointer { columns in
      var seen = [Double](repeating: 0, count: n * wakeSources.strengthCount)
      Self.addStreamFunction(of: wake, at: system.surface, to: &seen)
      for k in 0..<wakeSources.strengthCount {
        let (from, to) = wakeSources.ends(k), inverse = 1 / wakeSources.spans[k]
        for i in 0..<n {
          let part = inverse * seen[n * k + i]
          columns[size * to + i] -= part
          columns[size * from + i] += part
        }
      }
      // The condition inside a sharp edge takes no account of the wake, as in XFOIL 6.99.
      if system.edges[0].isSharp { for k in 0..<w { columns[size * k + system.edges[0].nodes.3] = 0 } }
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
      system.addVelocityWeights(at: wake.nodeSight(k), seed: direction, to: &onCirculation)
      let onSources = system.sources.transposed(
        system.sourcePath.velocityWeights(at: wake.sights[k], seed: direction))
      let mass = wakeSources.transposed(
        path.velocityWeights(at: path.line.sight(from: wake.points[k]), seed: direction))
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

  /// Adds the stream function at the nodes of each strength of the wake, `[strength, node]`.
  private static func addStreamFunction(of wake: WakeGeometry, at surface: PanelSurface, to seen: inout [Double]) {
    let n = surface.nodeCount, scale = 1 / (2 * Double.pi)
    seen.withUnsafeMutableBufferPointer { seen in
      for k in 0..<2 * wake.count - 2 {
        let first = seen.baseAddress! + n * k, second = first + n
        wake.forEachGroup(of: surface, seenByPanel: k) { i, weight, frame in
          let ramp = frame.sourceRamp
          ((scale * weight) * (frame.source - ramp)).add(to: first + i)
          ((scale * weight) * ramp).add(to: second + i)
        }
      }
    }
  }

  /// The response of γ at the nodes to the signed mass defects of the nodes, which is the same at all angles.
  static func surfaceResponse(_ system: PanelSystem) -> DenseMatrix {
    let n = system.nodeCount, size = system.unknownCount, surface = system.surface
    var columns = [Double](repeating: 0, count: size * n)
    let edge = system.edges[0]
    // Strengths at points and middles, then by the transposed map to the mass defects, all nodes at once.
    let line = system.sources
    columns.withUnsafeMutableBufferPointer { columns in
      func add(_ seen: [Double], _ strength: Int) {
        let (from, to) = line.ends(strength), scale = 1 / (2 * Double.pi * line.spans[strength])
        let first = columns.baseAddress! + size * from, second = columns.baseAddress! + size * to
        for i in 0..<n {
          let part = scale * seen[i]
          second[i] -= part
          first[i] += part
        }
      }
      var atPoint = [Double](repeating: 0, count: n), atNext = atPoint, atMiddle = atPoint
      system.table.withView { view in
        for j in 0..<n - 1 {
          let panel = PairTable.Panel(surface, j, j + 1)
          atPoint.withUnsafeMutableBufferPointer { atPoint in
            atMiddle.withUnsafeMutableBufferPointer { atMiddle in
              atNext.withUnsafeMutableBufferPointer { atNext in
                PanelLanes.forEachGroup(n) { i, weight in
                  let (first, second) = view.halves(i, panel)
                  let ramp1 = first.sourceRamp, ramp2 = second.sourceRamp
                  (weight * (first.source - ramp1)).add(to: atPoint.baseAddress! + i)
                  (ramp1 + second.source - ramp2).store(atMiddle.baseAddress! + i)
                  ramp2.store(atNext.baseAddress! + i)
                }
              }
            }
          }
          add(atPoint, 2 * j)
          add(atMiddle, 2 * j + 1)
          swap(&atPoint, &atNext)
        }
      }
      add(atPoint, 2 * n - 2)
    }
    if edge.isSharp {
      let mass = line.transposed(
        system.sourcePath.velocityWeights(
          at: system.sourcePath.line.sight(from: edge.innerPlace), seed: edge.bisectorDirection))
      for j in 0..<n { columns[edge.nodes.3 + size * j] = -mass[j] }
    }
    system.factorization.solve(&columns)
    var result = DenseMatrix(rows: n, columns: n)
    for j in 0..<n { for i in 0..<n { result[i, j] = columns[i + size * j] } }
    return result
  }
}
