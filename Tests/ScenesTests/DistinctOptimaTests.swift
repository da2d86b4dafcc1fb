import DesignSamplers
import FieldIO
import Foundation
import TestSupport
import Testing

@testable import Scenes

/// Which polished designs are told apart, and what a run says of them.
@Suite struct DistinctOptimaTests {
  private func scene(_ text: String, _ folder: String = "", _ overrides: [String] = []) throws -> SamplerScene {
    try SamplerScene.build(try SceneFile.parse(text, name: folder + "scene.yaml", overrides: overrides))
  }

  private func outcome(
    _ sample: Int, _ design: DenseVector, objective: Double, keeps: Bool = true,
    reason: StopReason = .change
  ) -> DesignPolish.Outcome {
    DesignPolish.Outcome(
      design: design,
      record: SampleResult.Polished(
        sample: sample, before: nil, objective: objective, violation: keeps ? 0 : 1, iterations: 2,
        reason: reason.status, measures: [:]),
      keepsConstraints: keeps, rank: keeps ? objective : .greatestFiniteMagnitude)
  }

  @Test func foilsOnePercentOfTheChordApartAreTwo() throws {
    let scene = try scene(SampleScenes.flock)
    let base = scene.scene.problem.start
    func moved(_ amount: Double, _ place: Int) -> DenseVector {
      var design = base
      design[place] += amount
      return design
    }
    // The middle one of three weights moves its side by at most x^(1/2) (1 - x) times 2 x (1 - x), which is 0.183.
    let least = scene.space.difference(base, moved(0.1, 4))
    #expect(abs(least - 0.01832) < 1e-5 && scene.space.difference(base, base) == 0)
    let optima = DistinctOptima(
      [
        outcome(7, base, objective: 1), outcome(2, moved(0.1, 4), objective: 1.1),
        // Farther from the first than the threshold, and connected with it by the next.
        outcome(5, moved(0.06, 1), objective: 1.2, reason: .iterations), outcome(9, moved(0.03, 1), objective: 1.3),
        outcome(1, moved(-0.3, 4), objective: 2, keeps: false),
      ], in: scene.space)
    let record = try #require(optima.record)
    #expect(record.found.map(\.samples) == [[7, 5, 9], [2]])
    #expect(record.found.map(\.objective) == [1, 1.1] && record.found.map(\.worst) == [1.3, 1.1])
    #expect(record.found.map(\.unfinished) == [1, 0])
    #expect(record.found[0].fromBest == 0 && abs(record.found[1].fromBest - least) < 1e-12)
    #expect(optima.designs == [base, moved(0.1, 4)])
    #expect(record.words == "2 from 4 polished samples: 1 (3), 1.1 (1); runs at their limit of iterations: 1")
    #expect(DistinctOptima([outcome(0, base, objective: 1, keeps: false)], in: scene.space).record == nil)
  }

  @Test func densitiesAreComparedCellByCell() throws {
    let space = try scene(SampleScenes.posts).space
    let (empty, full) = (DenseVector(repeating: 0, count: 16), DenseVector(repeating: 1, count: 16))
    #expect(abs(space.difference(empty, full) - 1) < 1e-12 && space.difference(full, full) == 0)
    #expect(space.difference.threshold == 0.05)
  }

  @Test func aRunSaysHowManyOptimaItsSamplesEndedIn() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)").path + "/"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Two iterations from random samples: the ends lie apart.
    let scene = try scene(SampleScenes.flock, folder, ["guidance.polish=4"])
    _ = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil)).run(
      to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
    let result = try SamplerRun(scene).execute(into: folder + "run", progress: { _ in }, stops: { false })
    let kept = result.polished.filter { $0.violation < 0.01 }
    let found = result.optima?.found ?? []
    #expect(found.flatMap(\.samples).sorted() == kept.map(\.sample).sorted())
    #expect(found.first?.objective == kept.first?.objective)
    let table = try String(contentsOfFile: folder + "run/polished.csv", encoding: .utf8).split(separator: "\n")
    #expect(table.count == 1 + result.polished.count && table[0].hasSuffix("reason,optimum"))
    for (line, entry) in zip(table.dropFirst(), result.polished) {
      let place = found.firstIndex { $0.samples.contains(entry.sample) }
      #expect(line.hasPrefix("\(entry.sample),") && line.hasSuffix("," + (place.map { "\($0 + 1)" } ?? "")))
    }
    let report = try String(contentsOfFile: folder + "run/report.html", encoding: .utf8)
    #expect(report.contains("distinct optima") == !found.isEmpty)
    #expect(FileManager.default.fileExists(atPath: folder + "run/optima.png") == (found.count > 1))
  }
}
