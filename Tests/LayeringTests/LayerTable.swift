/// The layers of the package, lowest first: a target may use targets of lower layers only.
struct LayerTable {
  /// Targets of each layer.
  var layers: [[String]]
  /// Targets that each hold a physics: none may use another, and `physicsFree` may use none.
  var physics: [String]
  var physicsFree: [String]
  /// Modules from outside the package that any target may import: the language's own and the system's.
  var system: Set<String>

  static let package = LayerTable(
    layers: [
      ["COpenBLAS", "CFFTW", "CSuiteSparse", "CVectorLanes", "CZlib"],
      ["DifferentiableCore"],
      ["SparseAlgebra", "Tensors", "Geometry", "Optimizers"],
      ["LinearSolvers", "FieldIO"],
      ["NeuralNetworks", "Aerodynamics", "FiniteElements", "SmoothedParticles"],
      ["InverseDesign", "Pictures"],
      ["DesignSamplers", "LearnedPreconditioners"],
      ["Scenes"],
      ["Backsolve", "CBindings", "ModelServer"],
      [
        "BacksolveCommand", "MBBBeam", "CantileverIn3D", "YourOwnObjective", "WhereWasTheDrop", "DamBreakControl",
        "FoilFromItsPressure", "WingSection", "ManyFoils", "MeetingAtTheCentre", "Hypergradients",
      ],
    ],
    physics: ["Aerodynamics", "FiniteElements", "SmoothedParticles"],
    physicsFree: ["Geometry", "Optimizers", "NeuralNetworks", "InverseDesign", "Pictures", "DesignSamplers"],
    system: [
      "Swift", "_Differentiation", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl",
      "Darwin",
    ])

  func layer(of target: String) -> Int? { layers.firstIndex { $0.contains(target) } }

  /// Every broken rule of a package, in words; empty when it keeps the layers.
  func violations(of package: PackageDescription, imports: [ModuleImport]) -> [String] {
    var found: [String] = []
    let tested = package.targets.filter { !$0.isForTests }
    for target in tested {
      guard let layer = layer(of: target.name) else {
        found.append("Package.swift: target \(target.name) is in no layer; add it to LayerTable")
        continue
      }
      for dependency in target.dependencies where package.target(dependency) != nil {
        guard let below = self.layer(of: dependency) else { continue }
        if below >= layer {
          found.append(
            "Package.swift: \(target.name) (layer \(layer)) depends on \(dependency) (layer \(below)), which is not below it"
          )
        }
      }
      let reached = package.closure(of: target.name)
      for dependency in reached.sorted() where physics.contains(dependency) && dependency != target.name {
        if physics.contains(target.name) || physicsFree.contains(target.name) {
          found.append("Package.swift: \(target.name) reaches the physics \(dependency)")
        }
      }
    }
    for name in layers.joined() where package.target(name) == nil {
      found.append("LayerTable: \(name) is no target of Package.swift")
    }
    for each in imports where !system.contains(each.module) && each.module != each.target {
      guard package.target(each.target) != nil else {
        found.append("\(each.place): its folder \(each.target) is no target of Package.swift")
        continue
      }
      if let from = layer(of: each.target), let below = layer(of: each.module), below >= from {
        found.append(
          "\(each.place): \(each.target) (layer \(from)) imports \(each.module) (layer \(below)), which is not below it"
        )
      } else if !package.closure(of: each.target).contains(each.module) {
        found.append("\(each.place): \(each.target) imports \(each.module), which Package.swift does not give it")
      }
    }
    return found
  }
}
