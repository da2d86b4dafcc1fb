import Testing

@testable import Scenes

/// Selections on a grid of 4 x 2 cells of half a metre: 5 x 3 nodes, numbered along x first.
struct BuildSelectionTests {
  @Test(
    arguments: [
      ("{ x: 0 }", [0, 5, 10]), ("{ x: max }", [4, 9, 14]), ("{ y: middle }", [5, 6, 7, 8, 9]),
      ("{ x: 0, y: [0, 0.5] }", [0, 5]), ("{ point: [1, 1] }", [12]), ("{ point: [1.1, 0.9] }", [12]),
      ("{ point: [max, min] }", [4]), ("{ box: { from: [0.4, 0.4], to: [1.1, 0.6] } }", [6, 7]),
      ("{ box: { from: [1.1, 0.6], to: [0.4, 0.4] } }", [6, 7]),
      ("{ ball: { center: [1, 0.5], radius: 0.5 } }", [2, 6, 7, 8, 12]),
      ("{ polygon: [[0, 0], [1, 0], [0, 1]] }", [0, 1, 2, 5, 6, 10]),
      ("{ not: { x: [0, 1.5] } }", [4, 9, 14]), ("[ { point: [0, 0] }, { point: [2, 1] } ]", [0, 14]),
    ] as [(String, [Int])])
  func nodes(_ selection: String, _ expected: [Int]) throws {
    #expect(try PhysicsOfScene.select(selection).chosen == expected)
  }

  @Test func cellsAreChosenByTheirCentres() throws {
    #expect(try PhysicsOfScene.select("{ x: [0, 1] }", .cells).chosen == [0, 1, 4, 5])
    #expect(try PhysicsOfScene.select("{ point: [0.2, 0.9] }", .cells).chosen == [4])
    #expect(try PhysicsOfScene.select("everywhere", .cells).chosen == Array(0..<8))
  }

  @Test func regionsStandForTheirSelections() throws {
    let regions = "regions: { left: { x: 0 }, corners: [ { point: [0, 0] }, { point: [2, 0] } ], self: self }"
    #expect(try PhysicsOfScene.select("left", regions: regions).chosen == [0, 5, 10])
    #expect(try PhysicsOfScene.select("corners", regions: regions).chosen == [0, 4])
    let unknown = try PhysicsOfScene.select("lefd", regions: regions)
    #expect(unknown.chosen == nil && unknown.messages.contains { $0.contains("did you mean `left`?") })
    let circular = try PhysicsOfScene.select("self", regions: regions)
    #expect(circular.chosen == nil && circular.messages.contains { $0.contains("defined by itself") })
  }

  @Test func emptySelectionsAndPlacesOutsideAreErrors() throws {
    let between = try PhysicsOfScene.select("{ x: 0.3 }")
    #expect(between.chosen == nil && between.messages.count == 1)
    #expect(between.messages[0].contains("the selection is empty") && between.messages[0].contains("x = 0.5"))
    let outside = try PhysicsOfScene.select("{ point: [3, 0] }")
    #expect(outside.chosen == nil && outside.messages.contains { $0.contains("outside the domain") })
    let away = try PhysicsOfScene.select("{ ball: { center: [9, 9], radius: 1 } }")
    #expect(away.chosen == nil && away.messages.contains { $0.contains("x 0.0 to 2.0") })
    let flat = try PhysicsOfScene.select("{ z: 0 }")
    #expect(flat.chosen == nil && flat.messages.contains { $0.contains("no z") })
    let long = try PhysicsOfScene.select("{ point: [0, 0, 0] }")
    #expect(long.chosen == nil && long.messages.contains { $0.contains("3 entries in a domain of 2") })
  }
}
