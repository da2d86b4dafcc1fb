import Geometry
import Testing

@Suite struct BallSeparationTests {
  @Test(arguments: [1, 2, 3]) func noTwoOverlapAndAllAreInside(axes: Int) throws {
    var generator = SeededGenerator(seed: UInt64(axes))
    for _ in 0..<10 {
      let radii = (0..<8).map { _ in axes == 1 ? 0.05 : 0.05 + 0.1 * generator.uniform() }
      let balls = BallSeparation(
        radii: radii, low: [Double](repeating: -0.5, count: axes), high: [Double](repeating: 0.6, count: axes))
      let given = generator.vector(count: 8 * axes, in: -0.6...0.6)
      let found = try balls.separated(given)
      #expect(balls.holds(found))
      #expect(try balls.separated(found) == found)
      #expect(try balls.separated(given) == found)
    }
  }

  @Test func twoMoveApartByHalfEach() throws {
    let balls = BallSeparation(radii: [0.2, 0.2], low: [-1, -1], high: [1, 1])
    let found = try balls.separated([0.1, 0, -0.1, 0])
    #expect((found - [0.2, 0, -0.2, 0]).largestMagnitude < 1e-8)
    let same = try balls.separated([0.3, 0.3, 0.3, 0.3])
    #expect(balls.holds(same) && same.elements.allSatisfy { abs($0 - 0.3) < 0.21 })
  }

  @Test func centresStayInsideBoundsOfTheirOwn() throws {
    // The first cannot move along x, so that the second goes all the way.
    let balls = BallSeparation(radii: [0.2, 0.2], lowest: [0, -1, -1, -1], highest: [0, 1, 1, 1])
    let found = try balls.separated([0, 0, 0.1, 0])
    #expect(found[0] == 0 && abs(found[2] - 0.4) < 1e-6 && balls.holds(found))
    #expect(try #require(balls.overlapping([0, 0, 0.1, 0])) == (0, 1))
    #expect(balls.overlapping([0, 0, 0.5, 0]) == nil)
  }

  @Test func whatFindsNoRoomIsTold() {
    var balls = BallSeparation(radii: [0.3, 0.3, 0.3], low: [0, 0], high: [1, 1])
    balls.mostSweeps = 50
    #expect(throws: SolveFailure.self) { try balls.separated([0.5, 0.5, 0.4, 0.4, 0.6, 0.6]) }
    let large = BallSeparation(radii: [0.6], low: [0, 0], high: [1, 1])
    let failure = #expect(throws: SolveFailure.self) { try large.separated([0.5, 0.5]) }
    #expect(failure?.message.contains("does not fit") == true)
    #expect(throws: SolveFailure.self) { try large.separated([.nan, 0]) }
  }
}
