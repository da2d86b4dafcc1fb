extension Scene {
  /// Where the physics happens.
  public enum Domain: Sendable {
    case grid(Grid)
    case mesh(Mesh)
    case box(Box)
    /// What a scene of airfoils has: the plane without an end. Never written.
    case plane

    static let form: Form<Domain> = Composites.kind(
      "domain", "Where the physics happens.",
      [
        Choice("grid", "A rectangle or a box cut into equal cells.", Grid.form.map { .grid($0) }),
        Choice("mesh", "An unstructured mesh read from a file.", Mesh.form.map { .mesh($0) }),
        Choice("box", "A line, a rectangle or a box that particles live in.", Box.form.map { .box($0) }),
      ])
  }

  /// A rectangle (two entries) or a box (three entries) cut into equal cells.
  public struct Grid: Sendable, Equatable {
    /// Edge lengths in m.
    public let size: [Double]
    public let cells: Located<[Int]>
    /// The lowest corner in m; as many entries as `size`.
    public let origin: [Double]

    public var dimension: Int { size.count }

    static let form: Form<Grid> = record(
      "A rectangle or a box cut into equal cells. Two entries make it flat, three make it solid; y points up.",
      required(
        "size", Composites.list(Scalars.positiveLength, count: 2...3), "Edge lengths along x, y and, in 3D, z, in m."),
      required(
        "cells", Composites.list(Scalars.integer(1...1_000_000), count: 2...3).located, "Cells along each axis."),
      optional(
        "origin", Composites.list(Scalars.length, count: 2...3),
        "The corner with the lowest coordinates, in m; zero when left out.")
    ) { size, cells, origin in
      Grid(size: size, cells: cells, origin: origin ?? size.map { _ in 0 })
    }.checked { grid in
      if grid.cells.value.count != grid.size.count || grid.origin.count != grid.size.count {
        return (
          "`size` has \(grid.size.count) entries, `cells` \(grid.cells.value.count) and `origin` \(grid.origin.count)",
          "give all of them two entries in 2D and three in 3D"
        )
      }
      return nil
    }
  }

  /// A mesh file.
  public struct Mesh: Sendable, Equatable {
    public let file: SceneFilePath
    /// Multiplies the coordinates in the file, to get m.
    public let scale: Double

    static let form: Form<Mesh> = record(
      "An unstructured mesh; its physical groups are regions by name.",
      required("file", Scalars.file, "A Gmsh file (.msh 4.1 or 2.2, ASCII), relative to this scene."),
      defaulted(
        "scale", Scalars.quantity(.length, .positive), 1, written: "1 m",
        "The length in m that the file's unit stands for: `1 mm` for a mesh drawn in millimetres.")
    ) { Mesh(file: $0, scale: $1) }
  }
}
