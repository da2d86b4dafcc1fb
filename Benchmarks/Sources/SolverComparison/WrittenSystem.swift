import Backsolve
import Foundation

/// Writes the lower triangle by columns, the load and the nodes' coordinates as `.npy` files.
func writeSystem(
  _ matrix: SymmetricSparseMatrix, _ load: DenseVector, _ domain: any Domain, components: Int, to folder: String,
  _ name: String
) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  func write(_ part: String, _ values: [Double], shape: [Int]? = nil) throws {
    try AtomicFile.write(
      NPYFile(shape: shape ?? [values.count], values: values).bytes, to: "\(folder)/\(name)-\(part).npy")
  }
  try write("starts", matrix.pattern.columnStarts.map(Double.init))
  try write("rows", matrix.pattern.rows.map(Double.init))
  try write("values", matrix.values)
  try write("load", load.elements)
  let points = (0..<domain.nodeCount).flatMap { domain.point(ofNode: $0) }
  try write("points", points, shape: [domain.nodeCount, domain.dimension])
}
