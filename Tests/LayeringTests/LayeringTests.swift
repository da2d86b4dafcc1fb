import Testing

@Suite struct LayeringTests {
  @Test func thePackageKeepsItsLayers() throws {
    let package = PackageDescription(manifest: try Checkout.text("Package.swift"))
    let imports = try Checkout.imports()
    // Were nothing read, nothing could be wrong.
    #expect(package.targets.count >= 20)
    #expect(imports.count >= 50)
    #expect(package.target("FiniteElements")?.dependencies == ["Geometry", "LinearSolvers"])
    #expect(package.closure(of: "Scenes").isSuperset(of: ["Yams", "COpenBLAS"]))
    #expect(LayerTable.package.violations(of: package, imports: imports) == [])
  }

  /// A small package with one fault each.
  @Test(arguments: [
    ("a dependency upward", "Low", "High", "", "which is not below it"),
    ("an import upward", "", "", "Sources/Low/A.swift:import High", "which is not below it"),
    ("an import sideways", "", "", "Sources/Low/A.swift:import Side", "which is not below it"),
    ("an import not declared", "", "", "Sources/High/A.swift:@preconcurrency import Yams", "does not give it"),
    ("a kind of import", "", "", "Sources/Low/A.swift:public import struct High.Thing", "which is not below it"),
    ("a physics above another", "Top", "High", "", "reaches the physics High"),
    ("a folder that is no target", "", "", "Sources/Lost/A.swift:import Low", "no target"),
  ])
  func faultsAreFound(name: String, from: String, to: String, source: String, expected: String) {
    let extra = { (target: String) in target == from ? ", \"\(to)\"" : "" }
    let manifest = """
      let package = Package(
        name: "sample",
        targets: [
          // .target(name: "NotThere", dependencies: ["Top"]),
          .systemLibrary(name: "CLibrary", providers: [.apt(["libthing-dev"])]),
          .target(name: "Low", dependencies: ["CLibrary"\(extra("Low"))]),
          .target(name: "Side", dependencies: ["CLibrary"]),
          .target(name: "High", dependencies: ["Low", .product(name: "Logging", package: "swift-log")]),
          .executableTarget(
            name: "Top",
            dependencies: [
              "Low"\(extra("Top"))
            ]),
          .testTarget(name: "LowTests", dependencies: ["Low", "Top"]),
        ]
      )
      """
    let table = LayerTable(
      layers: [["CLibrary"], ["Low", "Side"], ["High"], ["Top"]], physics: ["High", "Top"], physicsFree: [],
      system: ["Foundation"])
    let package = PackageDescription(manifest: manifest)
    #expect(package.targets.count == 6)
    let sound = [
      ("Low", "import Foundation\nimport CLibrary"), ("High", "@_exported import Low\nimport Logging"),
    ].flatMap { ModuleImport.all(in: $1, target: $0, path: "Sources/\($0)/B.swift") }
    let parts = source.split(separator: ":")
    let faulty =
      parts.count == 2
      ? ModuleImport.all(
        in: String(parts[1]), target: String(parts[0].split(separator: "/")[1]), path: String(parts[0]))
      : []

    let violations = table.violations(of: package, imports: sound + faulty)
    #expect(violations.contains { $0.contains(expected) }, "\(name): \(violations)")
  }

  @Test func aSoundPackageHasNoFault() {
    let manifest =
      "let package = Package(\n  targets: [ .target(name: \"A\"), .target(name: \"B\", dependencies: [\"A\"]) ])"
    let table = LayerTable(layers: [["A"], ["B"]], physics: ["A"], physicsFree: [], system: [])
    let imports = ModuleImport.all(in: "// import C\nimport A\nlet importance = 1", target: "B", path: "B.swift")
    #expect(imports == [ModuleImport(target: "B", place: "B.swift:2", module: "A")])
    #expect(table.violations(of: PackageDescription(manifest: manifest), imports: imports) == [])
  }
}
