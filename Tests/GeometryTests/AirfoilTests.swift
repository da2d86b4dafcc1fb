import Foundation
import Geometry
import Testing

/// Foils against what is published about them.
@Suite struct AirfoilTests {
  private let symmetric = NACA4().apply([0, 0.4, 0.12])
  private let cambered = NACA4().apply([0.02, 0.4, 0.12])

  @Test func thicknessAndCamberAreTheDigits() throws {
    #expect(abs(try LargestThickness().value(symmetric) - 0.12) < 2e-4)
    #expect(abs(try SectionCamber().value(cambered) - 0.02) < 2e-4)
    // 1.1019 t^2 (NACA Report 460) at the very nose, from where curvature falls at once on both sides.
    #expect(abs(try LeadingEdgeRadius().value(symmetric) - 1.1019 * 0.0144) < 1.5e-3)
    #expect(abs(try TrailingEdgeGap().value(symmetric) - 0.00252) < 1e-12)
    // The integral of the published polynomial.
    #expect(abs(try SurfaceArea().value(symmetric) - 0.0822) < 1e-4)
  }

  /// k1 and m of the published table: 15.957 and 0.2025 for 230, 51.640 and 0.0580 for 210 at lift 0.3.
  @Test func fiveDigitsFollowTheirTable() {
    let foil = NACA5().apply([0.3, 0.15, 0.12])
    // Behind m the camber line is straight: y = k1 m^3 (1 - x) / 6.
    let slope = 15.957 * pow(0.2025, 3) / 6
    let stations = ChordStations()
    let place = stations.x.firstIndex { $0 < 0.6 } ?? 0
    let node = foil.count / 2 - 1 - place
    let camber = 0.5 * (foil[2 * place + 1] + foil[2 * node + 1])
    #expect(abs(camber / (slope * (1 - stations.x[place])) - 1) < 5e-3)
  }

  @Test func namesAreRead() {
    #expect(NamedAirfoil.surface("NACA 2412") == cambered)
    #expect(NamedAirfoil.surface("naca23012") != nil)
    for name in ["naca", "naca241", "naca24a2", "naca23112", "clarky", "naca0000", "naca00122", ""] {
      #expect(NamedAirfoil.surface(name) == nil, "\(name)")
    }
  }

  @Test func classShapesFitFoils() throws {
    let fit = try CSTFit(cambered, by: CST(trailingEdgeThickness: 0.00252))
    #expect(fit.largestError < 2e-4 && fit.meanError < 5e-5, "\(fit.largestError) \(fit.meanError)")
    let parsec = try PARSECFit(cambered)
    #expect(parsec.largestError < 3e-3, "\(parsec.largestError)")
  }

  @Test func repanellingKeepsTheCurve() throws {
    let panels = Repanelling(nodeCount: 160).apply(cambered)
    #expect(panels.count == 320)
    #expect(panels[0] == cambered[0] && panels[319] == cambered[cambered.count - 1])
    let areas = (try SurfaceArea().value(panels), try SurfaceArea().value(cambered))
    #expect(abs(areas.0 - areas.1) < 2e-5)
    let radii = (try LeadingEdgeRadius().value(panels), try LeadingEdgeRadius().value(cambered))
    #expect(abs(radii.0 / radii.1 - 1) < 0.02)
    // Dense at the nose, coarse in the middle, in between at the tail.
    func step(_ node: Int) -> Double {
      hypot(panels[2 * node + 2] - panels[2 * node], panels[2 * node + 3] - panels[2 * node + 1])
    }
    #expect(step(79) < 0.0025 && step(40) > 0.012 && step(0) > 0.005 && step(0) < 0.011)
  }

  @Test func ripplesAreWiggly() throws {
    var rippled = symmetric
    for node in 0..<rippled.count / 2 { rippled[2 * node + 1] += 5e-4 * sin(60 * rippled[2 * node]) }
    let wiggles = (try SurfaceWiggliness().value(rippled), try SurfaceWiggliness().value(symmetric))
    #expect(wiggles.0 > 20 * wiggles.1)
    #expect(try SurfaceHollowness(of: .upper).value(rippled) > 0)
    #expect(try SurfaceHollowness(of: .upper, over: 0.05...0.8).value(symmetric) < 0)
  }
}
