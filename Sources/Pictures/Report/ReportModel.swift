/// The body that a report shows and lets the reader turn: its surface, how it moves, and fields on it.
public struct ReportModel: Sendable {
  public struct ScalarField: Sendable {
    public var name: String
    public var unit: String
    /// One value per vertex.
    public var values: [Double]

    public init(_ name: String, unit: String = "", values: [Double]) {
      self.name = name
      self.unit = unit
      self.values = values
    }
  }

  /// Triangles; a 2D design lies in the plane z = 0.
  public var surface: TriangleSurface
  /// In m per vertex, or empty.
  public var displacement: [SIMD3<Double>]
  public var fields: [ScalarField]
  public var isPlanar: Bool
  public var view: ViewPoint

  public init(
    surface: TriangleSurface, displacement: [SIMD3<Double>] = [], fields: [ScalarField] = [], isPlanar: Bool = false,
    view: ViewPoint = ViewPoint()
  ) {
    precondition(displacement.isEmpty || displacement.count == surface.vertices.count, "one displacement per vertex")
    precondition(fields.allSatisfy { $0.values.count == surface.vertices.count }, "one field value per vertex")
    self.surface = surface
    self.displacement = displacement
    self.fields = fields
    self.isPlanar = isPlanar
    self.view = view
  }
}

extension ReportModel {
  /// The isosurface of a 3D density with displacement and fields taken from the grid at its vertices.
  ///
  /// - Parameters:
  ///   - grid: in three dimensions.
  ///   - density: `[cellCount]`
  ///   - threshold: the density at the surface.
  ///   - displacement: `[nodeCount, 3]` in m, or empty.
  ///   - fields: scalar fields of the grid with their units.
  ///   - view: from where the page shows it first.
  public init(
    grid: StructuredGrid, density: DenseVector, threshold: Double = 0.5, displacement: DenseVector = .zero,
    fields: [(field: Field, unit: String)] = [], view: ViewPoint = ViewPoint()
  ) {
    let lower = SIMD3(grid.origin[0], grid.origin[1], grid.origin[2])
    let upper = lower + SIMD3(grid.size[0], grid.size[1], grid.size[2])
    let surface = Isosurface.extract(from: grid, field: density, threshold: threshold)
      .smoothed(keepingOn: (lower, upper))
    let sampler = GridSampler(grid)
    let moved =
      displacement.isEmpty
      ? []
      : surface.vertices.map { p -> SIMD3<Double> in
        let v = sampler.nodal(displacement.elements, components: 3, at: [p.x, p.y, p.z])
        return SIMD3(v[0], v[1], v[2])
      }
    let shown = fields.map { entry in
      ScalarField(
        entry.field.name, unit: entry.unit,
        values: surface.vertices.map { p in
          entry.field.location == .nodes
            ? sampler.nodal(entry.field.values, components: 1, at: [p.x, p.y, p.z])[0]
            : sampler.cellwise(entry.field.values, weights: density.elements, at: [p.x, p.y, p.z])
        })
    }
    self.init(surface: surface, displacement: moved, fields: shown, view: view)
  }

  /// The kept cells of any domain: their faces in 3D, themselves in 2D.
  ///
  /// - Parameters:
  ///   - domain: in two or three dimensions.
  ///   - keeping: which cells are drawn.
  ///   - displacement: `[nodeCount, dimension]` in m, or empty.
  ///   - fields: scalar fields of the domain with their units.
  ///   - view: from where the page shows it first.
  public init(
    domain: some Domain, keeping: (Int) -> Bool, displacement: DenseVector = .zero,
    fields: [(field: Field, unit: String)] = [], view: ViewPoint = ViewPoint()
  ) {
    let d = domain.dimension
    var surface = TriangleSurface(), nodes: [Int] = [], cells: [Int] = []
    if d == 2 {
      // Corners of their own for every cell, so that cell fields have sharp steps.
      for cell in 0..<domain.cellCount where keeping(cell) {
        let base = Int32(surface.vertices.count), around = domain.nodesAroundCell(cell)
        for node in around {
          let p = domain.point(ofNode: node)
          surface.vertices.append(SIMD3(p[0], p[1], 0))
          nodes.append(node)
          cells.append(cell)
        }
        for i in 1..<Int32(around.count) - 1 { surface.triangles.append(SIMD3(base, base + i, base + i + 1)) }
      }
    } else {
      (surface, nodes) = BoundarySurface.extract(from: domain, keeping: keeping)
    }
    let moved =
      displacement.isEmpty
      ? []
      : nodes.map { node -> SIMD3<Double> in
        SIMD3(displacement[d * node], displacement[d * node + 1], d == 3 ? displacement[d * node + 2] : 0)
      }
    let shown = fields.map { entry -> ScalarField in
      let field = entry.field
      if field.location == .nodes {
        return ScalarField(field.name, unit: entry.unit, values: nodes.map { field.values[$0] })
      }
      if d == 2 { return ScalarField(field.name, unit: entry.unit, values: cells.map { field.values[$0] }) }
      // In 3D a vertex shows the mean of the kept cells around its node.
      var sum = [Double](repeating: 0, count: domain.nodeCount), count = sum
      for cell in 0..<domain.cellCount where keeping(cell) {
        for node in domain.nodes(ofCell: cell) {
          sum[node] += field.values[cell]
          count[node] += 1
        }
      }
      return ScalarField(field.name, unit: entry.unit, values: nodes.map { sum[$0] / max(1, count[$0]) })
    }
    self.init(surface: surface, displacement: moved, fields: shown, isPlanar: d == 2, view: view)
  }
}
