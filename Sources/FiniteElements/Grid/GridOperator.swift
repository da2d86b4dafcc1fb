/// The stiffness of a grid for given coefficients, with constrained unknowns replaced by the identity. Matrix-free.
public struct GridOperator: LinearOperator {
  public let stiffness: GridStiffness
  /// Young's modulus (Pa) or conductivity (W/(m K)). `[cellCount]`
  public let coefficients: DenseVector
  public let constrained: ConstrainedUnknowns
  let kernel: GridKernel<Double>

  init(stiffness: GridStiffness, coefficients: DenseVector, constrained: ConstrainedUnknowns) {
    self.stiffness = stiffness
    self.coefficients = coefficients
    self.constrained = constrained
    kernel = GridKernel(
      stiffness.form, layout: stiffness.layout, coefficients: stiffness.padded(coefficients))
  }

  public var dimension: Int { stiffness.unknownCount }
  public var multiplyAdds: Double { stiffness.layout.productMultiplyAdds }

  public func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    NodalSweep(kernel: kernel, mask: constrained.indices.isEmpty ? nil : constrained.mask).apply(x, into: y)
  }

  public func diagonal() -> DenseVector {
    let layout = stiffness.layout
    let nodal = CoefficientSums(layout, kernel.coefficients)
    let cell = stiffness.form.diagonal
    var diagonal = DenseVector(zeros: dimension)
    for node in 0..<dimension / cell.count {
      let sum = nodal.sum(atNode: node)
      for component in cell.indices { diagonal[node * cell.count + component] = cell[component] * sum }
    }
    for index in constrained.indices { diagonal[index] = 1 }
    return diagonal
  }
}

/// Sums of the coefficients of the cells around a node: every corner of a box has the same diagonal entry.
struct CoefficientSums<Scalar: GridScalar> {
  private let layout: GridLayout
  private let coefficients: AlignedBuffer<Scalar>

  init(_ layout: GridLayout, _ coefficients: AlignedBuffer<Scalar>) {
    self.layout = layout
    self.coefficients = coefficients
  }

  func sum(atNode node: Int) -> Double {
    let row = node / (layout.cells.x + 1)
    return sum(node % (layout.cells.x + 1), row % layout.rows, row / layout.rows)
  }

  func sum(_ i: Int, _ j: Int, _ k: Int) -> Double {
    let c = coefficients.pointer
    var sum = 0.0
    for z in max(k - 1, 0)...min(k, layout.cells.z - 1) {
      for y in max(j - 1, 0)...min(j, layout.cells.y - 1) {
        let row = c + (z * layout.layerSize + y * layout.stride)
        if i > 0 { sum += Double(row[i - 1]) }
        sum += Double(row[i])
      }
    }
    return sum
  }
}
