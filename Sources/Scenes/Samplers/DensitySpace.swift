import DesignSamplers
import Pictures

/// Densities on a grid. Valid are those that carry their loads; the volume that the scene allows is held exactly.
struct DensitySpace: DesignSpace {
  let words: String
  let shape: [Int]
  private let scene: BuiltScene
  private let grid: StructuredGrid
  /// The volume that the scene allows; nil where it bounds none.
  private let volume: Double?

  var sharesScale: Bool { true }
  var holdsExactly: Bool { true }

  init(_ scene: BuiltScene, _ file: SceneFile) throws {
    guard case .grid(let grid) = scene.domain else {
      throw DesignSpaces.refusal(file, "samplers of densities need a grid", remedy: "write `domain: { grid: ... }`")
    }
    self.scene = scene
    self.grid = grid
    shape = grid.cells.reversed() + [1]
    words = "densities of \(grid.cells.map(String.init).joined(separator: " x ")) cells"
    volume =
      file.scene.constraints.lazy.compactMap { constraint -> Double? in
        guard case .volumeFraction = constraint.value.functional else { return nil }
        return constraint.value.atMost?.value
      }.first
  }

  private func physical(_ design: DenseVector) -> DenseVector {
    (try? scene.physicalField(design)) ?? design
  }

  /// All densities are shifted until the physical field has the volume allowed.
  func nearestAllowed(_ design: DenseVector) -> DenseVector {
    guard let volume else { return scene.problem.bounds.project(design) }
    func shifted(_ shift: Double) -> DenseVector {
      DenseVector(design.elements.map { min(1, max(0, $0 + shift)) })
    }
    var low = -1 - (design.elements.max() ?? 0), high = 1 - (design.elements.min() ?? 0)
    for _ in 0..<50 {
      let middle = 0.5 * (low + high)
      let mean = physical(shifted(middle)).elements.reduce(0, +) / Double(design.count)
      if mean < volume { low = middle } else { high = middle }
    }
    return shifted(low)
  }

  func failedTest(_ design: DenseVector) -> String? {
    guard let body = try? scene.analysis.analyseThresholded(physical(nearestAllowed(design))) else {
      return "the body cut to solid and void cannot be analysed"
    }
    return body.lostLoad > 1e-9 ? "a load stands on nothing" : nil
  }

  func measures(_ design: DenseVector) -> [(name: String, value: Double)] {
    let field = physical(design)
    let mean = field.elements.reduce(0, +) / Double(field.count)
    var result: [(name: String, value: Double)] = []
    if let volume { result.append(("volume error", abs(mean - volume) / volume)) }
    if let body = try? scene.analysis.analyseThresholded(field) {
      let solid = body.solid.count { $0 } + body.floatingCells
      result.append(("floating material", Double(body.floatingCells) / Double(max(1, solid))))
    }
    return result
  }

  var difference: DesignDifference {
    DesignDifference("mean difference of two densities", threshold: 0.05) { a, b in
      let (a, b) = (physical(a).elements, physical(b).elements)
      return zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(max(1, a.count))
    }
  }

  func picture(_ design: DenseVector) -> Raster {
    let field = physical(design)
    guard grid.dimension == 3 else { return DensityPicture.render(grid, field: field, longerSide: 160) }
    let surface = Isosurface.extract(from: grid, field: field, threshold: scene.output.threshold)
    return SurfaceRenderer().render(surface, width: 240, height: 180)
  }
}
