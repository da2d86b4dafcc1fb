import FiniteElements
import SmoothedParticles

/// The tools of a scene's design: their shapes, and where in the simulation's walls their particles are.
struct PlacedTool: Sendable {
  let name: String
  let mark: SourceMark
  let shape: any ToolShape
  let start: DenseVector
  let bounds: Bounds
  /// Costs are of the shape's variables.
  let costs: DesignCosts
  /// Of the walls.
  var particles: Range<Int>
}

/// Makes the tools of a scene's design.
struct ToolFilling {
  let scene: Scene
  let lattice: StructuredGrid
  /// m
  let spacing: Double

  private var dimension: Int { lattice.dimension }

  /// The designs of a scene, those of `several` one by one.
  static func designs(_ declared: Located<any Scene.Design>?) -> [Located<any Scene.Design>] {
    guard let declared else { return [] }
    guard let several = declared.value as? Scene.SeveralDesigns else { return [declared] }
    return several.designs.flatMap { designs($0) }
  }

  /// Tools in order, their particles after `first` others; a tool that is wrong is reported and left out.
  func fill(after first: Int, _ diagnostics: inout DiagnosticList) -> [PlacedTool] {
    var tools: [PlacedTool] = [], next = first
    for declared in Self.designs(scene.design) {
      guard let tool = declared.value as? Scene.ToolDesign, let made = make(tool, declared.mark, &diagnostics) else {
        continue
      }
      let count = made.shape.particleCount
      tools.append(
        PlacedTool(
          name: tool.name, mark: declared.mark, shape: made.shape, start: made.start, bounds: made.bounds,
          costs: made.costs, particles: next..<next + count))
      next += count
    }
    return tools
  }

  private func make(_ tool: Scene.ToolDesign, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> (shape: any ToolShape, start: DenseVector, bounds: Bounds, costs: DesignCosts)?
  {
    func refuse(_ problem: String, _ remedy: String)
      -> (shape: any ToolShape, start: DenseVector, bounds: Bounds, costs: DesignCosts)?
    {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: problem, remedy: remedy))
      return nil
    }
    func holds(_ places: [[Double]]) -> Bool {
      ShapeReach(lattice).holds(places, at: mark, tool.name, &diagnostics)
    }
    let flatOnly = "is a shape in the plane, and the box has three dimensions"
    switch tool.shape {
    case .jointChain(let chain):
      if dimension != 2 { return refuse("a `joint-chain` \(flatOnly)", "use a `height-field`") }
      guard holds(ShapeReach.around(chain.root, chain.length)) else { return nil }
      let shape = JointChain(
        root: chain.root, direction: chain.direction, length: chain.length, joints: chain.joints, spacing: spacing,
        layers: tool.layers)
      let start = chain.start.count == 1 ? [Double](repeating: chain.start[0], count: chain.joints) : chain.start
      return (
        shape, DenseVector(start), Bounds(-chain.limit...chain.limit, count: chain.joints),
        DesignCosts(
          roughness: chain.joints > 1 ? Roughness(shape: [chain.joints]) : nil, toolLength: ToolLength(of: shape))
      )
    case .spline(let points):
      if dimension != 2 { return refuse("a `spline` \(flatOnly)", "use a `height-field`") }
      if zip(points.points, points.points.dropFirst()).allSatisfy({ $0.0 == $0.1 }) {
        return refuse("all `points` of the spline are the same", "spread them along the tool")
      }
      guard holds(points.points) else { return nil }
      let axes = points.axes?.map(\.rawValue) ?? [0, 1]
      let shape = SplineTool(controlPoints: points.points, freeAxes: axes, spacing: spacing, layers: tool.layers)
      let count = shape.variables.count
      return (
        shape, DenseVector(zeros: count), Bounds(-points.limit...points.limit, count: count),
        DesignCosts(
          roughness: Roughness(shape: [points.points.count], components: axes.count), toolLength: ToolLength(of: shape))
      )
    case .polygon(let points):
      if dimension != 2 { return refuse("a `polygon` \(flatOnly)", "use a `height-field`") }
      let region = Located(Scene.Selection.polygon(points.points), at: mark)
      let resolver = SelectionResolver(.grid(lattice), regions: [])
      guard let cells = resolver.resolve(region, as: .cells, called: "particles", &diagnostics) else { return nil }
      let axes = points.axes?.map(\.rawValue) ?? [0, 1]
      let shape = PolygonTool(
        corners: points.points, freeAxes: axes, filledWith: cells.flatMap { lattice.centroid(ofCell: $0) })
      let count = shape.variables.count
      return (
        shape, DenseVector(zeros: count), Bounds(-points.limit...points.limit, count: count),
        DesignCosts(
          roughness: Roughness(shape: [points.points.count], components: axes.count), toolArea: ToolArea(of: shape))
      )
    case .heightField(let field):
      if field.from.count != dimension - 1 {
        return refuse(
          "the height field has \(field.from.count) horizontal axes in a box of \(dimension) dimensions",
          "give `from`, `to` and `nodes` one entry in the plane, two in space")
      }
      guard
        holds([field.from, field.to].map { ends in ends.count == 1 ? ends : [ends[0], lattice.origin[1], ends[1]] })
      else { return nil }
      let shape = HeightField(
        from: field.from, to: field.to, nodes: field.nodes, base: field.base, amplitude: field.amplitude,
        spacing: spacing, layers: tool.layers)
      let count = shape.variables.count
      return (
        shape, DenseVector(repeating: field.start, count: count), Bounds(-field.limit...field.limit, count: count),
        DesignCosts(
          roughness: Roughness(shape: shape.variables.shape), toolArea: dimension == 2 ? ToolArea(of: shape) : nil)
      )
    case .solid(let solid): return layered(solid, layers: tool.layers, &diagnostics)
    }
  }

  private func layered(_ solid: Scene.LayeredShape, layers: Int, _ diagnostics: inout DiagnosticList)
    -> (shape: any ToolShape, start: DenseVector, bounds: Bounds, costs: DesignCosts)?
  {
    guard let shape = SolidReading.shape(solid.shape, in: lattice, &diagnostics) else { return nil }
    let limits = shape.numberKinds.map { kind in
      switch kind {
      case .place, .size: solid.limit
      case .turn: solid.turnLimit
      }
    }
    for (number, kind) in zip(shape.parameters, shape.numberKinds) where kind == .size && number <= solid.limit {
      diagnostics.add(
        solid.shape.error(
          "`limit` lets a size of the solid fall to zero", found: "\(solid.limit) m",
          expected: "less than \(number) m"))
      return nil
    }
    let free = limits.indices.filter { limits[$0] > 0 }
    let tool = LayeredTool(
      BodyFittedLayers(
        shape, spacing: spacing, layers: layers,
        within: (lattice.origin, zip(lattice.origin, lattice.size).map { $0 + $1 })), free: free)
    if tool.particleCount == 0 {
      diagnostics.add(solid.shape.error("the solid has no room for a particle in the box"))
      return nil
    }
    let reach = free.map { limits[$0] }
    return (
      tool, DenseVector(zeros: free.count), Bounds(lower: DenseVector(reach.map { -$0 }), upper: DenseVector(reach)),
      DesignCosts(roughness: free.count > 1 ? Roughness(shape: [free.count]) : nil)
    )
  }
}
