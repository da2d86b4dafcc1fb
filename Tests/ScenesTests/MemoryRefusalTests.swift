import Foundation
import Scenes
import Testing

/// A grid that multigrid would take and whose factors no machine holds.
@Suite struct MemoryRefusalTests {
  @Test func factorsAreCountedWhereTheSceneAsksForThem() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Scenes/Benchmarks").path
    // 9 million nodes: about 9 GB of vectors, and nearly 2 TB of factors.
    let file = try SceneFile.load(
      folder + "/cantilever-48.yaml", overrides: ["domain.grid.cells=[208, 208, 208]", "solver=cholmod"])
    #expect {
      _ = try SceneBuilder.build(file)
    } throws: { error in
      "\(error)".contains("or another solver")
    }
  }
}
