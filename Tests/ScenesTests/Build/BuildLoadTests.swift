import Testing

@testable import Scenes

struct BuildLoadTests {
  private func forces(_ distribute: String) throws -> (right: [Double], total: [Double]) {
    let sample = try PhysicsOfScene(
      loadCase: "{ forces: [ { at: { x: max }, force: [3, -8], distribute: \(distribute) } ] }")
    #expect(sample.messages.isEmpty)
    let load = try #require(sample.physics).loads[0].given
    return ([4, 9, 14].map { load[2 * $0 + 1] }, sample.totalForce)
  }

  @Test func totalsAreKeptHoweverTheyAreShared() throws {
    let spread = try forces("total")
    #expect(spread.total == [3, -8] && spread.right == [-2, -4, -2])
    let equal = try forces("equal-shares")
    #expect(abs(equal.total[1] + 8) < 1e-14 && equal.right.allSatisfy { abs($0 + 8.0 / 3) < 1e-14 })
    let each = try forces("each-node")
    #expect(each.total == [9, -24] && each.right == [-8, -8, -8])
  }

  @Test func faceOfASolidTakesConsistentShares() throws {
    let sample = try PhysicsOfScene(
      grid: "{ size: [2, 1, 1], cells: [2, 2, 2] }",
      loadCase: "{ forces: [ { at: { x: max }, force: [0, 0, -16] } ] }")
    let load = try #require(sample.physics).loads[0].given
    // Face nodes are 2 + 3 j + 9 k: corners carry 1/16, edges 2/16, the middle 4/16.
    #expect([2, 5, 14].map { load[3 * $0 + 2] } == [-1, -2, -4])
    #expect(sample.totalForce == [0, 0, -16])
  }

  @Test func pressurePushesIntoTheBody() throws {
    let sample = try PhysicsOfScene(
      loadCase: "{ tractions: [ { at: { x: max }, pressure: 6 Pa } ] }", material: ", thickness: 0.5")
    #expect(sample.messages.isEmpty && sample.totalForce == [-3, 0])
    let top = try PhysicsOfScene(
      loadCase: "{ tractions: [ { at: { y: max }, pressure: 6 Pa } ] }", material: ", thickness: 0.5")
    #expect(top.totalForce == [0, -6])
    let shear = try PhysicsOfScene(loadCase: "{ tractions: [ { at: { y: max }, traction: [5 Pa, 1 Pa] } ] }")
    #expect(shear.totalForce == [10, 2], "\(shear.messages)")
  }

  @Test func tractionsNeedAWholeEdge() throws {
    let sample = try PhysicsOfScene(loadCase: "{ tractions: [ { at: { point: [2, 1] }, pressure: 6 Pa } ] }")
    #expect(sample.messages.contains { $0.contains("no whole edge") })
  }

  @Test func weightIsVolumeTimesDensityTimesGravity() throws {
    let sample = try PhysicsOfScene(
      loadCase: "{ self-weight: { gravity: [0, -9.81] } }", material: ", thickness: 0.5, density: 7850")
    let source = try #require(sample.physics?.loads[0].fromSource)
    let load = source.load(of: DenseVector(repeating: 1, count: 8))
    let total = stride(from: 1, to: load.count, by: 2).reduce(0) { $0 + load[$1] }
    #expect(abs(total + 2 * 1 * 0.5 * 7850 * 9.81) < 1e-8 * abs(total))
    #expect(stride(from: 0, to: load.count, by: 2).allSatisfy { load[$0] == 0 })
    let none = try PhysicsOfScene(loadCase: "{ self-weight: { gravity: [0, -9.81] } }")
    #expect(none.messages.contains { $0.contains("needs the density") })
  }

  @Test func forcesPerVolumeAddUp() throws {
    let sample = try PhysicsOfScene(loadCase: "{ body-forces: [ { at: { x: [0, 1] }, force: [4, 0] } ] }")
    #expect(sample.messages.isEmpty && abs(sample.totalForce[0] - 4) < 1e-14)
  }

  @Test func loadsThatMoveNothingAreErrors() throws {
    let void = try PhysicsOfScene(void: [3, 7])
    #expect(void.messages.isEmpty == false && void.messages.contains { $0.contains("acts on void only") })
    let held = try PhysicsOfScene(loadCase: "{ forces: [ { at: { x: 0 }, force: [0, -1] } ] }")
    #expect(held.messages.contains { $0.contains("act on supports only") })
    let long = try PhysicsOfScene(loadCase: "{ forces: [ { at: { x: max }, force: [0, 0, -1] } ] }")
    #expect(long.messages.contains { $0.contains("wrong length") })
  }
}

struct BuildSupportTests {
  @Test func supportsHoldWhatTheyName() throws {
    let sample = try PhysicsOfScene(
      supports: "[ { at: { x: 0 }, fix: [x] }, { at: { point: [0, 0] }, fix: all }, "
        + "{ at: { x: max }, fix: [y, x], displacement: [2 mm, -1 mm] } ]")
    #expect(sample.messages.isEmpty)
    let held = try #require(sample.physics).constrained
    #expect(held.indices == [0, 1, 8, 9, 10, 18, 19, 20, 28, 29])
    #expect(held.values == [0, 0, -0.001, 0.002, 0, -0.001, 0.002, 0, -0.001, 0.002])
  }

  @Test func contradictionsAreErrors() throws {
    let sample = try PhysicsOfScene(
      supports: "[ { at: { x: 0 }, fix: all }, { at: { point: [0, 0] }, fix: [x], displacement: 1 mm } ]")
    #expect(sample.physics == nil && sample.messages.contains { $0.contains("contradicts an earlier one") })
  }

  @Test(
    arguments: [
      ("[ { at: { x: 0 }, fix: [x] } ]", "slide along y"), ("[ { at: { point: [0, 0] }, fix: all } ]", "turn"),
      ("[ { at: { y: 0 }, fix: [y] } ]", "slide along x"),
    ])
  func freeMotionsAreNamed(_ supports: String, _ motion: String) throws {
    let sample = try PhysicsOfScene(supports: supports)
    #expect(sample.messages.contains { $0.contains("do not hold the body") && $0.contains(motion) })
  }

  @Test func flatBodiesHaveNoThirdAxis() throws {
    let sample = try PhysicsOfScene(supports: "[ { at: { x: 0 }, fix: [z] } ]")
    #expect(sample.physics == nil && sample.messages.contains { $0.contains("no z") })
  }
}
