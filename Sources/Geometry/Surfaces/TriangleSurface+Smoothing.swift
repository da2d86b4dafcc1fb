extension TriangleSurface {
  /// The surface with its steps smoothed away, the same triangles and about the same volume.
  ///
  /// Taubin's filter (1995, "A signal processing approach to fair surface design", SIGGRAPH): each round shrinks toward
  /// the mean of the neighbours by 0.5 and then grows by 0.526, so that low frequencies keep their size. Vertices on the
  /// planes of `box` stay on them, so that faces cut by the domain stay flat and its edges sharp.
  public func smoothed(
    rounds: Int = 8, keepingOn box: (lower: SIMD3<Double>, upper: SIMD3<Double>)? = nil
  ) -> TriangleSurface {
    guard rounds > 0, !triangles.isEmpty else { return self }
    var result = self
    let mobility = vertices.map { Self.mobility(of: $0, in: box) }
    var sums = [SIMD3<Double>](repeating: .zero, count: vertices.count)
    var counts = [Double](repeating: 0, count: vertices.count)
    for t in triangles { for c in 0..<3 { counts[Int(t[c])] += 2 } }
    for step in 0..<2 * rounds {
      let weight = step % 2 == 0 ? 0.5 : -0.526
      for i in sums.indices { sums[i] = .zero }
      sums.withUnsafeMutableBufferPointer { sums in
        result.vertices.withUnsafeBufferPointer { points in
          for t in triangles {
            let a = Int(t.x), b = Int(t.y), c = Int(t.z)
            let pa = points[a], pb = points[b], pc = points[c]
            sums[a] += pb + pc
            sums[b] += pc + pa
            sums[c] += pa + pb
          }
        }
      }
      for i in sums.indices where counts[i] > 0 {
        result.vertices[i] += mobility[i] * (sums[i] / counts[i] - result.vertices[i]) * weight
      }
    }
    return result
  }

  /// 0 along every axis whose boundary plane the point lies on, else 1.
  private static func mobility(
    of point: SIMD3<Double>, in box: (lower: SIMD3<Double>, upper: SIMD3<Double>)?
  ) -> SIMD3<Double> {
    guard let box else { return SIMD3(repeating: 1) }
    var result = SIMD3<Double>(repeating: 1)
    let near = 1e-9 * (box.upper - box.lower).max()
    for axis in 0..<3
    where abs(point[axis] - box.lower[axis]) <= near || abs(point[axis] - box.upper[axis]) <= near {
      result[axis] = 0
    }
    return result
  }
}
