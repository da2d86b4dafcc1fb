import FieldIO
import Geometry
import SmoothedParticles

/// Makes the shapes of a scene's solids, those in files among them.
enum SolidReading {
  /// Nil after reporting why not.
  static func shape(
    _ form: Located<Scene.SolidForm>, in lattice: StructuredGrid, _ diagnostics: inout DiagnosticList
  ) -> SolidShape? {
    let dimension = lattice.dimension
    let shape: SolidShape
    switch form.value {
    case .shape(let given): shape = given
    case .file(let file, let scale, let shift):
      guard let surface = surface(file, scale: scale, &diagnostics) else { return nil }
      shape = .surface(SurfaceDistance(surface), shift: shift)
    }
    guard shape.dimension == dimension else {
      diagnostics.add(form.error("`shape` has \(shape.dimension) axes in a box of \(dimension) dimensions"))
      return nil
    }
    return ShapeReach(lattice).holds(shape.reach, at: form.mark, "`shape`", &diagnostics) ? shape : nil
  }

  private static func surface(
    _ file: SceneFilePath, scale: Double, _ diagnostics: inout DiagnosticList
  ) -> TriangleSurface? {
    do {
      var surface = try STLFile.decode(try AtomicFile.read(file.path), path: file.path)
      surface.vertices = surface.vertices.map { scale * $0 }
      let closedness = surface.closedness
      if !surface.isEmpty, closedness.openEdges == 0 { return surface }
      diagnostics.add(
        SceneDiagnostic(
          mark: file.mark, problem: "the surface in `\(file.written)` is not closed",
          found: surface.isEmpty ? "no triangles" : "\(closedness.openEdges) edges with one triangle only",
          expected: "the surface of a solid", remedy: "close its holes"))
    } catch {
      diagnostics.add(SceneDiagnostic(mark: file.mark, problem: "\(error)"))
    }
    return nil
  }
}
