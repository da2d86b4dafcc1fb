@_exported import Geometry
@_exported import LinearSolvers
import _Differentiation

/// What a design sets in a cellwise physics: one stiffness and one source coefficient per cell.
public struct CellCoefficients: Differentiable, Sendable, AdditiveArithmetic {
  public typealias TangentVector = CellCoefficients

  /// Young's modulus (Pa) for elasticity, conductivity (W/(m K)) for diffusion. `[cellCount]`
  public var stiffness: DenseVector
  /// What design-dependent loads are proportional to: density relative to solid for self-weight, for diffusion the
  /// factor on the heat source. Empty where no load depends on the design. `[cellCount]`
  public var source: DenseVector

  public init(stiffness: DenseVector, source: DenseVector = .zero) {
    self.stiffness = stiffness
    self.source = source
  }

  @derivative(of: init(stiffness:source:))
  public static func vjpInit(stiffness: DenseVector, source: DenseVector) -> (
    value: CellCoefficients, pullback: (CellCoefficients) -> (DenseVector, DenseVector)
  ) {
    (CellCoefficients(stiffness: stiffness, source: source), { ($0.stiffness, $0.source) })
  }

  public static var zero: CellCoefficients { CellCoefficients(stiffness: .zero, source: .zero) }
  public static func + (a: Self, b: Self) -> Self {
    CellCoefficients(stiffness: a.stiffness + b.stiffness, source: a.source + b.source)
  }
  public static func - (a: Self, b: Self) -> Self {
    CellCoefficients(stiffness: a.stiffness - b.stiffness, source: a.source - b.source)
  }
  public mutating func move(by offset: CellCoefficients) { self = self + offset }
}

extension CellCoefficients: ScalableTangent {
  public func multiplied(by factor: Double) -> CellCoefficients {
    CellCoefficients(stiffness: stiffness.scaled(by: factor), source: source.scaled(by: factor))
  }
  public func dot(_ other: CellCoefficients) -> Double {
    stiffness.dot(other.stiffness) + source.dot(other.source)
  }
}
