import Foundation

/// Writes a surface down again with nodes of a given number, dense where it is curved and at the trailing edge.
///
/// The nodes share out the integral of a density over the curve evenly: 1 + `bunching` times the smoothed curvature,
/// relative to the curvature of the nose. In spirit that of XFOIL's PANE (Drela 1989), with its smoothing length and its
/// ratio at the trailing edge, but in closed form, so that it has a derivative: from surface `[any, 2]` to surface
/// `[nodeCount, 2]`.
public struct Repanelling: Transform {
  public let nodeCount: Int
  public var bunching = 8.0
  /// The curvature that the trailing edge counts as having, relative to the nose's.
  public var trailingEdgeRatio = 0.18
  /// Over which curvature is smoothed, relative to half the length of the curve.
  public var smoothingLength = 0.02

  public init(nodeCount: Int = 160) {
    precondition(nodeCount >= 5, "a surface needs at least five nodes")
    self.nodeCount = nodeCount
  }

  public func apply(_ x: DenseVector) -> DenseVector { placing(x).surface }

  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    return placing(x).pullback(seed)
  }

  public func linearize(at x: DenseVector) -> TransformLinearization {
    let placing = placing(x)
    return TransformLinearization(image: placing.surface) { seed in seed.isEmpty ? seed : placing.pullback(seed) }
  }

  private func placing(_ x: DenseVector) -> NodePlacing {
    NodePlacing(
      SurfaceSpline(x), nodeCount: nodeCount, bunching: bunching, trailingEdgeRatio: trailingEdgeRatio,
      smoothingLength: smoothingLength)
  }
}

/// Where the new nodes of one surface are, with what their derivative needs.
struct NodePlacing {
  let spline: SurfaceSpline
  let places: [SurfaceSpline.Place]
  let surface: DenseVector
  private let bunching: Double
  private let ratio: Double
  private let smoothing: Double
  private let matrix: SymmetricTridiagonal
  private let masses: [Double]
  /// At the nodes of the old surface: curvature, its smoothed form, and the density of new nodes.
  private let curvature: [Double]
  private let smoothed: [Double]
  private let density: [Double]
  private let reference: (value: Double, numerator: Double, denominator: Double)
  private let total: Double

  /// Keeps the curvature differentiable where it changes sign, in 1/chord.
  private static let roundOff = 0.05

  init(
    _ spline: SurfaceSpline, nodeCount: Int, bunching: Double, trailingEdgeRatio: Double, smoothingLength: Double
  ) {
    let n = spline.nodeCount, h = spline.lengths
    let smoothing = smoothingLength * spline.totalLength / 2
    let masses = (0..<n).map { ((($0 > 0) ? h[$0 - 1] : 0) + (($0 < n - 1) ? h[$0] : 0)) / 2 }
    var diagonal = masses
    let beside = h.map { -smoothing * smoothing / $0 }
    for j in 0..<n - 1 {
      diagonal[j] -= beside[j]
      diagonal[j + 1] -= beside[j]
    }
    let matrix = SymmetricTridiagonal(diagonal: diagonal, beside: beside)
    let curvature = (0..<n).map { i -> Double in
      let (_, jets) = Self.jets(spline, i)
      let speed = jets.x.slope * jets.x.slope + jets.y.slope * jets.y.slope
      let signed = (jets.x.slope * jets.y.bend - jets.y.slope * jets.x.bend) / (speed * speed.squareRoot())
      return (signed * signed + Self.roundOff * Self.roundOff).squareRoot()
    }
    let smoothed = matrix.solve(zip(masses, curvature).map { $0 * $1 })
    // A mean that the nose dominates, and smooth where a maximum has a kink.
    var numerator = 0.0, denominator = 0.0
    for i in 0..<n {
      let square = smoothed[i] * smoothed[i]
      numerator += masses[i] * square * square
      denominator += masses[i] * square * smoothed[i]
    }
    let reference = numerator / denominator
    let density = (0..<n).map { i in
      1 + bunching
        * (smoothed[i] / reference + trailingEdgeRatio * Self.nearTail(spline, i, smoothing))
    }
    var cumulative = [0.0]
    for j in 0..<n - 1 { cumulative.append(cumulative[j] + h[j] * (density[j] + density[j + 1]) / 2) }
    let total = cumulative[n - 1]
    var places: [SurfaceSpline.Place] = []
    var j = 0
    for k in 0..<nodeCount {
      if k == nodeCount - 1 {
        places.append(.init(interval: n - 2, offset: h[n - 2]))
        continue
      }
      let target = total * Double(k) / Double(nodeCount - 1)
      while j < n - 2, cumulative[j + 1] <= target { j += 1 }
      let rest = target - cumulative[j], growth = (density[j + 1] - density[j]) / h[j]
      let root = (density[j] * density[j] + 2 * growth * rest).squareRoot()
      places.append(.init(interval: j, offset: 2 * rest / (density[j] + root)))
    }
    self.spline = spline
    self.places = places
    self.bunching = bunching
    ratio = trailingEdgeRatio
    self.smoothing = smoothing
    self.matrix = matrix
    self.masses = masses
    self.curvature = curvature
    self.smoothed = smoothed
    self.density = density
    self.reference = (reference, numerator, denominator)
    self.total = total
    surface = DenseVector(count: 2 * nodeCount) { nodes in
      for (k, place) in places.enumerated() {
        let point = spline.point(place)
        nodes[2 * k] = point.x
        nodes[2 * k + 1] = point.y
      }
      (nodes[0], nodes[1]) = (spline.x[0], spline.y[0])
      (nodes[2 * nodeCount - 2], nodes[2 * nodeCount - 1]) = (spline.x[n - 1], spline.y[n - 1])
    }
  }

  /// Falls from 1 at either end of the curve over twice the smoothing length.
  private static func nearTail(_ spline: SurfaceSpline, _ i: Int, _ smoothing: Double) -> Double {
    exp(-spline.distances[i] / (2 * smoothing)) + exp(-(spline.totalLength - spline.distances[i]) / (2 * smoothing))
  }

  private static func jets(_ spline: SurfaceSpline, _ i: Int)
    -> (place: SurfaceSpline.Place, jets: (x: SurfaceSpline.Jet, y: SurfaceSpline.Jet))
  {
    let last = spline.nodeCount - 1
    let place = SurfaceSpline.Place(interval: min(i, last - 1), offset: i == last ? spline.lengths[last - 1] : 0)
    return (place, (spline.jetX(place), spline.jetY(place)))
  }

  func pullback(_ seed: DenseVector) -> DenseVector {
    let n = spline.nodeCount, h = spline.lengths
    var seeds = SurfaceSpline.Seeds(spline)
    var seedDensity = [Double](repeating: 0, count: n)
    var seedCumulative = [Double](repeating: 0, count: n)
    let last = places.count - 1
    for (k, place) in places.enumerated() {
      let toX = seed[2 * k], toY = seed[2 * k + 1]
      if k == 0 || k == last {
        seeds.x[k == 0 ? 0 : n - 1] += toX
        seeds.y[k == 0 ? 0 : n - 1] += toY
        continue
      }
      let seedOffset = spline.add(
        x: .init(value: toX, slope: 0, bend: 0), y: .init(value: toY, slope: 0, bend: 0), at: place, to: &seeds)
      let j = place.interval, u = place.offset, growth = (density[j + 1] - density[j]) / h[j]
      let mu = seedOffset / (density[j] + growth * u)
      seedCumulative[n - 1] += mu * Double(k) / Double(last)
      seedCumulative[j] -= mu
      seedDensity[j] -= mu * (u - u * u / (2 * h[j]))
      seedDensity[j + 1] -= mu * u * u / (2 * h[j])
      seeds.lengths[j] += mu * growth * u * u / (2 * h[j])
    }
    var later = 0.0
    for j in (0..<n - 1).reversed() {
      later += seedCumulative[j + 1]
      seeds.lengths[j] += later * (density[j] + density[j + 1]) / 2
      seedDensity[j] += later * h[j] / 2
      seedDensity[j + 1] += later * h[j] / 2
    }
    throughDensity(seedDensity, &seeds)
    return spline.gradient(seeds)
  }

  private func throughDensity(_ seedDensity: [Double], _ seeds: inout SurfaceSpline.Seeds) {
    let n = spline.nodeCount, h = spline.lengths
    var seedSmoothing = 0.0
    var seedTotal = 0.0
    var seedReference = 0.0
    var seedSmoothed = [Double](repeating: 0, count: n)
    var seedMasses = [Double](repeating: 0, count: n)
    for i in 0..<n {
      let part = bunching * seedDensity[i]
      seedSmoothed[i] += part / reference.value
      seedReference -= part * smoothed[i] / (reference.value * reference.value)
      let s = spline.distances[i], rest = spline.totalLength - s
      let first = exp(-s / (2 * smoothing)), second = exp(-rest / (2 * smoothing))
      seeds.distances[i] += part * ratio * (second - first) / (2 * smoothing)
      seedTotal -= part * ratio * second / (2 * smoothing)
      seedSmoothing += part * ratio * (first * s + second * rest) / (2 * smoothing * smoothing)
    }
    for i in 0..<n {
      let square = smoothed[i] * smoothed[i]
      let byNumerator = seedReference / reference.denominator
      let byDenominator = -seedReference * reference.value / reference.denominator
      seedSmoothed[i] += masses[i] * (4 * byNumerator * square * smoothed[i] + 3 * byDenominator * square)
      seedMasses[i] += byNumerator * square * square + byDenominator * square * smoothed[i]
    }
    let lambda = matrix.solve(seedSmoothed)
    for i in 0..<n { seedMasses[i] += lambda[i] * (curvature[i] - smoothed[i]) }
    for j in 0..<n - 1 {
      let product = (lambda[j + 1] - lambda[j]) * (smoothed[j + 1] - smoothed[j])
      seeds.lengths[j] += smoothing * smoothing * product / (h[j] * h[j])
      seedSmoothing -= 2 * smoothing * product / h[j]
      seeds.lengths[j] += (seedMasses[j] + seedMasses[j + 1]) / 2
    }
    // The smoothing length is a part of the curve's.
    seedTotal += seedSmoothing * smoothing / spline.totalLength
    seeds.distances[n - 1] += seedTotal
    for i in 0..<n { throughCurvature(lambda[i] * masses[i], at: i, &seeds) }
  }

  private func throughCurvature(_ seed: Double, at i: Int, _ seeds: inout SurfaceSpline.Seeds) {
    let (place, jets) = Self.jets(spline, i)
    let (xs, xb, ys, yb) = (jets.x.slope, jets.x.bend, jets.y.slope, jets.y.bend)
    let speed = xs * xs + ys * ys, cube = speed * speed.squareRoot()
    let cross = xs * yb - ys * xb
    let toSigned = seed * (cross / cube) / curvature[i]
    let toCross = toSigned / cube, toSpeed = -1.5 * toSigned * cross / (cube * speed)
    spline.add(
      x: .init(value: 0, slope: toCross * yb + 2 * toSpeed * xs, bend: -toCross * ys),
      y: .init(value: 0, slope: -toCross * xb + 2 * toSpeed * ys, bend: toCross * xs), at: place, to: &seeds)
    // Of the last node the offset is the length of its interval.
    guard i == spline.nodeCount - 1 else { return }
    let m = (
      x: (spline.bendX[i] - spline.bendX[i - 1]) / spline.lengths[i - 1],
      y: (spline.bendY[i] - spline.bendY[i - 1]) / spline.lengths[i - 1]
    )
    seeds.lengths[i - 1] +=
      (toCross * yb + 2 * toSpeed * xs) * xb - toCross * ys * m.x
      + (-toCross * xb + 2 * toSpeed * ys) * yb + toCross * xs * m.y
  }
}
