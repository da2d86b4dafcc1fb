@testable import Scenes

/// The physics of a small scene, built on its own.
struct PhysicsOfScene {
  let physics: BuiltPhysics?
  let messages: [String]
  let resolver: SelectionResolver
  let elasticity: Scene.LinearElasticity

  /// - Parameters:
  ///   - supports: YAML of a list.
  ///   - loadCase: YAML of one load case.
  ///   - void: cells held void.
  init(
    grid: String = "{ size: [2, 1], cells: [4, 2] }", supports: String = "[ { at: { x: 0 }, fix: all } ]",
    loadCase: String = "{ forces: [ { at: { x: max }, force: [0, -1] } ] }", material: String = "",
    regions: String = "",
    void: [Int] = []
  ) throws {
    let text = """
      title: A sample
      domain: { grid: \(grid) }
      \(regions)
      physics:
        linear-elasticity:
          material: { youngs-modulus: 1, poissons-ratio: 0.3\(material) }
          supports: \(supports)
          load-cases: [ \(loadCase) ]
      """
    let scene = try SceneFile.parse(text).scene
    guard case .grid(let declared) = scene.domain.value, let elasticity = scene.physics.value as? Scene.LinearElasticity
    else { fatalError("the sample is elastic and on a grid") }
    let domain = SceneDomain.grid(
      StructuredGrid(origin: declared.origin, size: declared.size, cells: declared.cells.value))
    resolver = SelectionResolver(domain, regions: scene.regions)
    self.elasticity = elasticity
    var voidCells = [Bool](repeating: false, count: domain.domain.cellCount)
    for cell in void { voidCells[cell] = true }
    var diagnostics = DiagnosticList()
    physics = PhysicsBuilder(sceneDomain: domain, resolver: resolver, voidCells: voidCells)
      .build(scene.physics, &diagnostics)
    messages = diagnostics.diagnostics.map(\.description)
  }

  /// The nodes or cells that a selection in YAML holds.
  static func select(_ selection: String, _ entity: SelectionResolver.Entity = .nodes, regions: String = "") throws
    -> (chosen: [Int]?, messages: [String])
  {
    let sample = try PhysicsOfScene(supports: "[ { at: \(selection), fix: all } ]", regions: regions)
    var diagnostics = DiagnosticList()
    let chosen = sample.resolver.resolve(sample.elasticity.supports[0].value.at, as: entity, &diagnostics)
    return (chosen, diagnostics.diagnostics.map(\.message))
  }

  /// Sum of the forces along every axis.
  var totalForce: [Double] {
    guard let load = physics?.loads.first?.given else { return [] }
    let d = resolver.dimension
    return (0..<d).map { axis in stride(from: axis, to: load.count, by: d).reduce(0) { $0 + load[$1] } }
  }
}
