import Foundation

extension ParticleNumerics {
  /// ∫ W'² dV: over mass times density, the diagonal of D M⁻¹ Dᵀ deep in a fluid.
  func meanSquaredSlope(dimension: Int) -> Double {
    let pieces = 200, width = support / Double(pieces)
    var sum = 0.0
    for k in 0..<pieces {
      let r = (Double(k) + 0.5) * width
      let shell = [2, 2 * .pi * r, 4 * .pi * r * r][dimension - 1]
      let slope = kernel.evaluate(r, smoothingLength: smoothingLength, dimension: dimension).slope
      sum += slope * slope * shell * width
    }
    return sum
  }

  /// Σ V W over a square or cubic lattice, the particle itself included.
  func latticeSum(spacing: Double, dimension: Int) -> Double {
    guard spacing > 0, support.isFinite, support / spacing < 30 else { return 1 }
    let reach = Int(support / spacing) + 1, span = -reach...reach, volume = pow(spacing, Double(dimension))
    var sum = 0.0
    for z in dimension > 2 ? span : 0...0 {
      for y in dimension > 1 ? span : 0...0 {
        for x in span {
          let r = spacing * Double(x * x + y * y + z * z).squareRoot()
          sum += volume * kernel.evaluate(r, smoothingLength: smoothingLength, dimension: dimension).value
        }
      }
    }
    return sum > 0 ? sum : 1
  }
}
