import FieldIO
import FiniteElements
import Foundation
import InverseDesign

/// Turns a decoded scene into models and a problem; mistakes that only geometry shows are found here.
public enum SceneBuilder {
  /// - Throws: `SceneErrors` with every mistake found.
  public static func build(_ file: SceneFile) throws -> BuiltScene {
    let scene = file.scene
    if scene.physics.value is Scene.SmoothedParticles {
      throw SceneErrors([
        scene.physics.error(
          "this is for scenes of cells, not of particles", remedy: "use `backsolve simulate` or `backsolve optimize`")
      ])
    }
    if scene.physics.value is Scene.Airfoil {
      throw SceneErrors([
        scene.physics.error(
          "this is for scenes of cells, not of airfoils", remedy: "use `backsolve simulate` or `backsolve optimize`")
      ])
    }
    if let design = scene.design, design.value is Scene.AirfoilDesign {
      throw SceneErrors([design.error("the design shapes an airfoil", expected: "`density`")])
    }
    if let design = scene.design, !(design.value is Scene.DensityDesign) {
      throw SceneErrors([
        design.error("`\(type(of: design.value).word)` is for particles", expected: "`density`")
      ])
    }
    var diagnostics = DiagnosticList()
    let sceneDomain = try domain(scene)
    let resolver = SelectionResolver(sceneDomain, regions: scene.regions)

    var passive: (solid: [Int], void: [Int]) = ([], [])
    let density = scene.design?.value as? Scene.DensityDesign
    let design = density ?? .everywhereSolid
    let modulus = modulus(of: scene.physics.value)
    let designBuilder = DesignBuilder(sceneDomain: sceneDomain, resolver: resolver, modulus: modulus)
    if let found = designBuilder.passiveCells(design, &diagnostics) { passive = found }
    if density == nil, let file = scene.startDesign {
      diagnostics.add(
        SceneDiagnostic(
          mark: file.mark, problem: "`start-design` without a `design`", remedy: "add `design: { density: {} }`"))
    }
    var builtDesign = designBuilder.build(design, passive: passive, volumeBound: volumeBound(scene), &diagnostics)
    if density != nil, let file = scene.startDesign, let start = designBuilder.start(file, &diagnostics) {
      builtDesign?.start = start
    }
    var voidCells = [Bool](repeating: false, count: sceneDomain.domain.cellCount)
    for cell in passive.void { voidCells[cell] = true }

    let physics = PhysicsBuilder(sceneDomain: sceneDomain, resolver: resolver, voidCells: voidCells)
      .build(scene.physics, &diagnostics)
    guard let physics, let builtDesign else {
      try diagnostics.throwIfAny()
      throw CommandFailure(.usage, "\(file.path): error: the scene cannot be built")
    }
    let assembly = SceneAssembly(
      scene: scene, domain: sceneDomain, resolver: resolver, design: builtDesign, physics: physics)
    return try assembly.build(&diagnostics)
  }

  private static func domain(_ scene: Scene) throws -> SceneDomain {
    switch scene.domain.value {
    case .grid(let grid):
      try MemoryEstimate.check(grid, physics: scene.physics.value, isFactored: scene.solver.value == .cholmod)
      return .grid(StructuredGrid(origin: grid.origin, size: grid.size, cells: grid.cells.value))
    case .mesh(let mesh):
      do {
        let read = try GmshReader.read(contentsOf: mesh.file.path)
        return .mesh(mesh.scale == 1 ? read : try read.scaled(by: mesh.scale))
      } catch {
        throw SceneErrors([
          SceneDiagnostic(mark: mesh.file.mark, problem: "the mesh cannot be used: \(error)")
        ])
      }
    case .box:
      throw SceneErrors([
        scene.domain.error(
          "a `box` is for particles", expected: "`grid` or `mesh`",
          remedy: "give the physics cells, or use `smoothed-particles`")
      ])
    case .plane:
      throw SceneErrors([
        SceneDiagnostic(
          mark: scene.physics.mark, problem: "the scene lacks `domain`", remedy: "add `domain: ...`")
      ])
    }
  }

  private static func modulus(of physics: any Scene.Physics) -> Double {
    switch physics {
    case let elasticity as Scene.LinearElasticity: elasticity.material.value.youngsModulus
    case let diffusion as Scene.SteadyDiffusion: diffusion.conductivity
    default: 1
    }
  }

  /// The bound of a volume-fraction constraint over the whole domain: where the design starts.
  private static func volumeBound(_ scene: Scene) -> Double? {
    for constraint in scene.constraints {
      if case .volumeFraction = constraint.value.functional, let bound = constraint.value.atMost {
        return min(max(bound.value, 0), 1)
      }
    }
    return nil
  }
}

extension Scene.DensityDesign {
  /// What a scene without a design simulates: solid everywhere.
  static let everywhereSolid = Scene.DensityDesign(
    start: Located(1, at: .builtIn), solid: nil, void: nil, mask: nil, filter: nil, projection: nil, symmetry: nil,
    extrusion: nil, interpolation: Located(.simp(.defaults), at: .builtIn))
}

/// How much memory a grid would take, before any of it is asked for.
enum MemoryEstimate {
  /// The factor of a 3D grid: it fills in like the power 4/3 of the nodes; 13 was measured with elasticity on 24³ and
  /// 32³.
  static func factorBytes(nodes: Double, components: Double) -> Double {
    13 * pow(nodes, 4.0 / 3) * components * components * 8
  }

  /// - Throws: `SceneErrors` where the machine cannot hold it.
  static func check(_ grid: Scene.Grid, physics: any Scene.Physics, isFactored: Bool) throws {
    let nodes = grid.cells.value.reduce(1.0) { $0 * Double($1 + 1) }
    let components = physics is Scene.SteadyDiffusion ? 1.0 : Double(grid.dimension)
    // About forty vectors of unknowns in double precision: solver, adjoint, optimizer and pictures.
    var bytes = nodes * components * 8 * 40
    if isFactored && grid.dimension == 3 { bytes += factorBytes(nodes: nodes, components: components) }
    let available = Double(ProcessInfo.processInfo.physicalMemory)
    guard bytes > 0.9 * available else { return }
    func gigabytes(_ bytes: Double) -> String { String(format: "%.3g GB", bytes / 1e9) }
    throw SceneErrors([
      grid.cells.error(
        "the grid does not fit in memory",
        found: "\(grid.cells.value.map(String.init).joined(separator: " x ")) cells, about \(gigabytes(bytes))",
        expected: "at most \(gigabytes(0.9 * available)) on this machine",
        remedy: isFactored ? "use fewer cells, or another solver" : "use fewer cells")
    ])
  }
}
