extension Outline {
  /// The outline of the part of a 2D grid where a cell field is at least a threshold, by marching squares.
  ///
  /// Padded as the isosurface is: constant from the outermost centres to the boundary, void right behind it, so that
  /// the outline lies exactly on the boundary where the body reaches it. Diagonal cells are kept apart.
  public static func extract(from grid: StructuredGrid, field: DenseVector, threshold: Double = 0.5) -> Outline {
    precondition(grid.dimension == 2, "an outline is taken from a 2D grid")
    precondition(field.count == grid.cellCount, "\(field.count) values for \(grid.cellCount) cells")
    let field = field.isFinite ? field : field.voidWhereNotFinite(below: threshold)
    let nx = grid.cells[0] + 4, ny = grid.cells[1] + 4
    let lines = (0..<2).map { axis in
      let low = grid.origin[axis], high = low + grid.size[axis], h = grid.spacing[axis]
      return [low, low] + (0..<grid.cells[axis]).map { low + (Double($0) + 0.5) * h } + [high, high]
    }
    var values = [Double](repeating: -.infinity, count: nx * ny)
    for j in 1..<ny - 1 {
      for i in 1..<nx - 1 {
        let ci = min(max(i - 2, 0), grid.cells[0] - 1), cj = min(max(j - 2, 0), grid.cells[1] - 1)
        values[i + nx * j] = field[ci + grid.cells[0] * cj]
      }
    }
    var points: [SIMD2<Double>] = [], pointOfEdge: [Int: Int] = [:], pointOfSample: [Int: Int] = [:]
    func place(_ s: Int) -> SIMD2<Double> { SIMD2(lines[0][s % nx], lines[1][s / nx]) }
    func crossing(_ a: Int, _ b: Int) -> Int {
      let key = min(a, b) * 2 + (abs(a - b) == 1 ? 0 : 1)
      if let known = pointOfEdge[key] { return known }
      let made: Int
      if values[a] == -.infinity || values[b] == -.infinity {
        let solid = values[a] == -.infinity ? b : a
        made = pointOfSample[solid] ?? points.count
        if made == points.count { points.append(place(solid)) }
        pointOfSample[solid] = made
      } else {
        let low = min(a, b), high = max(a, b)
        let t = min(max((threshold - values[low]) / (values[high] - values[low]), 1.0 / 64), 63.0 / 64)
        made = points.count
        points.append(place(low) + (place(high) - place(low)) * t)
      }
      pointOfEdge[key] = made
      return made
    }
    var segments: [(from: Int, to: Int)] = []
    for j in 0..<ny - 1 {
      for i in 0..<nx - 1 {
        let s = i + nx * j
        let around = [s, s + 1, s + nx + 1, s + nx]
        let inside = around.map { values[$0] >= threshold }
        // Walking around the square, the body is entered between c and c + 1 and left behind d: the segment runs from
        // where it is left to where it is entered, the body on the left.
        for c in 0..<4 where !inside[c] && inside[(c + 1) % 4] {
          var d = c + 1
          while inside[(d + 1) % 4] { d += 1 }
          let from = crossing(around[d % 4], around[(d + 1) % 4]), to = crossing(around[c], around[(c + 1) % 4])
          if from != to { segments.append((from, to)) }
        }
      }
    }
    return linking(segments, points: points).withoutStraightPoints()
  }

  /// The edges between kept cells and everything else, for any 2D mesh or grid.
  public static func extract(from domain: some Domain, keeping kept: (Int) -> Bool) -> Outline {
    precondition(domain.dimension == 2, "an outline is taken from a 2D domain")
    var direction: [UndirectedEdge: (from: Int, to: Int)] = [:]
    var order: [UndirectedEdge] = []
    for cell in 0..<domain.cellCount where kept(cell) {
      let nodes = domain.nodesAroundCell(cell)
      for i in nodes.indices {
        let from = nodes[i], to = nodes[(i + 1) % nodes.count]
        let edge = UndirectedEdge(from, to)
        if direction.removeValue(forKey: edge) == nil {
          direction[edge] = (from, to)
          order.append(edge)
        }
      }
    }
    var pointOfNode: [Int: Int] = [:], points: [SIMD2<Double>] = []
    func point(_ node: Int) -> Int {
      if let known = pointOfNode[node] { return known }
      let place = domain.point(ofNode: node)
      points.append(SIMD2(place[0], place[1]))
      pointOfNode[node] = points.count - 1
      return points.count - 1
    }
    let segments = order.compactMap { direction[$0] }.map { (from: point($0.from), to: point($0.to)) }
    return linking(segments, points: points).withoutStraightPoints()
  }

  /// Points between two neighbours on a straight line left out; loops that enclose nothing left out.
  func withoutStraightPoints() -> Outline {
    Outline(
      loops: loops.map { loop in
        loop.indices.filter { i in
          let before = loop[(i + loop.count - 1) % loop.count], after = loop[(i + 1) % loop.count]
          let a = loop[i] - before, b = after - loop[i]
          let turned = a.x * b.y - a.y * b.x
          return abs(turned) > 1e-9 * ((a * a).sum() * (b * b).sum()).squareRoot()
        }.map { loop[$0] }
      }.filter { $0.count > 2 })
  }
}
