import DifferentiableCore

/// The shape of a solid as a differentiable map: from design variables to the places of its particles, in m,
/// `[particleCount, dimension]`, as the parameter block `wall-position` wants them.
///
/// The particles of a shape are always the same ones: stretched, they come to lie farther apart.
public protocol ToolShape: Transform {
  var dimension: Int { get }
  var particleCount: Int { get }
  /// What the design variables are: name, shape, unit.
  var variables: Block { get }
}

/// A tool along a line in the plane, drawn through nodes.
public protocol LineTool: ToolShape {
  /// The nodes that the line is drawn through, `[count, 2]` in m.
  var line: any Transform { get }
  var band: PolylineBand { get }
}

extension LineTool {
  public var dimension: Int { 2 }
  public var particleCount: Int { band.particleCount }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector { try band.apply(try line.apply(x)) }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    return try line.pullback(try band.pullback(seed, at: try line.apply(x)), at: x)
  }
}
