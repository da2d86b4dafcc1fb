/// A surface that depends linearly on its design: a base plus the sum of modes, each times one entry of the design.
///
/// CST, B-splines, Hicks-Henne bumps and free-form deformation are of this kind.
public struct SurfaceModes: Transform {
  /// `[nodeCount, 2]`, in chords.
  public let base: DenseVector
  /// One for each entry of the design, `[nodeCount, 2]`.
  public let modes: [DenseVector]

  public init(base: DenseVector, modes: [DenseVector]) {
    self.base = base
    self.modes = modes
  }

  public func apply(_ x: DenseVector) -> DenseVector {
    precondition(x.count == modes.count, "a design of \(x.count) entries for \(modes.count) modes")
    var surface = base
    for (mode, amount) in zip(modes, x.elements) where amount != 0 { surface.add(mode, scaledBy: amount) }
    return surface
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    return DenseVector(modes.map { $0.dot(seed) })
  }

  /// The design whose surface is nearest to a given one, node by node in the least-squares sense.
  ///
  /// - Parameter damping: of the normal equations, relative to their largest diagonal entry; keeps modes that the nodes
  ///   hardly tell apart from growing.
  public func fit(to surface: DenseVector, damping: Double = 1e-12) -> DenseVector {
    let n = modes.count
    let target = surface - base
    var normal = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        normal[i * n + j] = modes[i].dot(modes[j])
        normal[j * n + i] = normal[i * n + j]
      }
    }
    let largest = (0..<n).map { normal[$0 * n + $0] }.max() ?? 1
    for i in 0..<n { normal[i * n + i] += damping * largest }
    return DenseVector(solvedByElimination(normal, modes.map { $0.dot(target) }) ?? [Double](repeating: 0, count: n))
  }
}
