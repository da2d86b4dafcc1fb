/// A CST foil fitted to a given surface, with what it misses.
public struct CSTFit: Sendable {
  public let cst: CST
  public let design: DenseVector
  /// What the given foil was turned by to lay its chord along x, nose up positive, in rad.
  public let rotation: Double
  /// The largest vertical distance between the two surfaces, in chords.
  public let largestError: Double
  /// The root of its mean square over the stations.
  public let meanError: Double

  /// Fits both sides at stations of the chord by least squares, with the chord laid from (0, 0) to (1, 0) first.
  ///
  /// - Parameter surface: `[nodeCount, 2]`, in chords.
  public init(_ surface: DenseVector, by cst: CST, stations: ChordStations = ChordStations()) throws(SolveFailure) {
    let frame = ChordFrame(surface)
    let target = try frame.surface.atStations(stations)
    let design = cst.surface.fit(to: target)
    let error = cst.apply(design) - target
    self.cst = cst
    self.design = design
    rotation = frame.rotation
    largestError = error.largestMagnitude
    meanError = (error.dot(error) / Double(stations.nodeCount)).squareRoot()
  }
}

extension DenseVector {
  /// The surface `[nodeCount, 2]` written down again at stations of the chord, its nose and its tail kept at 0 and 1.
  public func atStations(_ stations: ChordStations) throws(SolveFailure) -> DenseVector {
    let curve = SurfaceSpline(self)
    let (nose, _) = curve.leadingEdge
    // The nose of a cambered foil is not at x = 0 to the last digit; the chord from nose to tail is.
    let left = curve.point(nose).x
    let right = Swift.max(self[0], self[count - 2])
    let places = stations.x.map { left + (Swift.min($0, 1) * (right - left)) }
    let inner = Array(places.dropFirst().dropLast())
    let upper = try curve.ordinates(at: inner, side: .upper), lower = try curve.ordinates(at: inner, side: .lower)
    let last = stations.x.count - 1
    let tip = curve.point(nose).y
    let first = self[1], end = self[count - 1]
    return stations.surface(
      upper: { (stations.x[$0], $0 == 0 ? first : $0 == last ? tip : upper[$0 - 1].value) },
      lower: { (stations.x[$0], $0 == 0 ? end : lower[$0 - 1].value) })
  }
}
