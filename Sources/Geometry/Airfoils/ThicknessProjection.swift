/// The foil nearest to a given one, in the sum of squares of the design's entries, whose thickness keeps bounds: nowhere thinner
/// than a least one, and the largest in a range.
///
/// For surfaces that depend linearly on their design, so that every bound is linear in it: the least-distance problem is solved
/// by the active-set method of Lawson & Hanson, "Solving Least Squares Problems" (1974), chapter 23, on its dual. That the
/// largest thickness reaches its lower bound is asked at one station, first where the given foil is thickest, then where the one
/// found is: what comes is the nearest of those about it.
public struct ThicknessProjection: Sendable {
  public let surface: SurfaceModes
  /// Of the chord between a tenth and four fifths, in chords; at the ends it falls linearly to nothing.
  public let least: Double
  /// Of the largest thickness, in chords.
  public let largest: ClosedRange<Double>

  /// Thickness at a station: what it is with a design of zeros, and what each entry adds.
  private let base: [Double]
  private let rows: [[Double]]
  private let chord: [Double]
  /// The part of `least` asked at a station.
  private let part: [Double]
  /// Bounds are met by this much more than asked, in chords, so that rounding does not break them.
  private static let margin = 1e-10

  /// - Parameters:
  ///   - surface: Written down at `ChordStations`.
  ///   - least: In chords; positive, below the upper bound of `largest`.
  ///   - largest: In chords.
  public init(_ surface: SurfaceModes, least: Double, largest: ClosedRange<Double>) {
    precondition(least > 0 && least < largest.upperBound, "a least thickness of \(least) for a largest of \(largest)")
    self.surface = surface
    self.least = least
    self.largest = largest
    let nodes = surface.base.count / 2
    func thickness(_ y: DenseVector, _ i: Int) -> Double { y[2 * i + 1] - y[2 * (nodes - 1 - i) + 1] }
    let stations = 1..<nodes / 2
    base = stations.map { thickness(surface.base, $0) }
    rows = stations.map { i in surface.modes.map { thickness($0, i) } }
    chord = stations.map { surface.base[2 * $0] }
    part = stations.map { i in
      let x = surface.base[2 * i]
      return min(1, x / 0.1, (1 - x) / 0.2)
    }
  }

  /// Whether a foil keeps the bounds.
  public func holds(_ design: DenseVector) -> Bool {
    let found = thickness(design)
    guard let most = found.max(), largest.contains(most) else { return false }
    return zip(found, part).allSatisfy { $0 >= least * $1 }
  }

  /// - Throws: `SolveFailure` where no foil of this kind keeps the bounds.
  public func nearest(_ design: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(design.count == surface.modes.count, "a design of \(design.count) entries")
    if holds(design) { return design }
    let count = rows.count
    // Each bound as row · design ≥ bound, with the row of length one.
    var bounds: [(row: [Double], bound: Double)] = []
    func add(_ station: Int, _ sign: Double, _ thickness: Double) {
      let row = rows[station]
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { return }
      bounds.append((row.map { sign * $0 / length }, sign * (thickness - base[station] + sign * Self.margin) / length))
    }
    for i in 0..<count {
      add(i, 1, least * part[i])
      add(i, -1, largest.upperBound)
    }
    let common = bounds
    var result = design
    var station = thickest(design)
    for _ in 0..<20 {
      bounds = common
      add(station, 1, largest.lowerBound)
      result = try Self.nearest(to: design, bounds)
      // Where another station has become the thickest, asking there is never farther away.
      let next = thickest(result)
      if next == station { break }
      station = next
    }
    guard holds(result) else { throw Self.failure }
    return result
  }

  private func thickest(_ design: DenseVector) -> Int {
    let found = thickness(design)
    return found.indices.max { found[$0] < found[$1] } ?? 0
  }

  private static let failure = SolveFailure(
    .unsupported, "no foil of this kind keeps the bounds of its thickness; widen them or give it more weights")

  private func thickness(_ design: DenseVector) -> [Double] {
    zip(base, rows).map { base, row in base + zip(row, design.elements).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The point nearest to a given one in an intersection of half spaces.
  private static func nearest(
    to start: DenseVector, _ bounds: [(row: [Double], bound: Double)]
  ) throws(SolveFailure) -> DenseVector {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var active: [Int] = [], forces: [Double] = []
    var point = start.elements
    for _ in 0..<10 * bounds.count {
      let misses = bounds.map { $0.bound - product($0.row, point) }
      guard let worst = misses.indices.filter({ !active.contains($0) }).max(by: { misses[$0] < misses[$1] }),
        misses[worst] > 0.1 * margin
      else { return DenseVector(point) }
      active.append(worst)
      forces.append(0)
      // Forces that keep the active bounds exactly; those that would pull are let go.
      while true {
        let gram = active.flatMap { i in active.map { product(bounds[i].row, bounds[$0].row) } }
        let wanted = active.map { bounds[$0].bound - product(bounds[$0].row, start.elements) }
        guard active.count <= start.count, let solved = solvedByElimination(gram, wanted),
          solved.allSatisfy(\.isFinite)
        else { throw failure }
        if solved.allSatisfy({ $0 > 0 }) {
          forces = solved
          break
        }
        var step = 1.0
        for (old, new) in zip(forces, solved) where new <= 0 { step = min(step, old / (old - new)) }
        forces = zip(forces, solved).map { $0 + step * ($1 - $0) }
        // The one added last has no force yet, and is kept unless it is the one that cannot push.
        let kept = forces.indices.filter { forces[$0] > 1e-14 }
        (active, forces) = (kept.map { active[$0] }, kept.map { forces[$0] })
        if active.isEmpty { throw failure }
      }
      point = start.elements
      for (index, force) in zip(active, forces) {
        for k in point.indices { point[k] += force * bounds[index].row[k] }
      }
    }
    throw failure
  }
}
