import FieldIO
import Foundation
import Testing

/// Files of foils as they are found in the wild.
@Suite struct AirfoilFileTests {
  private let foil = NACA4(stations: ChordStations(perSide: 12)).apply([0.02, 0.4, 0.12])

  private var points: [(x: Double, y: Double)] {
    (0..<foil.count / 2).map { (foil[2 * $0], foil[2 * $0 + 1]) }
  }

  private func text(_ points: [(x: Double, y: Double)]) -> String {
    points.map { String(format: "%.7f %.7f", $0.x, $0.y) }.joined(separator: "\n")
  }

  private func read(_ text: String) throws -> AirfoilFile { try AirfoilFile(bytes: Array(text.utf8), path: "test.dat") }

  private func expectFoil(_ text: String, repaired: Int, _ what: String) throws {
    let file = try read(text)
    #expect(file.surface.count == foil.count, "\(what): \(file.surface.count / 2) nodes")
    guard file.surface.count == foil.count else { return }
    #expect((file.surface - foil).largestMagnitude < 1e-6, "\(what)")
    #expect(file.repairs.count == repaired, "\(what): \(file.repairs)")
  }

  @Test func everyOrderIsRead() throws {
    let nose = 12
    let upper = Array(points[0...nose].reversed()), lower = Array(points[nose...])
    try expectFoil("NACA 2412\n" + text(points), repaired: 0, "Selig")
    try expectFoil("NACA 2412\n13. 13.\n\n" + text(upper) + "\n\n" + text(lower), repaired: 1, "Lednicer")
    try expectFoil("two blocks\n" + text(upper) + "\n\n" + text(lower), repaired: 2, "without counts")
    try expectFoil("clockwise\n" + text(points.reversed()), repaired: 1, "clockwise")
    try expectFoil("# made by hand\n\n" + text(points) + "\n! the end\n", repaired: 1, "comments")
    try expectFoil("twice\n" + text(points + [points[points.count - 1]]), repaired: 1, "a point twice")
    let base = [points[0], points[points.count - 1]]
    try expectFoil("with its base\n" + text([base[1]] + points), repaired: 1, "the base first")
    try expectFoil("with its base\n" + text(points + [base[0]]), repaired: 1, "the base last")
    let middle = (x: base[0].x, y: 0.5 * (base[0].y + base[1].y))
    try expectFoil("with its base\n" + text([middle] + points + [middle]), repaired: 1, "from the base's middle")
    let columns = points.map { String(format: "%.7f, %.7f, 0.0", $0.x, $0.y) }.joined(separator: "\r\n")
    try expectFoil("three columns\r\n" + columns, repaired: 1, "three columns")
    let percent = points.map { (x: 100 * $0.x, y: 100 * $0.y) }
    let scaled = try read("percent\n" + text(percent))
    #expect(scaled.repairs.count == 1 && abs((0..<25).map { scaled.surface[2 * $0] }.max()! - 1) < 1e-12)
    // Drawn in millimetres somewhere on a sheet: moments are about a point of the foil, wherever it was drawn.
    let drawn = try read("a sheet\n" + text(points.map { (x: 250 * $0.x + 30, y: 250 * $0.y - 70) }))
    #expect(drawn.repairs.count == 2)
    let leftmost = (0..<25).min { drawn.surface[2 * $0] < drawn.surface[2 * $1] } ?? 0
    #expect(abs(drawn.surface[2 * leftmost + 1]) < 1e-12)
  }

  @Test func whatIsWrittenReadsBack() throws {
    let file = AirfoilFile(title: "NACA 2412\nin two lines", surface: foil)
    let again = try read(file.text)
    #expect(again.title == "NACA 2412 in two lines" && again.repairs.isEmpty)
    #expect((again.surface - foil).largestMagnitude < 1e-7)
  }

  @Test func nonsenseIsRefusedInWords() throws {
    let crossing = "x\n" + text(points.enumerated().map { $0.offset == 5 ? (x: $0.element.x, y: -0.2) : $0.element })
    let flat = "x\n" + text(points.map { (x: $0.x, y: 0) })
    let turning = points.enumerated().map { "\($0.element.x) \($0.element.y) \($0.offset)" }.joined(separator: "\n")
    for (input, words) in [
      ("", "expected at least 6"), ("title\n1 0\n0 0\n1 0\n", "expected at least 6"),
      ("title\n" + text(points) + "\nand so on\n", "line 27"), ("title\n1 nan\n", "line 2"),
      ("title\n1 2 3 4\n", "line 2"), (crossing, "crosses itself"), (flat, "two sides"), (turning, "third coordinate"),
      ("title\n20 20\n" + text(points), "announces"),
    ] {
      do {
        let file = try read(input)
        Issue.record("accepted: \(input.prefix(40)) as \(file.surface.count)")
      } catch {
        #expect("\(error)".contains(words), "\(error)")
      }
    }
  }
}
