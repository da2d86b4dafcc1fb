import DifferentiableCore

/// A band along a cubic B-spline in the plane that begins and ends at its first and last control point; the variables move
/// the control points, in m, along the axes that are free.
public struct SplineTool: LineTool {
  public let band: PolylineBand
  private let curve: LinearNodes
  private let freeAxes: [Int]
  private let points: Int

  /// - Parameters:
  ///   - controlPoints: with all variables zero, at least four, `[x, y]` in m.
  ///   - freeAxes: along which they may move.
  ///   - spacing: of particles, m.
  ///   - layers: across the line.
  public init(controlPoints: [[Double]], freeAxes: [Int] = [0, 1], spacing: Double, layers: Int) {
    precondition(controlPoints.count >= 4 && controlPoints.allSatisfy { $0.count == 2 })
    points = controlPoints.count
    self.freeAxes = freeAxes
    let reach = zip(controlPoints, controlPoints.dropFirst()).reduce(0.0) { sum, pair in
      sum
        + ((pair.1[0] - pair.0[0]) * (pair.1[0] - pair.0[0]) + (pair.1[1] - pair.0[1]) * (pair.1[1] - pair.0[1]))
        .squareRoot()
    }
    // As fine as particles, so that the corners between pieces are flat.
    let pieces = max(points, Int((reach / spacing).rounded(.up)))
    var weights: [[(index: Int, weight: Double)]] = []
    for k in 0...pieces { weights.append(Self.weights(Double(k) / Double(pieces), count: points)) }
    curve = LinearNodes(reference: controlPoints, freeAxes: freeAxes, weights: weights)
    let nodes = curve.apply(DenseVector(zeros: points * freeAxes.count))
    let lengths = (0..<pieces).map { k in
      let x = nodes[2 * k + 2] - nodes[2 * k], y = nodes[2 * k + 3] - nodes[2 * k + 1]
      return (x * x + y * y).squareRoot()
    }
    band = PolylineBand(lengths: lengths, spacing: spacing, layers: layers)
  }

  public var variables: Block { Block("control-point", shape: [points, freeAxes.count], unit: "m") }
  public var line: any Transform { curve }

  /// Control points that count at a place from 0 to 1 along a clamped uniform cubic B-spline, by de Boor's recursion.
  private static func weights(_ place: Double, count: Int) -> [(index: Int, weight: Double)] {
    let spans = count - 3, t = min(max(place, 0), 1) * Double(spans), span = min(Int(t), spans - 1)
    func knot(_ k: Int) -> Double { Double(min(max(k - 3, 0), spans)) }
    var weights = [0.0, 0.0, 0.0, 1.0]
    for degree in 1...3 {
      var next = [0.0, 0.0, 0.0, 0.0]
      for k in 3 - degree...3 {
        let i = span + k
        let rise = knot(i + degree) - knot(i), fall = knot(i + degree + 1) - knot(i + 1)
        if rise > 0 { next[k] += (t - knot(i)) / rise * weights[k] }
        if k < 3, fall > 0 { next[k] += (knot(i + degree + 1) - t) / fall * weights[k + 1] }
      }
      weights = next
    }
    return (0..<4).map { (span + $0, weights[$0]) }
  }
}

/// Points in the plane that are weighted means of points which variables move along some axes: a linear map.
struct LinearNodes: Transform {
  /// `[x, y]` in m with all variables zero.
  let reference: [[Double]]
  let freeAxes: [Int]
  /// What each image is the mean of; the weights add up to one.
  let weights: [[(index: Int, weight: Double)]]

  func apply(_ shifts: DenseVector) -> DenseVector {
    precondition(shifts.count == reference.count * freeAxes.count, "one shift a point and free axis")
    var image = DenseVector(zeros: 2 * weights.count)
    for (i, mean) in weights.enumerated() {
      for (index, weight) in mean {
        for axis in 0..<2 { image[2 * i + axis] += weight * reference[index][axis] }
        for (place, axis) in freeAxes.enumerated() {
          image[2 * i + axis] += weight * shifts[index * freeAxes.count + place]
        }
      }
    }
    return image
  }

  func pullback(_ seed: DenseVector, at shifts: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    var gradient = DenseVector(zeros: shifts.count)
    for (i, mean) in weights.enumerated() {
      for (index, weight) in mean {
        for (place, axis) in freeAxes.enumerated() {
          gradient[index * freeAxes.count + place] += weight * seed[2 * i + axis]
        }
      }
    }
    return gradient
  }
}
