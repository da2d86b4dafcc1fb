import Geometry
import Testing

@Suite struct ThicknessProjectionTests {
  private static let stations = ChordStations(perSide: 30)

  @Test func nearestFoilsKeepTheBounds() throws {
    let cst = CST(weightsPerSide: 6, stations: Self.stations)
    let projection = ThicknessProjection(cst.surface, least: 0.03, largest: 0.1...0.12)
    let family = FoilFamily(cst, stations: Self.stations)
    var generator = SeededGenerator(seed: 3)
    for index in 0..<20 {
      let foil = try family.foil(index, seed: 2) + generator.vector(count: cst.designCount, in: -0.08...0.08)
      let held = try projection.nearest(foil)
      #expect(projection.holds(held))
      #expect(try projection.nearest(held) == held)
      // No allowed foil near it is nearer: a step towards what was given breaks a bound, or there was none to take.
      let way = foil - held
      if way.largestMagnitude > 0 { #expect(!projection.holds(held + way.scaled(by: 1e-5))) }
      // Nor are other allowed ones: of a convex set, all lie beyond the plane through the nearest.
      let other = try projection.nearest(held + generator.vector(count: cst.designCount, in: -0.02...0.02))
      let thickness = FoilFamily.thickness(of: cst.apply(foil)).most
      if thickness > 0.12 { #expect(way.dot(other - held) < 1e-6, "\(index)") }
    }
  }

  @Test func aSingleBoundIsAPlane() throws {
    // One mode a side that opens and closes the foil: the nearest is known.
    let cst = CST(weightsPerSide: 2, hasLeadingEdgeTerm: false, stations: Self.stations)
    let projection = ThicknessProjection(cst.surface, least: 1e-4, largest: 0.05...0.1)
    let thick = DenseVector([-0.3, -0.3, 0.3, 0.3])
    let held = try projection.nearest(thick)
    let most = FoilFamily.thickness(of: cst.apply(held)).most
    #expect(abs(most - 0.1) < 1e-9)
    // Symmetric as the foil given.
    #expect(abs(held[0] + held[2]) < 1e-12 && abs(held[1] + held[3]) < 1e-12)
  }

  @Test func impossibleBoundsAreTold() {
    let cst = CST(
      weightsPerSide: 2, hasLeadingEdgeTerm: false, trailingEdgeThickness: 0.2, stations: Self.stations)
    let projection = ThicknessProjection(cst.surface, least: 0.01, largest: 0.03...0.05)
    #expect(throws: SolveFailure.self) { try projection.nearest([-0.1, -0.1, 0.1, 0.1]) }
  }
}
