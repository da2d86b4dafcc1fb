/// The closed surface around the part of a 3D grid where a cell field is at least a threshold.
///
/// The field is sampled at cell centres. Toward the boundary of the domain it keeps the value of the outermost cell, and
/// right on the boundary plane it drops to void: the samples are one layer at the plane with the cell's value and one at
/// the same place outside. So the surface is closed, lies exactly on the boundary planes where the body touches them
/// (a padding half a cell away would shave off every edge of the domain), and a full field gives the box itself.
public enum Isosurface {
  /// A closed surface, triangles outward. Empty where no cell reaches the threshold.
  ///
  /// A crossing keeps at least 1/64 of the distance between two samples from either of them, so that no triangle
  /// degenerates where the field passes through a sample.
  ///
  /// - Parameters:
  ///   - grid: in three dimensions.
  ///   - field: `[cellCount]`
  ///   - threshold: a cell of exactly this value is inside; a value that is not finite is outside.
  public static func extract(from grid: StructuredGrid, field: DenseVector, threshold: Double = 0.5) -> TriangleSurface
  {
    precondition(grid.dimension == 3, "an isosurface is taken from a 3D grid")
    precondition(field.count == grid.cellCount, "\(field.count) values for \(grid.cellCount) cells")
    let sampler = PaddedSamples(grid: grid, field: field.isFinite ? field : field.voidWhereNotFinite(below: threshold))
    var march = March(samples: sampler, threshold: threshold)
    for k in 0..<sampler.count.z - 1 { march.layer(k) }
    return TriangleSurface(vertices: march.vertices, triangles: march.triangles).compacted()
  }
}

extension DenseVector {
  /// The vector with entries below `threshold` in the place of those that are not finite.
  func voidWhereNotFinite(below threshold: Double) -> DenseVector {
    DenseVector(elements.map { $0.isFinite ? $0 : threshold - 1 })
  }
}

/// Cell values with the two layers around them: sample i of an axis is void for 0 and count-1, on the boundary plane for
/// 1 and count-2, else in the centre of cell i-2.
private struct PaddedSamples {
  let count: SIMD3<Int>
  let cells: SIMD3<Int>
  let field: DenseVector
  /// Sample positions along each axis, in m.
  let positions: [[Double]]

  init(grid: StructuredGrid, field: DenseVector) {
    cells = SIMD3(grid.cells[0], grid.cells[1], grid.cells[2])
    count = cells &+ 4
    self.field = field
    positions = (0..<3).map { axis in
      let low = grid.origin[axis], high = low + grid.size[axis], h = grid.spacing[axis]
      return [low, low] + (0..<grid.cells[axis]).map { low + (Double($0) + 0.5) * h } + [high, high]
    }
  }

  /// Writes the values of plane k. Void is minus infinity, below any threshold.
  func plane(_ k: Int, into out: inout [Double]) {
    if k == 0 || k == count.z - 1 {
      for i in out.indices { out[i] = -.infinity }
      return
    }
    let ck = min(max(k - 2, 0), cells.z - 1)
    for j in 0..<count.y {
      let row = j * count.x
      if j == 0 || j == count.y - 1 {
        for i in 0..<count.x { out[row + i] = -.infinity }
        continue
      }
      let base = cells.x * (min(max(j - 2, 0), cells.y - 1) + cells.y * ck)
      out[row] = -.infinity
      out[row + count.x - 1] = -.infinity
      for i in 1..<count.x - 1 { out[row + i] = field[base + min(max(i - 2, 0), cells.x - 1)] }
    }
  }
}

/// The walk over the cubes between samples, one layer at a time, with the crossings of the two planes at hand.
private struct March {
  let samples: PaddedSamples
  let threshold: Double
  var vertices: [SIMD3<Double>] = []
  var triangles: [SIMD3<Int32>] = []

  private var lower: [Double], upper: [Double]
  /// Vertex on the edge that leaves a sample along an axis; -1 where not yet made. Planes k and k + 1, and between them.
  private var lowerX: [Int32], lowerY: [Int32], upperX: [Int32], upperY: [Int32], between: [Int32]
  /// The one vertex of all crossings between a sample on the boundary plane and the void at the same place.
  private var lowerCap: [Int32], upperCap: [Int32]

  init(samples: PaddedSamples, threshold: Double) {
    self.samples = samples
    self.threshold = threshold
    let area = samples.count.x * samples.count.y
    let none = [Int32](repeating: -1, count: area)
    (lowerX, lowerY, upperX, upperY, between, lowerCap, upperCap) = (none, none, none, none, none, none, none)
    lower = [Double](repeating: 0, count: area)
    upper = lower
    samples.plane(0, into: &upper)
  }

  mutating func layer(_ k: Int) {
    swap(&lower, &upper)
    swap(&lowerX, &upperX)
    swap(&lowerY, &upperY)
    swap(&lowerCap, &upperCap)
    samples.plane(k + 1, into: &upper)
    for i in upperX.indices {
      upperX[i] = -1
      upperY[i] = -1
      between[i] = -1
      upperCap[i] = -1
    }
    let patterns = MarchingCubesTable.shared.patterns
    let nx = samples.count.x
    for j in 0..<samples.count.y - 1 {
      for i in 0..<nx - 1 {
        let s = i + nx * j
        var inside = 0
        if lower[s] >= threshold { inside |= 1 }
        if lower[s + 1] >= threshold { inside |= 2 }
        if lower[s + nx] >= threshold { inside |= 4 }
        if lower[s + nx + 1] >= threshold { inside |= 8 }
        if upper[s] >= threshold { inside |= 16 }
        if upper[s + 1] >= threshold { inside |= 32 }
        if upper[s + nx] >= threshold { inside |= 64 }
        if upper[s + nx + 1] >= threshold { inside |= 128 }
        if inside == 0 || inside == 255 { continue }
        cube(i, j, k, patterns[inside])
      }
    }
  }

  private mutating func cube(_ i: Int, _ j: Int, _ k: Int, _ pattern: MarchingCubesTable.Pattern) {
    var index = SIMD32<Int32>(repeating: -1)
    for (number, loop) in pattern.loops.enumerated() {
      for edge in loop.edges { index[edge] = vertex(onEdge: edge, i, j, k) }
      if loop.fanned {
        index[12 + number] = Int32(vertices.count)
        var sum = SIMD3<Double>.zero
        for edge in loop.edges { sum += vertices[Int(index[edge])] }
        vertices.append(sum / Double(loop.edges.count))
      }
    }
    for t in stride(from: 0, to: pattern.triangles.count, by: 3) {
      let a = index[pattern.triangles[t]], b = index[pattern.triangles[t + 1]], c = index[pattern.triangles[t + 2]]
      // Where three layers of void meet at an edge of the domain, crossings fall together and the cap has no area.
      if a != b && b != c && c != a { triangles.append(SIMD3(a, b, c)) }
    }
  }

  private mutating func vertex(onEdge edge: Int, _ i: Int, _ j: Int, _ k: Int) -> Int32 {
    let corner = MarchingCubesTable.edgeCorners[edge].0
    let axis = edge / 4
    let ci = i + corner & 1, cj = j + (corner >> 1) & 1, top = corner >> 2
    let s = ci + samples.count.x * cj
    let known =
      axis == 2 ? between[s] : (axis == 0 ? (top == 0 ? lowerX[s] : upperX[s]) : (top == 0 ? lowerY[s] : upperY[s]))
    if known >= 0 { return known }

    let step = axis == 0 ? 1 : (axis == 1 ? samples.count.x : 0)
    let from = top == 0 ? lower[s] : upper[s]
    let to = axis == 2 ? upper[s] : (top == 0 ? lower[s + step] : upper[s + step])
    let made: Int32
    if from == -.infinity || to == -.infinity {
      // The solid end of the edge is the sample that all its crossings toward the void share.
      let solidAtEnd = from == -.infinity
      let sample = solidAtEnd ? s + step : s
      let plane = axis == 2 && solidAtEnd ? 1 : top
      let shared = plane == 0 ? lowerCap[sample] : upperCap[sample]
      if shared >= 0 {
        made = shared
      } else {
        made = append(ci + (axis == 0 && solidAtEnd ? 1 : 0), cj + (axis == 1 && solidAtEnd ? 1 : 0), k + plane)
        if plane == 0 { lowerCap[sample] = made } else { upperCap[sample] = made }
      }
    } else {
      let t = min(max((threshold - from) / (to - from), 1.0 / 64), 63.0 / 64)
      made = append(ci, cj, k + top, toward: axis, by: t)
    }
    switch (axis, top) {
    case (2, _): between[s] = made
    case (0, 0): lowerX[s] = made
    case (0, _): upperX[s] = made
    case (_, 0): lowerY[s] = made
    default: upperY[s] = made
    }
    return made
  }

  /// A new vertex at a sample, moved by the fraction `t` toward the next sample along `axis`.
  private mutating func append(_ i: Int, _ j: Int, _ k: Int, toward axis: Int = 0, by t: Double = 0) -> Int32 {
    let at = [i, j, k]
    var point = SIMD3(samples.positions[0][i], samples.positions[1][j], samples.positions[2][k])
    if t > 0 {
      let line = samples.positions[axis]
      point[axis] = line[at[axis]] + t * (line[at[axis] + 1] - line[at[axis]])
    }
    vertices.append(point)
    return Int32(vertices.count - 1)
  }
}
