import Foundation

/// The PARSEC foil nearest to a given surface: its numbers read off the surface, then improved by Gauss-Newton steps.
public struct PARSECFit: Sendable {
  public let design: DenseVector
  /// The largest vertical distance between the two surfaces, in chords.
  public let largestError: Double

  /// - Parameter surface: `[nodeCount, 2]`, in chords.
  /// - Throws: `SolveFailure` where the surface has no crests to begin with.
  public init(_ surface: DenseVector) throws(SolveFailure) {
    let target = try ChordFrame(surface).surface.atStations(ChordStations())
    var design = try Self.readOff(target)
    let map = PARSEC()
    var error = try map.apply(design) - target
    for _ in 0..<12 {
      var columns: [DenseVector] = []
      for k in 0..<PARSEC.designCount {
        let step = 1e-6 * Self.scale(k, design[k])
        var moved = design
        moved[k] += step
        columns.append((try map.apply(moved) - target - error).scaled(by: 1 / step))
      }
      // The column's own size as damping keeps numbers that the surface hardly tells apart where they are.
      let step = SurfaceModes(base: DenseVector(zeros: target.count), modes: columns)
        .fit(to: error.scaled(by: -1), damping: 1e-9)
      var length = 1.0
      var improved = false
      while !improved, length > 1e-3 {
        var trial = design
        trial.add(step, scaledBy: length)
        if trial[0] > 1e-4, trial[1] > 0.05, trial[1] < 0.95, trial[4] > 0.05, trial[4] < 0.95 {
          let next = try map.apply(trial) - target
          if next.norm < error.norm { (design, error, improved) = (trial, next, true) }
        }
        length /= 2
      }
      if !improved { break }
    }
    self.design = design
    largestError = error.largestMagnitude
  }

  /// The size of a number, for steps and ranges.
  public static func scale(_ index: Int, _ value: Double) -> Double {
    let least = [0.005, 0.1, 0.02, 0.2, 0.1, 0.02, 0.2, 0.01, 0.002, 0.1, 0.1]
    return max(abs(value), least[index])
  }

  private static func readOff(_ surface: DenseVector) throws(SolveFailure) -> DenseVector {
    let spline = SurfaceSpline(surface)
    func crest(_ side: SurfaceSpline.Side, _ sign: Double) throws(SolveFailure) -> (x: Double, y: Double, bend: Double)
    {
      let x = (4...32).map { Double($0) / 40 }
      let y = try spline.ordinates(at: x, side: side).map { sign * $0.value }
      var best = 1
      for i in 1..<(y.count - 1) where y[i] > y[best] { best = i }
      let bend = (y[best + 1] - 2 * y[best] + y[best - 1]) * 1600
      return (x[best], sign * y[best], sign * min(bend, -0.05))
    }
    let upper = try crest(.upper, 1), lower = try crest(.lower, -1)
    let n = surface.count
    let first = atan2(surface[1] - surface[3], surface[0] - surface[2])
    let last = atan2(surface[n - 1] - surface[n - 3], surface[n - 2] - surface[n - 4])
    return [
      spline.leadingEdge.radius, upper.x, upper.y, upper.bend, lower.x, lower.y, lower.bend,
      0.5 * (surface[1] + surface[n - 1]), surface[1] - surface[n - 1], 0.5 * (first + last), last - first,
    ]
  }
}
