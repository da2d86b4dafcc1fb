// swift-tools-version: 6.1
import PackageDescription

// Measurements of the library, apart from it so that nobody who uses the library builds them.
// `swift run -c release -Xcc -march=native --package-path Benchmarks kernel-benchmarks`
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "backsolve", path: "..")],
  targets: [
    .executableTarget(
      name: "kernel-benchmarks", dependencies: [.product(name: "Backsolve", package: "backsolve")],
      path: "Sources/KernelBenchmarks"),
    .executableTarget(
      name: "particle-validation", dependencies: [.product(name: "Backsolve", package: "backsolve")],
      path: "Sources/ParticleValidation"),
    .executableTarget(
      name: "network-training", dependencies: [.product(name: "NeuralNetworks", package: "backsolve")],
      path: "Sources/NetworkTraining"),
    .executableTarget(
      name: "solver-comparison", dependencies: [.product(name: "Backsolve", package: "backsolve")],
      path: "Sources/SolverComparison"),
    .executableTarget(
      name: "design-runs", dependencies: [.product(name: "Backsolve", package: "backsolve")],
      path: "Sources/DesignRuns"),
    .executableTarget(
      name: "airfoil-validation", dependencies: [.product(name: "Backsolve", package: "backsolve")],
      path: "Sources/AirfoilValidation"),
    .executableTarget(
      name: "sampler-study",
      dependencies: [
        .product(name: "Backsolve", package: "backsolve"), .product(name: "DesignSamplers", package: "backsolve"),
        .product(name: "NeuralNetworks", package: "backsolve"),
      ],
      path: "Sources/SamplerStudy"),
  ],
  swiftLanguageModes: [.v6]
)
