import FiniteElements

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// -∇·(exp(2 g) ∇u) = 1 on the unit square, u = 0 on its boundary, with linear triangles.
///
/// `side` x `side` interior nodes, each moved at random by up to a quarter of the spacing along both axes; a diagonal at
/// random in every square; g is a Gaussian field on 256 x 256 points.
public struct LogNormalPlane: Sendable {
  public let mesh: UnstructuredMesh
  public let stiffness: MeshStiffness
  public let coefficients: DenseVector
  public let constrained: ConstrainedUnknowns
  public let load: DenseVector

  /// - Parameters:
  ///   - side: Interior nodes along an axis.
  ///   - seed: Of the mesh; the next number is that of the field.
  ///   - window: The part of the field's period that is seen along an axis: a small one looks like a piece of a larger mesh.
  ///   - isHeldAround: Whether the whole boundary is zero; else the side x = 0 alone is, which lets vectors be smoother.
  public init(side: Int, seed: UInt64 = 1, window: Double = 1, isHeldAround: Bool = true) throws {
    let n = side + 1
    let grid = StructuredGrid(size: [1, 1], cells: [n, n])
    var generator = SeededGenerator(seed: seed)
    var points: [Double] = []
    for node in 0..<grid.nodeCount {
      let isInside = grid.position(ofNode: node).allSatisfy { $0 > 0 && $0 < n }
      for x in grid.point(ofNode: node) {
        points.append(isInside ? x + 0.25 * (2 * generator.uniform() - 1) / Double(n) : x)
      }
    }
    var nodes: [Int32] = []
    for cell in 0..<grid.cellCount {
      let c = grid.nodes(ofCell: cell).map { Int32($0) }
      let rising = generator.uniform() < 0.5
      nodes += rising ? [c[0], c[1], c[3], c[0], c[3], c[2]] : [c[0], c[1], c[2], c[1], c[3], c[2]]
    }
    mesh = try UnstructuredMesh(dimension: 2, points: points, blocks: [.init(.tri3, nodes: nodes)])
    stiffness = MeshStiffness.diffusion(mesh)
    let field = GaussianField(dimension: 2, resolution: 256, seed: seed + 1)
    let domain = mesh
    coefficients = DenseVector(
      (0..<domain.cellCount).map { exp(2 * field.value(at: domain.centroid(ofCell: $0).map { window * $0 })) })
    let boundary = (0..<grid.nodeCount).filter { node in
      let position = grid.position(ofNode: node)
      return isHeldAround ? position.contains { $0 == 0 || $0 == n } : position[0] == 0
    }
    constrained = ConstrainedUnknowns(of: stiffness, holding: [(boundary, [0])])
    var load = BodyLoad(mesh, perVolume: [1]).load(of: DenseVector(repeating: 1, count: mesh.cellCount))
    constrained.zero(&load)
    self.load = load
  }

  public func matrix() throws(SolveFailure) -> SymmetricSparseMatrix {
    try stiffness.makeOperator(coefficients: coefficients, constrained: constrained)
  }
}
