import Foundation

/// Both sides of a surface at the same places along the chord.
struct SurfaceSections {
  private let spline: SurfaceSpline
  private let upper: [SurfaceSpline.Ordinate]
  private let lower: [SurfaceSpline.Ordinate]

  init(_ surface: DenseVector, at stations: [Double]) throws(SolveFailure) {
    spline = SurfaceSpline(surface)
    upper = try spline.ordinates(at: stations, side: .upper)
    lower = try spline.ordinates(at: stations, side: .lower)
  }

  /// A function of the ordinates, which returns its value and its derivatives by the upper and the lower ones.
  func value(
    wantsGradient: Bool, _ f: ([Double], [Double]) -> (value: Double, byUpper: [Double], byLower: [Double])
  ) -> SurfaceValue {
    let result = f(upper.map(\.value), lower.map(\.value))
    guard wantsGradient else { return SurfaceValue(value: result.value, gradient: .zero) }
    var seeds = SurfaceSpline.Seeds(spline)
    for (seed, ordinate) in zip(result.byUpper, upper) { spline.add(seed, on: ordinate, to: &seeds) }
    for (seed, ordinate) in zip(result.byLower, lower) { spline.add(seed, on: ordinate, to: &seeds) }
    return SurfaceValue(value: result.value, gradient: spline.gradient(seeds))
  }

  /// Where along the chord a combination of the two sides is largest in magnitude of its sign at the start: a scan, then
  /// golden sections. At a maximum the place does not enter the derivative.
  static func crest(of surface: DenseVector, _ f: (Double, Double) -> Double) throws(SolveFailure) -> Double {
    let stations = (1..<40).map { 0.5 * (1 - cos(Double.pi * Double($0) / 40)) }
    let spline = SurfaceSpline(surface)
    func value(_ x: Double) throws(SolveFailure) -> Double {
      f(
        try spline.ordinates(at: [x], side: .upper)[0].value, try spline.ordinates(at: [x], side: .lower)[0].value)
    }
    var best = 0
    var largest = -Double.infinity
    for (i, x) in stations.enumerated() {
      let height = try value(x)
      if height > largest { (best, largest) = (i, height) }
    }
    var low = stations[max(best - 1, 0)], high = stations[min(best + 1, stations.count - 1)]
    let golden = (5.0.squareRoot() - 1) / 2
    var a = high - golden * (high - low), b = low + golden * (high - low)
    var (fa, fb) = (try value(a), try value(b))
    for _ in 0..<40 {
      if fa > fb {
        (high, b, fb) = (b, a, fa)
        a = high - golden * (high - low)
        fa = try value(a)
      } else {
        (low, a, fa) = (a, b, fb)
        b = low + golden * (high - low)
        fb = try value(b)
      }
    }
    return 0.5 * (low + high)
  }
}

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
