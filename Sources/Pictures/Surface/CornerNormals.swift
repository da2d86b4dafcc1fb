extension TriangleSurface {
  /// A normal for each corner of each triangle: smooth where the surface bends gently, sharp at creases. `[3 * triangles]`
  ///
  /// Each corner takes the sum of the area vectors of those triangles around its vertex whose normals lie within
  /// 45 degrees of its own triangle's.
  func cornerNormals(creaseCosine: Double = 0.7) -> [SIMD3<Float>] {
    let areas = triangles.map { areaVector(of: $0) }
    let normals = areas.map { unit($0) }
    // Triangles around each vertex, one list after the other.
    var start = [Int32](repeating: 0, count: vertices.count + 1)
    for t in triangles { for c in 0..<3 { start[Int(t[c]) + 1] += 1 } }
    for v in 0..<vertices.count { start[v + 1] += start[v] }
    var fill = start
    var around = [Int32](repeating: 0, count: 3 * triangles.count)
    for (i, t) in triangles.enumerated() {
      for c in 0..<3 {
        around[Int(fill[Int(t[c])])] = Int32(i)
        fill[Int(t[c])] += 1
      }
    }
    var result = [SIMD3<Float>](repeating: .zero, count: 3 * triangles.count)
    for (i, t) in triangles.enumerated() {
      for c in 0..<3 {
        let v = Int(t[c])
        var sum = SIMD3<Double>.zero
        for slot in Int(start[v])..<Int(start[v + 1]) {
          let other = Int(around[slot])
          if dot(normals[i], normals[other]) > creaseCosine { sum += areas[other] }
        }
        result[3 * i + c] = SIMD3<Float>(unit(sum == .zero ? normals[i] : sum))
      }
    }
    return result
  }
}
