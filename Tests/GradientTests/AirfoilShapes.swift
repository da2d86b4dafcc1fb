import Backsolve
import TestSupport
import Testing

extension GradientTable {
  private static let stations = ChordStations(perSide: 40)
  private static let naca = NACA4(stations: stations).apply([0.02, 0.4, 0.12])

  static let airfoilShapes: [GradientCase] = {
    let cst = CST(weightsPerSide: 5, hasLeadingEdgeTerm: true, hasFreeTrailingEdge: true, stations: stations)
    let weights: DenseVector = [
      -0.17, -0.14, -0.12, -0.09, -0.11, 0.18, 0.19, 0.21, 0.2, 0.21, 0.05, 0.003,
    ]
    return [
      GradientCase("NACA four digits", NACA4(stations: stations), at: [0.04, 0.41, 0.12], firstStep: 1e-3),
      GradientCase("NACA five digits", NACA5(stations: stations), at: [0.3, 0.151, 0.12], firstStep: 1e-3),
      GradientCase("CST", cst, at: weights),
      GradientCase(
        "CST with a round nose", CST(weightsPerSide: 4, isRoundAtNose: true, stations: stations),
        at: [-0.14, -0.12, -0.09, 0.18, 0.19, 0.21, 0.2, 0.1]),
      GradientCase("B-spline surface", BSplineSurface(stations: stations), at: DenseVector(repeating: 0.03, count: 17)),
      GradientCase(
        "Hicks-Henne", HicksHenne(base: naca, bumpsPerSide: 4), at: DenseVector(repeating: 0.01, count: 8)),
      GradientCase(
        "free-form deformation", FreeFormDeformation(base: naca, columns: 5), at: DenseVector(repeating: 0.01, count: 6)
      ),
      GradientCase(
        "PARSEC", PARSEC(stations: stations), at: [0.015, 0.3, 0.06, -0.45, 0.3, -0.06, 0.45, 0, 0.002, 0, 0.3],
        firstStep: 1e-3),
      // Neighbouring nodes are near the nose only a few thousandths apart: a change of one is a millionth.
      GradientCase(
        "repanelling", at: DenseVector(zeros: naca.count), firstStep: 0.1,
        image: { Repanelling(nodeCount: 50).apply(naca + $0.scaled(by: 1e-6)).scaled(by: 1e3) },
        pullback: { seed, z in
          Repanelling(nodeCount: 50).pullback(seed, at: naca + z.scaled(by: 1e-6)).scaled(by: 1e-3)
        }),
      GradientCase(
        "CST, repanelled", TransformChain([cst, Repanelling(nodeCount: 50)]), at: weights, firstStep: 1e-3),
    ]
  }()

  @Test(arguments: airfoilShapes)
  func airfoilShape(_ row: GradientCase) throws { try row.check() }

  private static let surfaceFunctionals: [(String, any SurfaceFunctional)] = [
    ("thickness at a place", SectionThickness(at: [0.33])),
    ("smallest of three thicknesses", SectionThickness(at: [0.1, 0.33, 0.9])),
    ("largest thickness", LargestThickness()),
    ("camber at a place", SectionCamber(at: 0.4)), ("largest camber", SectionCamber()), ("area", SurfaceArea()),
    ("leading-edge radius", LeadingEdgeRadius()), ("trailing-edge angle", TrailingEdgeAngle()),
    ("trailing-edge gap", TrailingEdgeGap()), ("wiggliness", SurfaceWiggliness()),
    ("hollowness above", SurfaceHollowness(of: .upper)), ("hollowness below", SurfaceHollowness(of: .lower)),
  ]

  static let airfoilFunctionals: [GradientCase] = surfaceFunctionals.map { name, functional in
    GradientCase(
      name, at: DenseVector(zeros: naca.count), firstStep: 0.1,
      value: { try functional.value(naca + $0.scaled(by: 1e-6)) },
      gradient: {
        try functional.evaluate(naca + $0.scaled(by: 1e-6), wantsGradient: true).gradient.scaled(by: 1e-6)
      })
  }

  @Test(arguments: airfoilFunctionals)
  func airfoilFunctional(_ row: GradientCase) throws { try row.check(relativeTolerance: 1e-4) }
}
