import DesignSamplers
import Pictures
import SmoothedParticles

/// What a scene of particles designs: tools, motions, first velocities. Any design within its bounds whose fluids are as
/// far apart as asked is valid; whether it can be simulated is the cost's matter.
struct ParticleSpace: DesignSpace {
  let words: String
  let shape: [Int]
  private let scene: ParticleScene
  private let design: ParticleDesign

  init(_ scene: ParticleScene, _ file: SceneFile) throws {
    guard let design = scene.design else { throw DesignSpaces.refusal(file, "the scene has no `design`") }
    self.scene = scene
    self.design = design
    let blocks = design.problem.parameterLayout
    shape = [blocks.map(\.count).reduce(0, +)]
    words = blocks.map { "\($0.name) of \($0.count) numbers" }.joined(separator: ", ")
  }

  /// Where fluids are kept apart.
  var holdsExactly: Bool { design.variables.map.separates }

  func nearestAllowed(_ design: DenseVector) -> DenseVector {
    let variables = self.design.variables
    return variables.map.separated(variables.bounds.project(design))
  }

  func failedTest(_ design: DenseVector) -> String? {
    if !design.elements.allSatisfy(\.isFinite) { return "not numbers" }
    return self.design.variables.map.areApart(design) ? nil : "fluids are too near each other"
  }

  var difference: DesignDifference {
    let bounds = design.variables.bounds
    return DesignDifference("greatest difference of a variable over its bounds", threshold: 0.05) { a, b in
      (0..<a.count).reduce(0) { most, i in
        let width = bounds.upper[i] - bounds.lower[i]
        return max(most, abs(a[i] - b[i]) / (width.isFinite && width > 0 ? width : 1))
      }
    }
  }

  /// The flow as it begins, with the tools that were designed.
  func picture(_ design: DenseVector) -> Raster {
    let blank = Raster(width: 1, height: 1, rgba: [255, 255, 255, 255])
    guard let parameters = try? self.design.variables.map.parameters(of: nearestAllowed(design)),
      let state = try? scene.simulation.initialState(parameters)
    else { return blank }
    let fluid = scene.drawnFluid(state)
    return ParticlePicture(longerSide: 240, view: scene.output.viewPoint).render(
      positions: fluid.positions, box: scene.drawnBox, diameter: scene.spacing, values: fluid.speeds,
      walls: scene.drawnSolids(state, parameters, at: 0))
  }
}
