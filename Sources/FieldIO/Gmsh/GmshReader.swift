import Geometry

/// Reads Gmsh's mesh files, formats 4.1 and 2.2, ASCII.
///
/// Physical groups become named regions: of cells where they have the dimension of the mesh, of facets one below it, and
/// of nodes always. A group without a name is called by its kind and number: `surface-3`. A mesh without volume cells
/// is two-dimensional and must lie in z = 0.
///
/// Source: Gmsh reference manual 4.15, "MSH file format".
public enum GmshReader {
  /// - Throws: `MeshError` with file, line, and cell or node where they are known.
  public static func read(contentsOf path: String) throws(MeshError) -> UnstructuredMesh {
    let bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try AtomicFile.read(path)
    } catch {
      throw MeshError(error.description)
    }
    return try read(bytes, file: path)
  }

  /// The mesh in `bytes`; errors name it `file`.
  public static func read(_ bytes: [UInt8], file: String) throws(MeshError) -> UnstructuredMesh {
    var tokens = GmshTokens(bytes)
    do throws(MeshError) {
      let contents = try GmshSections.read(&tokens)
      return try GmshMeshBuilder(contents).mesh()
    } catch {
      var placed = error
      placed.file = file
      throw placed
    }
  }
}
