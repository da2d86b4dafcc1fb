/// A cubic spline through the nodes of a surface, over the length of its chords from the upper trailing edge; its third
/// derivative vanishes at both ends. Everything read off it has a derivative by the nodes, collected in `Seeds`.
public struct SurfaceSpline: Sendable {
  /// A place on the curve: an interval between two nodes, and how far beyond the first, in chords.
  public struct Place: Sendable, Hashable {
    public var interval: Int
    public var offset: Double

    public init(interval: Int, offset: Double) {
      self.interval = interval
      self.offset = offset
    }
  }

  public enum Side: Sendable, Hashable { case upper, lower }

  let x: [Double]
  let y: [Double]
  /// Lengths of the chords between nodes, and the sums of them.
  let lengths: [Double]
  let distances: [Double]
  /// Second derivatives at the nodes.
  let bendX: [Double]
  let bendY: [Double]
  private let matrix: SymmetricTridiagonal

  var nodeCount: Int { x.count }
  var totalLength: Double { distances[distances.count - 1] }

  /// - Parameter nodes: `[nodeCount, 2]`, at least four, no two neighbours in the same place.
  public init(_ nodes: DenseVector) {
    let n = nodes.count / 2
    var x: [Double] = [], y: [Double] = []
    for i in 0..<n {
      x.append(nodes[2 * i])
      y.append(nodes[2 * i + 1])
    }
    var lengths: [Double] = [], distances = [0.0]
    for i in 0..<n - 1 {
      let dx = x[i + 1] - x[i], dy = y[i + 1] - y[i]
      lengths.append(max((dx * dx + dy * dy).squareRoot(), 1e-12))
      distances.append(distances[i] + lengths[i])
    }
    var diagonal: [Double] = [], beside: [Double] = []
    for i in 1..<n - 1 {
      diagonal.append((lengths[i - 1] + lengths[i]) / 3)
      if i < n - 2 { beside.append(lengths[i] / 6) }
    }
    // The end values equal their neighbours'.
    diagonal[0] += lengths[0] / 6
    diagonal[n - 3] += lengths[n - 2] / 6
    matrix = SymmetricTridiagonal(diagonal: diagonal, beside: beside)
    bendX = Self.bends(x, lengths, matrix)
    bendY = Self.bends(y, lengths, matrix)
    (self.x, self.y, self.lengths, self.distances) = (x, y, lengths, distances)
  }

  private static func bends(_ f: [Double], _ lengths: [Double], _ matrix: SymmetricTridiagonal) -> [Double] {
    var turns: [Double] = []
    for i in 1..<f.count - 1 {
      let after = (f[i + 1] - f[i]) / lengths[i], before = (f[i] - f[i - 1]) / lengths[i - 1]
      turns.append(after - before)
    }
    let inner = matrix.solve(turns)
    return [inner[0]] + inner + [inner[inner.count - 1]]
  }

  // MARK: - Reading

  /// Value, first and second derivative along the curve.
  struct Jet {
    var value: Double
    var slope: Double
    var bend: Double
  }

  func jet(_ f: [Double], _ bends: [Double], _ place: Place) -> Jet {
    let j = place.interval, h = lengths[j], b = place.offset / h, a = 1 - b
    let cubic: Double = (a * a * a - a) * bends[j] + (b * b * b - b) * bends[j + 1]
    let square: Double = (1 - 3 * a * a) * bends[j] + (3 * b * b - 1) * bends[j + 1]
    return Jet(
      value: a * f[j] + b * f[j + 1] + cubic * h * h / 6, slope: (f[j + 1] - f[j]) / h + square * h / 6,
      bend: a * bends[j] + b * bends[j + 1])
  }

  func jetX(_ place: Place) -> Jet { jet(x, bendX, place) }
  func jetY(_ place: Place) -> Jet { jet(y, bendY, place) }

  /// The length of the chord between two nodes.
  public func length(of interval: Int) -> Double { lengths[interval] }

  public func point(_ place: Place) -> (x: Double, y: Double) { (jetX(place).value, jetY(place).value) }

  /// The foremost place of the curve and the radius of curvature there.
  public var leadingEdge: (place: Place, radius: Double) {
    var node = 0
    for i in x.indices where x[i] < x[node] { node = i }
    // The slope of x changes sign in the interval before or after the foremost node.
    node = min(max(node, 1), nodeCount - 2)
    let interval = jetX(Place(interval: node, offset: 0)).slope > 0 ? node - 1 : node
    var low = 0.0, high = lengths[interval]
    var offset = 0.5 * high
    for _ in 0..<80 {
      let jet = jetX(Place(interval: interval, offset: offset))
      if jet.slope < 0 { low = offset } else { high = offset }
      let newton = jet.bend != 0 ? offset - jet.slope / jet.bend : -1
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - offset) < 1e-16 { break }
      offset = next
    }
    let place = Place(interval: interval, offset: offset)
    let bend = jetX(place).bend, slope = jetY(place).slope
    return (place, bend > 0 ? slope * slope / bend : .infinity)
  }

  // MARK: - At places along the chord

  /// What one side has at a place along the chord.
  public struct Ordinate: Sendable {
    public let place: Place
    public let value: Double
    /// dx and dy along the curve.
    let slopeX: Double
    let slopeY: Double
  }

  /// The ordinates of one side at places along the chord.
  ///
  /// - Throws: `SolveFailure` where the side does not reach so far.
  public func ordinates(at places: [Double], side: Side) throws(SolveFailure) -> [Ordinate] {
    var nose = 0
    for i in x.indices where x[i] < x[nose] { nose = i }
    var found: [Ordinate] = []
    found.reserveCapacity(places.count)
    for target in places {
      var interval: Int?
      // The side may turn back near the nose or at the tail; what comes first from the tail counts.
      if side == .upper {
        interval = (0...min(nose, nodeCount - 2)).first { x[$0] >= target && x[$0 + 1] < target }
      } else {
        interval = (max(nose - 1, 0)..<nodeCount - 1).last { x[$0] < target && x[$0 + 1] >= target }
      }
      if interval == nil {
        // Just in front of the foremost node, or just behind the tail.
        let end = side == .upper ? 0 : nodeCount - 2
        let tail = side == .upper ? x[0] : x[nodeCount - 1]
        if target >= tail, target < tail + 1e-3 { interval = end }
        if target <= x[nose], target > x[nose] - 1e-3 { interval = side == .upper ? max(nose - 1, 0) : nose }
      }
      guard let interval else {
        throw SolveFailure(
          .unsupported,
          "the \(side == .upper ? "upper" : "lower") side of the surface has no point at x = \(target) chords")
      }
      found.append(ordinate(at: target, in: interval))
    }
    return found
  }

  private func ordinate(at target: Double, in interval: Int) -> Ordinate {
    var offset = lengths[interval] / 2
    var low = -0.5 * lengths[interval], high = 1.5 * lengths[interval]
    let falls = x[interval + 1] < x[interval]
    for _ in 0..<80 {
      let jet = jetX(Place(interval: interval, offset: offset))
      let excess = jet.value - target
      if (excess > 0) == falls { low = offset } else { high = offset }
      let newton = jet.slope != 0 ? offset - excess / jet.slope : .infinity
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - offset) < 1e-16 { break }
      offset = next
    }
    let place = Place(interval: interval, offset: offset)
    let jets = (jetX(place), jetY(place))
    return Ordinate(place: place, value: jets.1.value, slopeX: jets.0.slope, slopeY: jets.1.slope)
  }

  // MARK: - Derivatives

  /// Seeds on what the spline is made of; `gradient` turns them into one by the nodes.
  struct Seeds {
    var x: [Double]
    var y: [Double]
    var bendX: [Double]
    var bendY: [Double]
    var lengths: [Double]
    var distances: [Double]

    init(_ spline: SurfaceSpline) {
      let zeros = [Double](repeating: 0, count: spline.nodeCount)
      (x, y, bendX, bendY, distances) = (zeros, zeros, zeros, zeros, zeros)
      lengths = [Double](repeating: 0, count: spline.nodeCount - 1)
    }
  }

  /// Adds seeds on value, slope and bend of x and y at a place; returns the seed on its offset.
  @discardableResult
  func add(x seedX: Jet, y seedY: Jet, at place: Place, to seeds: inout Seeds) -> Double {
    add(x, bendX, seedX, at: place, to: &seeds, \.x, \.bendX)
      + add(y, bendY, seedY, at: place, to: &seeds, \.y, \.bendY)
  }

  private func add(
    _ f: [Double], _ m: [Double], _ seed: Jet, at place: Place, to seeds: inout Seeds,
    _ values: WritableKeyPath<Seeds, [Double]>, _ bends: WritableKeyPath<Seeds, [Double]>
  ) -> Double {
    let j = place.interval, h = lengths[j], b = place.offset / h, a = 1 - b
    let cubicA = a * a * a - a, cubicB = b * b * b - b
    let slopeA: Double = 1 - 3 * a * a, slopeB: Double = 3 * b * b - 1, sixth: Double = h / 6
    seeds[keyPath: values][j] += seed.value * a - seed.slope / h
    seeds[keyPath: values][j + 1] += seed.value * b + seed.slope / h
    let toBendA: Double = seed.value * cubicA * h + seed.slope * slopeA
    let toBendB: Double = seed.value * cubicB * h + seed.slope * slopeB
    seeds[keyPath: bends][j] += toBendA * sixth + seed.bend * a
    seeds[keyPath: bends][j + 1] += toBendB * sixth + seed.bend * b
    // At a fixed offset a grows by b/h and b falls by b/h for each unit of h.
    let turn = b / h
    let valueByTurn: Double = f[j] - f[j + 1] - (slopeA * m[j] + slopeB * m[j + 1]) * h * sixth
    let valueByLength: Double = turn * valueByTurn + (cubicA * m[j] + cubicB * m[j + 1]) * 2 * sixth
    let slopeByLength: Double =
      (f[j] - f[j + 1]) / (h * h) + (slopeA * m[j] + slopeB * m[j + 1]) / 6 - b * (a * m[j] + b * m[j + 1])
    let bendByLength: Double = turn * (m[j] - m[j + 1])
    seeds.lengths[j] += seed.value * valueByLength + seed.slope * slopeByLength + seed.bend * bendByLength
    let jet = jet(f, m, place)
    return seed.value * jet.slope + seed.slope * jet.bend + seed.bend * (m[j + 1] - m[j]) / h
  }

  /// Adds a seed on an ordinate, with its place along the chord held fixed.
  func add(_ seed: Double, on ordinate: Ordinate, to seeds: inout Seeds) {
    add(
      x: Jet(value: -seed * ordinate.slopeY / ordinate.slopeX, slope: 0, bend: 0),
      y: Jet(value: seed, slope: 0, bend: 0), at: ordinate.place, to: &seeds)
  }

  /// The gradient by the nodes, `[nodeCount, 2]`.
  func gradient(_ seeds: Seeds) -> DenseVector {
    let n = nodeCount
    var (seedX, seedY, seedLengths) = (seeds.x, seeds.y, seeds.lengths)
    var later = 0.0
    for j in (0..<n - 1).reversed() {
      later += seeds.distances[j + 1]
      seedLengths[j] += later
    }
    func throughBends(_ f: [Double], _ m: [Double], _ seedBends: [Double], _ seedValues: inout [Double]) {
      var inner = Array(seedBends[1..<n - 1])
      inner[0] += seedBends[0]
      inner[n - 3] += seedBends[n - 1]
      let lambda = [0] + matrix.solve(inner) + [0]
      for j in 0..<n - 1 {
        let change = lambda[j] - lambda[j + 1], slope = (f[j + 1] - f[j]) / lengths[j]
        seedValues[j + 1] += change / lengths[j]
        seedValues[j] -= change / lengths[j]
        seedLengths[j] -= change * slope / lengths[j]
        seedLengths[j] -= lambda[j] * (m[j] / 3 + m[j + 1] / 6) + lambda[j + 1] * (m[j + 1] / 3 + m[j] / 6)
      }
    }
    throughBends(x, bendX, seeds.bendX, &seedX)
    throughBends(y, bendY, seeds.bendY, &seedY)
    for j in 0..<n - 1 {
      let alongX = seedLengths[j] * (x[j + 1] - x[j]) / lengths[j]
      let alongY = seedLengths[j] * (y[j + 1] - y[j]) / lengths[j]
      seedX[j + 1] += alongX
      seedX[j] -= alongX
      seedY[j + 1] += alongY
      seedY[j] -= alongY
    }
    return DenseVector(count: 2 * n) { gradient in
      for i in 0..<n {
        gradient[2 * i] = seedX[i]
        gradient[2 * i + 1] = seedY[i]
      }
    }
  }
}
