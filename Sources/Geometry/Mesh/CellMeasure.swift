// Volumes and corner Jacobians of cells, from the coordinates of their nodes. `x[node]` is a point; z is 0 in 2D.

extension CellShape {
  /// Signed length, area or volume. Negative for an inverted cell.
  func measure(_ x: [SIMD3<Double>]) -> Double {
    switch self {
    case .line2: length(x[1] - x[0])
    case .tri3: cross(x[1] - x[0], x[2] - x[0]).z / 2
    case .quad4: cross(x[2] - x[0], x[3] - x[1]).z / 2
    case .tet4: triple(x[1] - x[0], x[2] - x[0], x[3] - x[0]) / 6
    case .hex8: hexahedronVolume(x)
    }
  }

  /// The Jacobian determinant at each corner, up to a positive factor; all are positive in a valid cell.
  func cornerJacobians(_ x: [SIMD3<Double>]) -> [Double] {
    switch self {
    case .line2, .tri3, .tet4: [measure(x)]
    case .quad4:
      (0..<4).map { cross(x[($0 + 1) % 4] - x[$0], x[($0 + 3) % 4] - x[$0]).z }
    case .hex8:
      // Neighbours along the three edges of a corner, right-handed.
      [(1, 3, 4), (2, 0, 5), (3, 1, 6), (0, 2, 7), (7, 5, 0), (4, 6, 1), (5, 7, 2), (6, 4, 3)].enumerated().map {
        corner, n in triple(x[n.0] - x[corner], x[n.1] - x[corner], x[n.2] - x[corner])
      }
    }
  }
}

/// The volume of a trilinear hexahedron: its Jacobian integrated by Gauss' rule with 2 x 2 x 2 points, which is exact.
private func hexahedronVolume(_ x: [SIMD3<Double>]) -> Double {
  let g = 0.5 - 0.5 / 3.0.squareRoot()
  var volume = 0.0
  for point in 0..<8 {
    let r = point & 1 == 0 ? g : 1 - g
    let s = point & 2 == 0 ? g : 1 - g
    let t = point & 4 == 0 ? g : 1 - g
    let alongR =
      (1 - s) * (1 - t) * (x[1] - x[0]) + s * (1 - t) * (x[2] - x[3]) + (1 - s) * t * (x[5] - x[4])
      + s * t * (x[6] - x[7])
    let alongS =
      (1 - r) * (1 - t) * (x[3] - x[0]) + r * (1 - t) * (x[2] - x[1]) + (1 - r) * t * (x[7] - x[4])
      + r * t * (x[6] - x[5])
    let alongT =
      (1 - r) * (1 - s) * (x[4] - x[0]) + r * (1 - s) * (x[5] - x[1]) + r * s * (x[6] - x[2])
      + (1 - r) * s * (x[7] - x[3])
    volume += triple(alongR, alongS, alongT) / 8
  }
  return volume
}

func length(_ a: SIMD3<Double>) -> Double { (a * a).sum().squareRoot() }
private func triple(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) -> Double { (a * cross(b, c)).sum() }
