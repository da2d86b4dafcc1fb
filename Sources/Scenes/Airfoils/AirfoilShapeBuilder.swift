import Foundation
import InverseDesign

/// What of an airfoil's shape may change, and where it starts.
struct AirfoilShape: Sendable {
  /// Variables to surface `[any, 2]`.
  var map: any Transform
  var block: Block
  var bounds: Bounds
  var start: DenseVector
  /// How far the start is from the foil asked for, in words; nil where it is that foil.
  var note: String?
  /// The start with a camber line of a given height added; nil where the shape is changes of the foil itself.
  var cambered: (@Sendable (Double) throws(SolveFailure) -> DenseVector)?
  /// Whether the start is the best of a few camber lines.
  var searchesCamber = false
}

/// Turns a declared design of an airfoil into a map from variables to surface.
struct AirfoilShapeBuilder {
  let foil: DenseVector
  /// As the scene names it.
  let foilName: String

  func build(_ declared: Located<any Scene.Design>, _ diagnostics: inout DiagnosticList) -> AirfoilShape? {
    guard let design = declared.value as? Scene.AirfoilDesign else {
      diagnostics.add(
        declared.error(
          "this design is not of an airfoil",
          expected: "one of cst, b-spline, hicks-henne, free-form, parsec, naca-4-digit, naca-5-digit"))
      return nil
    }
    do {
      return try shape(design.shape, declared, &diagnostics)
    } catch {
      diagnostics.add(declared.error("the foil at the start cannot be written in this form: \(error)"))
      return nil
    }
  }

  private func shape(
    _ shape: Scene.AirfoilDesign.Shape, _ declared: Located<any Scene.Design>, _ diagnostics: inout DiagnosticList
  ) throws -> AirfoilShape? {
    switch shape {
    case .cst(let options): return try classShape(options)
    case .bSpline(let controls, let range):
      let last = foil.count - 1
      let spline = BSplineSurface(controlsPerSide: controls, trailingEdge: (foil[1], foil[last]))
      let base = ChordFrame(foil).surface
      var shape = around(spline, try spline.fit(to: base), range, "control-points")
      shape.cambered = { height throws(SolveFailure) in try spline.fit(to: base.cambered(by: height)) }
      return shape
    case .hicksHenne(let bumps, let exponent, let range):
      let base = try ChordFrame(foil).surface.atStations(ChordStations())
      let map = HicksHenne(base: base, bumpsPerSide: bumps, exponent: exponent)
      return around(map, DenseVector(zeros: map.designCount), range, "bumps")
    case .freeForm(let columns, let rows, let range):
      let base = try ChordFrame(foil).surface.atStations(ChordStations())
      let map = FreeFormDeformation(base: base, columns: columns, rows: rows)
      return around(map, DenseVector(zeros: map.designCount), range, "displacements")
    case .parsec(let range):
      let fit = try PARSECFit(foil)
      let lower = fit.design.elements.enumerated().map { $1 - range * PARSECFit.scale($0, $1) }
      let upper = fit.design.elements.enumerated().map { $1 + range * PARSECFit.scale($0, $1) }
      return AirfoilShape(
        map: PARSEC(), block: Block("parsec", shape: [PARSEC.designCount]),
        bounds: Bounds(lower: DenseVector(lower), upper: DenseVector(upper)), start: fit.design,
        note: "PARSEC differs from the foil at the start by at most \(Self.short(fit.largestError)) chords")
    case .naca4, .naca5:
      guard let numbers = NamedAirfoil.parameters(foilName), numbers.count == 3,
        (NamedAirfoil.digits(foilName)?.count == 4) == (shape == .naca4)
      else {
        diagnostics.add(
          declared.error(
            "the foil at the start is not of this family", found: foilName,
            expected: shape == .naca4 ? "such as `naca2412`" : "such as `naca23012`"))
        return nil
      }
      let bounds =
        shape == .naca4
        ? Bounds(lower: [0, 0.15, 0.04], upper: [0.09, 0.75, 0.24])
        : Bounds(lower: [0.05, 0.05, 0.04], upper: [0.9, 0.25, 0.24])
      return AirfoilShape(
        map: shape == .naca4 ? NACA4() : NACA5(), block: Block("digits", shape: [3]), bounds: bounds,
        start: bounds.project(numbers))
    }
  }

  private func classShape(_ options: Scene.AirfoilDesign.ClassShape) throws -> AirfoilShape {
    let gap = try TrailingEdgeGap().value(foil)
    let cst = CST(
      weightsPerSide: options.weights, hasLeadingEdgeTerm: options.hasLeadingEdgeTerm,
      hasFreeTrailingEdge: options.hasFreeTrailingEdge,
      trailingEdgeThickness: options.trailingEdgeThickness ?? gap, isRoundAtNose: options.isRoundAtNose)
    let fit = try CSTFit(foil, by: cst)
    let first = options.isRoundAtNose ? options.weights - 1 : options.weights
    var lower = [Double](repeating: options.lowerRange[0], count: first)
    var upper = [Double](repeating: options.lowerRange[1], count: first)
    lower += [Double](repeating: options.upperRange[0], count: options.weights)
    upper += [Double](repeating: options.upperRange[1], count: options.weights)
    let least = options.leastFirstWeight
    if !options.isRoundAtNose { upper[0] = max(min(upper[0], -least), lower[0]) }
    lower[first] = min(max(lower[first], least), upper[first])
    if options.hasLeadingEdgeTerm {
      lower.append(-1)
      upper.append(1)
    }
    if options.hasFreeTrailingEdge {
      lower.append(0)
      upper.append(0.02)
    }
    let bounds = Bounds(lower: DenseVector(lower), upper: DenseVector(upper))
    let foil = foil
    var shape = AirfoilShape(
      map: cst, block: Block("weights", shape: [cst.designCount]), bounds: bounds, start: bounds.project(fit.design),
      note: "CST differs from the foil at the start by at most \(Self.short(fit.largestError)) chords")
    shape.cambered = { height throws(SolveFailure) in
      try CSTFit(ChordFrame(foil).surface.cambered(by: height), by: cst).design
    }
    shape.searchesCamber = options.searchesCamber
    return shape
  }

  private func around(_ map: any Transform, _ start: DenseVector, _ range: Double, _ name: String) -> AirfoilShape {
    AirfoilShape(
      map: map, block: Block(name, shape: [start.count], unit: "1"),
      bounds: Bounds(
        lower: DenseVector(start.elements.map { $0 - range }), upper: DenseVector(start.elements.map { $0 + range })),
      start: start)
  }

  private static func short(_ value: Double) -> String { NumberFormat.significant(value, digits: 2) }
}
