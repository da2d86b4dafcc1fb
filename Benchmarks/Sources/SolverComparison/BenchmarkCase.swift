import Backsolve
import LearnedPreconditioners

/// What is asked of every case.
struct BenchmarkOptions {
  /// Solvers by name; all when nil.
  let solvers: [String]?
  /// Where matrices and designs are written; nowhere when nil.
  let folder: String?
  /// Where optimized designs are kept from one process to the next; nowhere when nil.
  let designs: String?
  /// Weights of a learned factor for diffusion in the plane; nil for none.
  let weights: String?

  func design(_ name: String) -> String? { designs.map { "\($0)/\(name)-density.npy" } }
}

/// A linear system of the table, made when it is run.
struct BenchmarkCase {
  let name: String
  /// Whether a run without `--case` takes it.
  let isStandard: Bool
  let run: (BenchmarkOptions) throws -> Void

  init(_ name: String, isStandard: Bool = true, _ run: @escaping (String, BenchmarkOptions) throws -> Void) {
    self.name = name
    self.isStandard = isStandard
    self.run = { try run(name, $0) }
  }

  static var standard: [BenchmarkCase] { all.filter(\.isStandard) }

  static var all: [BenchmarkCase] {
    [(100, "10k"), (200, "40k"), (400, "160k")].map { side, size in
      BenchmarkCase("poisson-2d-\(size)") { try compareOnMesh($0, LogNormalPlane(side: side), $1) }
    }
      + [([141, 70], "20k"), ([284, 140], "80k")].map { cells, size in
        BenchmarkCase("simp-2d-\(size)") { try compareOnGrid($0, .optimizedBeam(cells, design: $1.design($0)), $1) }
      }
      + [32, 64].flatMap { side in
        [
          BenchmarkCase("poisson-3d-constant-\(side)") { try compareOnGrid($0, .box(side, logNormal: false), $1) },
          BenchmarkCase("poisson-3d-lognormal-\(side)") { try compareOnGrid($0, .box(side, logNormal: true), $1) },
        ]
      }
      + [([40, 18, 18], "45k"), ([56, 24, 24], "105k")].map { cells, size in
        BenchmarkCase("simp-3d-\(size)") {
          try compareOnGrid($0, .optimizedCantilever(cells, design: $1.design($0)), $1)
        }
      }
      + [
        BenchmarkCase("simp-3d-700k", isStandard: false) {
          try compareOnGrid($0, .optimizedCantilever([110, 46, 46], design: $1.design($0)), $1)
        },
        BenchmarkCase("cantilever-128-uniform", isStandard: false) {
          try compareOnGrid($0, .uniformCantilever([128, 64, 64]), $1)
        },
        BenchmarkCase("cantilever-64-optimized", isStandard: false) {
          try compareOnGrid($0, .optimizedCantilever([64, 32, 32], evaluations: 60, design: $1.design($0)), $1)
        },
        BenchmarkCase("cantilever-128-optimized", isStandard: false) {
          try compareOnGrid($0, .optimizedCantilever([128, 64, 64], evaluations: 60, design: $1.design($0)), $1)
        },
        BenchmarkCase("half-solid-48", isStandard: false) { try compareOnGrid($0, .halfSolid([48, 24, 24]), $1) },
        BenchmarkCase("half-solid-128", isStandard: false) { try compareOnGrid($0, .halfSolid([128, 64, 64]), $1) },
        BenchmarkCase("learned-factor", isStandard: false) { _, options in try learnedFactorStudy(options) },
        BenchmarkCase("learned-factor-heat-3d", isStandard: false) { _, _ in try tetrahedralFactorStudy(.heat) },
        BenchmarkCase("learned-factor-wave-3d", isStandard: false) { _, _ in try tetrahedralFactorStudy(.wave) },
        BenchmarkCase("learned-guess", isStandard: false) { _, _ in try learnedGuessStudy() },
        BenchmarkCase("learned-pressure", isStandard: false) { _, _ in try learnedPressureStudy() },
        BenchmarkCase("learned-newton", isStandard: false) { _, _ in try learnedNewtonStudy() },
        BenchmarkCase("directions-particles", isStandard: false) { _, _ in try mixedDirectionStudy() },
        BenchmarkCase("directions-2d", isStandard: false) { _, _ in
          try directionStudy(2, side: 64, steps: 8000, tests: [64, 128, 256])
        },
        BenchmarkCase("directions-3d", isStandard: false) { _, _ in
          try directionStudy(3, side: 32, steps: 1000, tests: [32, 64, 128])
        },
        BenchmarkCase("reduced-basis", isStandard: false) { _, _ in try reducedBasisStudy() },
        BenchmarkCase("bandit-planes", isStandard: false) { _, _ in try banditOnPlanes() },
        BenchmarkCase("bandit-design", isStandard: false) { _, _ in try banditOnDesign() },
      ]
  }
}
