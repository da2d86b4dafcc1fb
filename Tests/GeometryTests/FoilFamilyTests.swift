import Geometry
import Testing

@Suite("Random foils") struct FoilFamilyTests {
  @Test("Foils do not cross themselves, are as thick as asked, and follow from their index")
  func foils() throws {
    let stations = ChordStations(perSide: 30)
    let cst = CST(hasFreeTrailingEdge: true, stations: stations)
    let family = FoilFamily(cst, stations: stations)
    let foils = try (0..<60).map { try family.foil($0, seed: 1) }
    for foil in foils {
      #expect(foil.count == 18)
      let thickness = FoilFamily.thickness(of: cst.apply(foil))
      #expect(thickness.least > 0 && (0.05...0.24).contains(thickness.most), "\(thickness)")
    }
    #expect(try family.foil(7, seed: 1) == foils[7])
    #expect(Set(foils.map(\.elements)).count == 60)
  }

  @Test("A thickness that no foil has ends in words")
  func impossible() {
    let stations = ChordStations(perSide: 30)
    var family = FoilFamily(CST(stations: stations), stations: stations)
    family.change = 3
    family.thickness = 0.9...0.90001
    #expect(throws: SolveFailure.self) { try family.foil(0, seed: 1) }
  }
}
