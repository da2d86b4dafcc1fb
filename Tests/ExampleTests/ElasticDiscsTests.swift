import DesignSamplers
import Foundation
import TestSupport
import Testing

@testable import MeetingAtTheCentre

@Suite("Elastic discs") struct ElasticDiscsTests {
  /// Three discs that meet each other and the walls within a second.
  private static let start: DenseVector = [40, 50, 120, 70, 90, 150, 95, 31, -80, -27, 20, -90]
  private static let discs = ElasticDiscs(count: 3)

  /// Bounces of a trajectory, in order.
  private static func bounces(from start: DenseVector, steps: Int) throws -> [ElasticDiscs.Bounce.Kind] {
    var (state, workspace, kinds) = (start, discs.makeWorkspace(), [ElasticDiscs.Bounce.Kind]())
    for index in 0..<steps {
      let context = StepContext(index: index, time: 0, timeStep: discs.step)
      let before = state
      try discs.advance(&state, .zero, context, in: &workspace)
      var (seed, gradient) = (DenseVector(zeros: 12), DenseVector(zeros: 12))
      try discs.pullStep(
        from: before, to: state, .zero, context, seed: &seed, gradient: &gradient, in: &workspace)
      kinds += workspace.bounces.map(\.kind)
    }
    return kinds
  }

  @Test("The gradient is that of the piece, moments of bounces included, for walls and pairs")
  func gradient() throws {
    let kinds = try Self.bounces(from: Self.start, steps: 60)
    #expect(kinds.contains { if case .pair = $0 { true } else { false } })
    #expect(kinds.contains { if case .wall = $0 { true } else { false } })
    // Directions so short that the same discs bounce in the same order.
    try GradientCase(
      "discs: final state", Rollout(Self.discs, until: .steps(60)), at: Self.start, firstStep: 1e-2
    ).check()
    try GradientCase(
      "discs: final state, three states kept",
      Rollout(Self.discs, until: .steps(60), checkpoints: .budget(bytes: 3 * 96)), at: Self.start, firstStep: 1e-2
    ).check()
  }

  @Test("The distance at the end has its gradient with respect to places and directions")
  func ofDesign() throws {
    let task = MeetingTask(count: 3, storedSteps: 12, seed: 4)
    var generator = SeededGenerator(seed: 9)
    let design = task.randomDesign(using: &generator)
    #expect(task.leastGap(design) >= 0)
    try GradientCase(
      "meeting", at: design, firstStep: 1e-3, value: { task.value($0) }, gradient: { try task.linearize($0).gradient }
    ).check()
  }

  @Test("Each place at the end has its gradient with respect to places and directions")
  func ofEnds() throws {
    let task = MeetingTask(count: 3, storedSteps: 12, seed: 4)
    var generator = SeededGenerator(seed: 9)
    let design = task.randomDesign(using: &generator)
    for entry in [0, 3] {
      try GradientCase(
        "end \(entry)", at: design, firstStep: 1e-3, value: { task.outcome($0).places[entry] },
        gradient: { try task.endGradients($0)[entry] }
      ).check()
    }
  }

  @Test("The search by the end beats as many random designs, keeps to what is allowed and repeats itself")
  func endSearch() {
    let task = MeetingTask(count: 3, storedSteps: 26, seed: 5)
    let designs = (0..<200).map { index in
      var generator = SeededGenerator(seed: 8, generation: index)
      return task.randomDesign(using: &generator)
    }
    let starts = designs.prefix(20).map { EndSearch.Member($0, task) }
    let search = EndSearch(task: task, gradientCost: 3, members: 4)
    let found = search.best(from: starts, runs: 180, seed: 1)
    #expect(found.value < designs.map { task.value($0) }.min() ?? 0)
    #expect(task.value(found.design) == found.value && task.leastGap(found.design) >= 0)
    #expect(search.best(from: starts, runs: 180, seed: 1).design == found.design)
    // Nothing to begin with, and nothing to spend.
    #expect(search.best(from: [], runs: 10, seed: 1).value == .infinity)
    #expect(search.best(from: starts, runs: 0, seed: 1).value == starts.map(\.found.value).min())
  }

  @Test("Bounces keep energy, and momentum where no wall is met; nobody leaves the box or enters another")
  func keeps() throws {
    var (state, workspace) = (Self.start, Self.discs.makeWorkspace())
    func energy(_ x: DenseVector) -> Double { x.elements[6...].reduce(0) { $0 + $1 * $1 } }
    for index in 0..<300 {
      try Self.discs.advance(
        &state, .zero, StepContext(index: index, time: 0, timeStep: Self.discs.step), in: &workspace)
      #expect(state.elements[..<6].allSatisfy { (20 - 1e-9...180 + 1e-9).contains($0) })
      #expect(MeetingTask(count: 3, storedSteps: 1, seed: 1).leastGap(state) > -1e-9)
    }
    #expect(abs(energy(state) / energy(Self.start) - 1) < 1e-12)

    // Head on, in the middle: velocities are exchanged.
    let pair = ElasticDiscs(count: 2)
    var meeting: DenseVector = [70, 100, 130, 100, 60, 0, -40, 0]
    var room = pair.makeWorkspace()
    try pair.advance(&meeting, .zero, StepContext(index: 0, time: 0, timeStep: 0.3), in: &room)
    // They meet after 0.2 s at 82 and 122.
    let expected: DenseVector = [82 - 4, 100, 122 + 6, 100, -40, 0, 60, 0]
    #expect(zip(meeting.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-9 }, "\(meeting)")
  }

  @Test("Discs that overlap or are nowhere end in an answer or an error")
  func wrong() throws {
    let pair = ElasticDiscs(count: 2)
    var (state, room): (DenseVector, ElasticDiscs.Workspace) = (
      [100, 100, 110, 100, 60, 0, -40, 0], pair.makeWorkspace()
    )
    let context = StepContext(index: 0, time: 0, timeStep: 0.1)
    try pair.advance(&state, .zero, context, in: &room)
    #expect(state[4] == -40 && state[6] == 60)
    var nowhere: DenseVector = [100, 100, .nan, 100, 60, 0, -40, 0]
    #expect(throws: SolveFailure.self) { try pair.advance(&nowhere, .zero, context, in: &room) }
    let task = MeetingTask(count: 2, storedSteps: 2, seed: 1)
    #expect(task.value([100, 100, 110, 100, 0, 0]) == .infinity)
    #expect(task.leastGap(task.allowed([100, 100, 100, 100, 0, 0])) >= 0)
  }

  @Test("No packing of few discs is nearer to the centre than the bound")
  func packing() {
    #expect(abs(MeetingTask.packingBound(count: 2, tries: 4) - 0.1) < 1e-4)
    // Two that touch at the centre, and two beside them: (20 + 34.64) / 2.
    #expect(abs(MeetingTask.packingBound(count: 4, tries: 8) - 0.13660) < 1e-3)
  }

  @Test("All ways of the example end at designs that are allowed, and none beats the packing")
  func methods() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-meeting-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path(percentEncoded: false)
    let rows = try MeetingAtTheCentre.run(
      seeds: 1, budget: 20, discs: [3], storedSteps: [26],
      training: .init(trajectories: 16, width: 8, blocks: 1, steps: 2, batch: 8), learnedTrajectories: 4,
      learnedSteps: 2, packingTries: 3, descentSteps: 2, into: path)
    #expect(rows.count == 1 && rows[0].values.count == Methods.names.count)
    #expect(rows[0].values.allSatisfy { $0.count == 1 && (rows[0].bound - 1e-6..<0.5).contains($0[0]) }, "\(rows)")
    #expect(try AtomicFile.read(path + "/meeting-at-the-centre.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }
}
