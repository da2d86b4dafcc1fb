// swift-tools-version: 6.1
import PackageDescription

// The layers, lowest first; `Tests/LayeringTests` reads this file and fails on an upward edge.
// A target may depend on targets of lower layers only.
let package = Package(
  name: "backsolve",
  products: [
    .library(name: "Backsolve", targets: ["Backsolve"]),
    .library(name: "BacksolveC", type: .dynamic, targets: ["CBindings"]),
    .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
    .library(name: "DesignSamplers", targets: ["DesignSamplers"]),
    .library(name: "SmoothedParticles", targets: ["SmoothedParticles"]),
    .executable(name: "backsolve", targets: ["BacksolveCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // Layer 0: system libraries
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
    .systemLibrary(name: "CSuiteSparse", providers: [.apt(["libsuitesparse-dev"])]),
    .systemLibrary(name: "CVectorLanes"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // Layer 1
    .target(name: "DifferentiableCore", dependencies: ["COpenBLAS"]),
    // Layer 2
    .target(name: "SparseAlgebra", dependencies: ["DifferentiableCore"]),
    .target(name: "Tensors", dependencies: ["DifferentiableCore", "CFFTW", "CVectorLanes"]),
    .target(name: "Geometry", dependencies: ["DifferentiableCore"]),
    .target(name: "Optimizers", dependencies: ["DifferentiableCore"]),
    // Layer 3
    .target(name: "LinearSolvers", dependencies: ["SparseAlgebra", "CSuiteSparse"]),
    .target(name: "FieldIO", dependencies: ["Geometry", "CZlib"]),
    // Layer 4
    .target(name: "NeuralNetworks", dependencies: ["Tensors", "FieldIO", "COpenBLAS"]),
    .target(name: "FiniteElements", dependencies: ["Geometry", "LinearSolvers"]),
    .target(name: "SmoothedParticles", dependencies: ["Geometry", "LinearSolvers", "CVectorLanes"]),
    .target(name: "Aerodynamics", dependencies: ["Geometry", "LinearSolvers", "COpenBLAS", "CVectorLanes"]),
    // Layer 5
    .target(name: "InverseDesign", dependencies: ["Geometry", "Optimizers"]),
    .target(name: "Pictures", dependencies: ["FieldIO"]),
    // Layer 6
    .target(name: "DesignSamplers", dependencies: ["NeuralNetworks", "InverseDesign"]),
    .target(name: "LearnedPreconditioners", dependencies: ["FiniteElements", "NeuralNetworks", "InverseDesign"]),
    // Layer 7
    .target(
      name: "Scenes",
      dependencies: [
        "Aerodynamics", "FiniteElements", "SmoothedParticles", "InverseDesign", "LearnedPreconditioners",
        "DesignSamplers", "Pictures", "Yams",
      ]),
    // The umbrella and the doors
    .target(name: "Backsolve", dependencies: ["Scenes"]),
    .target(name: "CBindings", dependencies: ["Scenes"], exclude: ["include"]),
    .target(
      name: "ModelServer",
      dependencies: [
        "Scenes", .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ]),
    .executableTarget(
      name: "BacksolveCommand",
      dependencies: [
        "Scenes", "ModelServer", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Examples, one page each
    .executableTarget(name: "MBBBeam", dependencies: ["Backsolve"], path: "Examples/01-MBBBeam"),
    .executableTarget(name: "CantileverIn3D", dependencies: ["Backsolve"], path: "Examples/02-CantileverIn3D"),
    .executableTarget(name: "YourOwnObjective", dependencies: ["Backsolve"], path: "Examples/03-YourOwnObjective"),
    .executableTarget(name: "WhereWasTheDrop", dependencies: ["Backsolve"], path: "Examples/04-WhereWasTheDrop"),
    .executableTarget(name: "DamBreakControl", dependencies: ["Backsolve"], path: "Examples/05-DamBreakControl"),
    .executableTarget(
      name: "FoilFromItsPressure", dependencies: ["Backsolve"], path: "Examples/06-FoilFromItsPressure"),
    .executableTarget(name: "WingSection", dependencies: ["Backsolve"], path: "Examples/07-WingSection"),
    .executableTarget(
      name: "ManyFoils", dependencies: ["Backsolve", "DesignSamplers"], path: "Examples/08-ManyFoils"),
    .executableTarget(
      name: "MeetingAtTheCentre", dependencies: ["DesignSamplers", "Pictures"],
      path: "Examples/09-MeetingAtTheCentre"),
    .executableTarget(name: "Hypergradients", dependencies: ["Backsolve"], path: "Examples/10-Hypergradients"),
    // Tests
    .target(
      name: "TestSupport", dependencies: ["FiniteElements", "SmoothedParticles", "InverseDesign", "NeuralNetworks"],
      path: "Tests/TestSupport"),
    .testTarget(name: "DifferentiableCoreTests", dependencies: ["DifferentiableCore", "TestSupport"]),
    .testTarget(name: "SparseAlgebraTests", dependencies: ["SparseAlgebra", "TestSupport"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
    .testTarget(name: "GeometryTests", dependencies: ["Geometry", "TestSupport"]),
    .testTarget(name: "OptimizersTests", dependencies: ["Optimizers", "TestSupport"]),
    .testTarget(name: "LinearSolversTests", dependencies: ["LinearSolvers", "TestSupport"]),
    .testTarget(name: "FieldIOTests", dependencies: ["FieldIO", "TestSupport"]),
    .testTarget(name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "TestSupport"]),
    .testTarget(name: "FiniteElementsTests", dependencies: ["FiniteElements", "TestSupport"]),
    .testTarget(name: "SmoothedParticlesTests", dependencies: ["SmoothedParticles", "TestSupport"]),
    .testTarget(
      name: "AerodynamicsTests", dependencies: ["Aerodynamics", "TestSupport"], exclude: ["Data"]),
    .testTarget(name: "InverseDesignTests", dependencies: ["InverseDesign", "TestSupport"]),
    .testTarget(name: "DesignSamplersTests", dependencies: ["DesignSamplers", "TestSupport"]),
    .testTarget(name: "LearnedPreconditionersTests", dependencies: ["LearnedPreconditioners", "TestSupport"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures", "TestSupport"]),
    .testTarget(name: "ScenesTests", dependencies: ["Scenes", "TestSupport"]),
    .testTarget(name: "ModelServerTests", dependencies: ["ModelServer", "TestSupport"]),
    .testTarget(name: "CBindingsTests", dependencies: ["CBindings", "TestSupport"]),
    .testTarget(
      name: "GradientTests", dependencies: ["Backsolve", "NeuralNetworks", "DesignSamplers", "TestSupport"]),
    .testTarget(name: "ConvergenceTests", dependencies: ["Backsolve", "TestSupport"]),
    .testTarget(name: "CommandTests", dependencies: ["Backsolve", "TestSupport", "BacksolveCommand"]),
    .testTarget(
      name: "ExampleTests",
      dependencies: [
        "MBBBeam", "CantileverIn3D", "YourOwnObjective", "WhereWasTheDrop", "DamBreakControl", "FoilFromItsPressure",
        "WingSection", "ManyFoils", "MeetingAtTheCentre", "Hypergradients", "TestSupport",
      ]),
    .testTarget(name: "LayeringTests"),
  ],
  swiftLanguageModes: [.v6]
)
