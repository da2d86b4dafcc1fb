import DifferentiableCore
import SmoothedParticles

/// What the history says of named solids and bodies: the fluid's force on each, and where bodies are.
struct SolidMeasures {
  private let scene: ParticleScene
  private var workspace: ParticleSimulation.Workspace?
  private let parameters: DenseVector
  /// False where the scheme knows none.
  private let hasForces: Bool

  init(_ scene: ParticleScene) {
    self.scene = scene
    parameters = scene.simulation.system.parameters
    hasForces = scene.simulation.whyNoSolidForces == nil
    workspace = scene.solids.isEmpty || !hasForces ? nil : scene.simulation.makeWorkspace()
  }

  private var dimension: Int { scene.simulation.system.dimension }
  private var axes: ArraySlice<Axis> { Axis.allCases.prefix(dimension) }

  /// `NAME-force-x` and so on in N (N/m in the plane) of each, then `NAME-x` in m of bodies, and in the plane their
  /// `NAME-angle` in rad.
  var columns: [String] {
    (hasForces ? scene.solids : []).flatMap { solid in axes.map { "\(solid.name)-force-\($0)" } }
      + scene.simulation.system.bodies.flatMap { body in
        axes.map { "\(body.name)-\($0)" } + (dimension == 2 ? ["\(body.name)-angle"] : [])
      }
  }

  /// NaN where the state is no good.
  mutating func row(_ state: DenseVector, _ context: StepContext) -> [Double] {
    guard var workspace else { return [] }
    let forces = try? scene.simulation.solidForces(state, parameters, context, in: &workspace)
    let blocks = scene.simulation.stateBlocks
    let position = blocks.range(of: "body-position")?.lowerBound ?? 0
    let rotation = blocks.range(of: "body-rotation")?.lowerBound ?? 0
    let pushes = scene.solids.flatMap { solid in
      (0..<dimension).map { axis in
        guard let forces else { return Double.nan }
        return solid.particles.reduce(0.0) { $0 + forces[$1 * dimension + axis] }
      }
    }
    return pushes
      + scene.simulation.system.bodies.indices.flatMap { body in
        (0..<dimension).map { state[position + body * dimension + $0] }
          + (dimension == 2 ? [state[rotation + body]] : [])
      }
  }
}
