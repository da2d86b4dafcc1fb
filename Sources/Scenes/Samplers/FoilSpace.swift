import DesignSamplers
import Pictures

/// Airfoils of the class-shape transformation. Valid are foils that do not cross themselves and are neither thin as
/// paper nor thick as a pipe.
struct FoilSpace: DesignSpace {
  let cst: CST
  let words: String
  /// What guidance holds foils to; nil for nothing.
  private let projection: ThicknessProjection?
  var shape: [Int] { [cst.designCount] }
  var holdsExactly: Bool { projection != nil }

  /// Of the largest thickness of a valid foil, in chords.
  static let thickness = 0.03...0.30

  init(_ scene: AirfoilScene, _ file: SceneFile) throws {
    guard let design = scene.design, let cst = design.shape.map as? CST else {
      throw DesignSpaces.refusal(
        file, "samplers of airfoils need a `cst` design", remedy: "write `design: { cst: ... }`")
    }
    guard design.held == nil else {
      throw DesignSpaces.refusal(
        file, "samplers of airfoils need lifts that are solved", remedy: "take `lifts: constrained` out")
    }
    self.cst = cst
    projection = try file.scene.guidance.value.project.map { bounds in
      let allowed = Self.thickness
      guard allowed.contains(bounds.largest.lowerBound), allowed.contains(bounds.largest.upperBound) else {
        throw SceneErrors([
          bounds.error(
            "foils of this thickness are not valid",
            found: "\(bounds.largest.lowerBound) to \(bounds.largest.upperBound)",
            expected: "\(allowed.lowerBound) to \(allowed.upperBound)")
        ])
      }
      return ThicknessProjection(cst.surface, least: bounds.least, largest: bounds.largest)
    }
    var parts = ["foils of \(cst.weightsPerSide) CST weights a side"]
    if cst.isRoundAtNose { parts.append("a round nose") }
    if cst.hasLeadingEdgeTerm { parts.append("a leading-edge term") }
    parts.append(
      cst.hasFreeTrailingEdge
        ? "a free trailing edge"
        : "a trailing edge of \(NumberFormat.significant(cst.trailingEdgeThickness, digits: 4))")
    words = parts.joined(separator: ", ")
  }

  /// As given where there is no such foil: its test fails then.
  func nearestAllowed(_ design: DenseVector) -> DenseVector { (try? projection?.nearest(design)) ?? design }

  func failedTest(_ design: DenseVector) -> String? {
    let thickness = FoilFamily.thickness(of: cst.apply(design))
    if !(thickness.least > 0) { return "the sides cross" }
    if projection?.holds(design) == false { return "not held to its thickness" }
    if thickness.most < Self.thickness.lowerBound { return "thinner than \(Self.thickness.lowerBound)" }
    if thickness.most > Self.thickness.upperBound { return "thicker than \(Self.thickness.upperBound)" }
    return nil
  }

  var difference: DesignDifference {
    DesignDifference("greatest distance of two sides at one place, in chords", threshold: 0.01) { [cst] a, b in
      zip(cst.apply(a).elements, cst.apply(b).elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
  }

  func picture(_ design: DenseVector) -> Raster { FoilPicture.render(cst.apply(design)) }
}
