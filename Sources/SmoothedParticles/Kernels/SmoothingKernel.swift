import Foundation

/// A smoothing kernel W(r) of compact support, by the names of the literature.
///
/// The smoothing length h is the one of each kernel's own definition: the support is `supportRatio` times h.
public enum SmoothingKernel: String, Sendable, CaseIterable {
  /// Cubic B-spline, support 2h. Monaghan, Annu. Rev. Astron. Astrophys. 30 (1992).
  case cubic
  /// Quintic B-spline, support 3h. Morris, Fox, Zhu, J. Comput. Phys. 136 (1997).
  case quintic
  /// Wendland's C2 function, support 2h. Wendland, Adv. Comput. Math. 4 (1995).
  case wendlandC2 = "wendland-c2"
  /// Wendland's C4 function, support 2h.
  case wendlandC4 = "wendland-c4"
  /// Wendland's C6 function, support 2h.
  case wendlandC6 = "wendland-c6"

  /// Radius of the support in smoothing lengths.
  public var supportRatio: Double { self == .quintic ? 3 : 2 }

  /// The factor that makes the integral one, for h = 1.
  ///
  /// - Parameter dimension: 1, 2 or 3.
  public func normalization(dimension: Int) -> Double {
    let table: [Double] =
      switch self {
      case .cubic: [2.0 / 3, 10 / (7 * .pi), 1 / .pi]
      case .quintic: [1.0 / 120, 7 / (478 * .pi), 1 / (120 * .pi)]
      // In one dimension Wendland's functions of the same smoothness have other polynomials; those of 2D and 3D are
      // used throughout and normalized on the line.
      case .wendlandC2: [3.0 / 4, 7 / (4 * .pi), 21 / (16 * .pi)]
      case .wendlandC4: [27.0 / 32, 9 / (4 * .pi), 495 / (256 * .pi)]
      case .wendlandC6: [15.0 / 16, 78 / (28 * .pi), 1365 / (512 * .pi)]
      }
    return table[dimension - 1]
  }

  /// W, dW/dr and d²W/dr² at distance `r`, for smoothing length `h` (SI: 1/m^d, 1/m^(d+1), 1/m^(d+2)).
  public func evaluate(_ r: Double, smoothingLength h: Double, dimension: Int)
    -> (value: Double, slope: Double, curvature: Double)
  {
    let lanes = KernelLanes<PairDoubles>(self, smoothingLength: h, dimension: dimension)
    let r = PairDoubles.broadcast(r)
    return (lanes.value(r).v[0], lanes.slope(r).v[0], lanes.curvature(r).v[0])
  }
}

/// A kernel evaluated for several distances at once. Distances at or beyond the support give exactly zero.
struct KernelLanes<L: PairLanes> {
  let kernel: SmoothingKernel
  let inverseLength: L.Scalar
  let valueFactor: L.Scalar
  let slopeFactor: L.Scalar
  let curvatureFactor: L.Scalar

  init(_ kernel: SmoothingKernel, smoothingLength h: Double, dimension: Int) {
    self.kernel = kernel
    let factor = kernel.normalization(dimension: dimension) / pow(h, Double(dimension))
    inverseLength = L.Scalar(1 / h)
    valueFactor = L.Scalar(factor)
    slopeFactor = L.Scalar(factor / h)
    curvatureFactor = L.Scalar(factor / (h * h))
  }

  @inline(__always) func value(_ r: L) -> L {
    let q = r * L.broadcast(inverseLength)
    let shape: L =
      switch kernel {
      case .cubic: CubicSpline.value(q)
      case .quintic: QuinticSpline.value(q)
      case .wendlandC2: WendlandC2.value(q)
      case .wendlandC4: WendlandC4.value(q)
      case .wendlandC6: WendlandC6.value(q)
      }
    return shape * L.broadcast(valueFactor)
  }

  /// dW/dr
  @inline(__always) func slope(_ r: L) -> L {
    let q = r * L.broadcast(inverseLength)
    let shape: L =
      switch kernel {
      case .cubic: CubicSpline.slope(q)
      case .quintic: QuinticSpline.slope(q)
      case .wendlandC2: WendlandC2.slope(q)
      case .wendlandC4: WendlandC4.slope(q)
      case .wendlandC6: WendlandC6.slope(q)
      }
    return shape * L.broadcast(slopeFactor)
  }

  /// d²W/dr²
  @inline(__always) func curvature(_ r: L) -> L {
    let q = r * L.broadcast(inverseLength)
    let shape: L =
      switch kernel {
      case .cubic: CubicSpline.curvature(q)
      case .quintic: QuinticSpline.curvature(q)
      case .wendlandC2: WendlandC2.curvature(q)
      case .wendlandC4: WendlandC4.curvature(q)
      case .wendlandC6: WendlandC6.curvature(q)
      }
    return shape * L.broadcast(curvatureFactor)
  }
}

/// A kernel's shape as a function of q = r/h, without normalization.
protocol KernelShape {
  static func value<L: PairLanes>(_ q: L) -> L
  static func slope<L: PairLanes>(_ q: L) -> L
  static func curvature<L: PairLanes>(_ q: L) -> L
}
