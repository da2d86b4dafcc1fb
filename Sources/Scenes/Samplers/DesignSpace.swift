import DesignSamplers
import Pictures

/// The designs that a sampler draws: how a network sees them, which of them are valid, and how they look.
protocol DesignSpace: Sendable {
  /// In words, for weights and messages: samplers of one space are of no use in another.
  var words: String { get }
  /// The extents of a design as a network sees it.
  var shape: [Int] { get }
  /// Whether all numbers of a design are of one kind and share a scale, as densities do.
  var sharesScale: Bool { get }
  /// Whether a design is held to `nearestAllowed` while it is drawn.
  var holdsExactly: Bool { get }
  /// The nearest design that keeps what is to be kept exactly.
  func nearestAllowed(_ design: DenseVector) -> DenseVector
  /// The first test that a design fails, in words; nil for a valid one.
  func failedTest(_ design: DenseVector) -> String?
  func picture(_ design: DenseVector) -> Raster
  /// By which polished designs are told apart.
  var difference: DesignDifference { get }
  /// What else is measured of a valid design, by name.
  func measures(_ design: DenseVector) -> [(name: String, value: Double)]
}

extension RunnableScene {
  fileprivate var isAirfoil: Bool {
    if case .airfoil = self { true } else { false }
  }
}

extension DesignSpace {
  var count: Int { shape.reduce(1, *) }
  var sharesScale: Bool { false }
  var holdsExactly: Bool { false }
  func nearestAllowed(_ design: DenseVector) -> DenseVector { design }
  func measures(_ design: DenseVector) -> [(name: String, value: Double)] { [] }

  /// The scale that a network sees designs in.
  func scaling(of designs: [DenseVector]) -> DesignScaling {
    let each = DesignScaling(of: designs)
    guard sharesScale else { return each }
    let n = Double(each.mean.count)
    let mean = each.mean.elements.reduce(0, +) / n
    let square = zip(each.mean.elements, each.deviation.elements).reduce(0.0) { sum, pair in
      sum + (pair.0 - mean) * (pair.0 - mean) + pair.1 * pair.1
    }
    return DesignScaling(
      mean: DenseVector(repeating: mean, count: each.mean.count),
      deviation: DenseVector(repeating: (square / n).squareRoot(), count: each.mean.count))
  }

  /// Valid or not, all at the same time.
  func failedTests(_ designs: [DenseVector]) -> [String?] {
    concurrentMap(designs.count) { self.failedTest(designs[$0]) }
  }
}

/// The space of a scene's designs.
enum DesignSpaces {
  /// - Throws: `SceneErrors` where designs of the scene cannot be drawn.
  static func space(of runnable: RunnableScene, _ file: SceneFile) throws -> any DesignSpace {
    if let bounds = file.scene.guidance.value.project, !runnable.isAirfoil {
      throw SceneErrors([
        bounds.error("`project` is for foils", remedy: "take it out; the volume of densities is held anyway")
      ])
    }
    return switch runnable {
    case .airfoil(let scene): try FoilSpace(scene, file)
    case .field(let scene): try DensitySpace(scene, file)
    case .particles(let scene): try ParticleSpace(scene, file)
    }
  }

  static func refusal(_ file: SceneFile, _ problem: String, remedy: String? = nil) -> SceneErrors {
    let mark = file.scene.design?.mark ?? SourceMark(source: file.path, line: 1, column: 1)
    return SceneErrors([SceneDiagnostic(mark: mark, problem: problem, remedy: remedy)])
  }
}
