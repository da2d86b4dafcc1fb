import Backsolve
import Foundation
import Testing

@testable import CantileverIn3D
@testable import DamBreakControl
@testable import FoilFromItsPressure
@testable import MBBBeam
@testable import ManyFoils
@testable import WhereWasTheDrop
@testable import WingSection
@testable import YourOwnObjective

/// The examples run, on fewer cells, and reach what they reached when they were written.
@Suite struct ExampleTests {
  private func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-example-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path(percentEncoded: false))
  }

  /// Within a hundredth: summation order and processor move the last digits only, the path of a design a little more.
  private func isNear(_ value: Double, _ expected: Double) -> Bool { abs(value / expected - 1) < 0.01 }

  @Test func beam() throws {
    try inFolder { folder in
      let compliance = try MBBBeam.run(cells: [30, 10], iterations: 20, into: folder)
      #expect(isNear(compliance, 192.371), "\(compliance)")
      #expect(try AtomicFile.read(folder + "/mbb-beam.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
  }

  @Test func arm() throws {
    try inFolder { folder in
      let compliance = try CantileverIn3D.run(cells: [12, 6, 6], iterations: 4, into: folder)
      #expect(isNear(compliance, 1.61616), "\(compliance)")
      let surface = try STLFile.decode(AtomicFile.read(folder + "/cantilever.stl"))
      #expect(!surface.isEmpty)
      #expect(try AtomicFile.read(folder + "/cantilever.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
  }

  @Test func ownObjective() throws {
    try inFolder { folder in
      let value = try YourOwnObjective.run(iterations: 10, into: folder)
      #expect(isNear(value, 0.358949), "\(value)")
    }
  }

  @Test func drop() throws {
    let question = WhereWasTheDrop(lattice: 10, seconds: 0.02)
    let outcome = try question.search(question.misfit(), by: LBFGSB(), iterations: 6)
    #expect(isNear(outcome.values[0], 0.00776485), "\(outcome.values[0])")
  }

  /// What the water does in a tank that stands still: the search itself takes minutes without optimization.
  @Test func damBreak() throws {
    let dam = DamBreakControl(spacing: 0.08, seconds: 0.06, knots: 4)
    let (before, _) = try dam.search(iterations: 1)
    #expect(isNear(before, 5.01923), "\(before)")
  }

  @Test func foilFromItsPressure() throws {
    let (misfit, error) = try FoilFromItsPressure.run(nodeCount: 60, iterations: 40)
    #expect(misfit < 1e-3 && error < 1e-3, "\(misfit) \(error)")
  }

  @Test func wingSection() throws {
    let (start, end) = try WingSection.run(nodeCount: 60, iterations: 5)
    #expect(end < 0.97 * start, "\(start) \(end)")
  }

  /// The gradient that the compiler makes of the objective and the two adjoints is the right one.
  @Test func ownObjectiveHasItsGradient() throws {
    let functional = try YourOwnObjective.stiffAndCool()
    var random = SeededGenerator(seed: 11)
    let count = YourOwnObjective.grid.cellCount
    let x = random.vector(count: count, in: 0.3...0.7), direction = random.vector(count: count)
    let (value, gradient, _) = try functional.valueWithGradient(at: x)
    let test = try TaylorTest(at: x, along: direction, gradient: gradient) { point throws(SolveFailure) in
      try functional.value(at: point)
    }
    #expect(value > 0.1)
    #expect(test.passes(), "rates \(test.rates)")
    #expect(abs(test.directionalDerivative) > 1e-4)
    #expect(abs(test.centralDifference / test.directionalDerivative - 1) < 1e-4)
  }

  @Test func manyFoils() throws {
    try inFolder { folder in
      let result = try ManyFoils.run(
        foils: 20, steps: 3, width: 8, samples: 1, samplerSteps: 4, nodeCount: 60, polished: 1, iterations: 1,
        into: folder)
      // A model of three steps makes noise of foils: that all of it is run is what is checked here, and the foil's drag.
      #expect((0...1).contains(result.valid) && (0...1).contains(result.neighbourAccuracy))
      #expect(result.polished.count == 1 && (0.003...0.05).contains(result.polished[0]), "\(result)")
      #expect(try AtomicFile.read(folder + "/many-foils.svg").starts(with: Array("<svg".utf8)))
    }
  }
}
