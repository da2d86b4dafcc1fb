import Geometry

/// The points of a foil on their way into the order of a surface.
struct AirfoilPoints {
  var points: [SIMD2<Double>]
  var repairs: [String] = []
  private let table: AirfoilTable
  private let path: String

  init(_ table: AirfoilTable, path: String) {
    points = table.points
    self.table = table
    self.path = path
  }

  mutating func mend() throws(FileFailure) {
    try joinSides()
    dropRepeats()
    try scaleToChord()
    startAtTrailingEdge()
    turnCounterclockwise()
    openBase()
    try check()
  }

  private func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }

  /// Two sides from the leading edge become one way round.
  private mutating func joinSides() throws(FileFailure) {
    var cut: Int?
    if let counts = table.counts {
      let total = counts.upper + counts.lower
      if total == points.count {
        cut = counts.upper
      } else if let first = table.breaks.last, table.breaks.count <= 2 {
        cut = first
        repairs.append(
          "the file announces \(counts.upper) and \(counts.lower) points and has \(points.count); its blank line parts the sides"
        )
      } else {
        throw malformed(
          "the file announces \(counts.upper) and \(counts.lower) points, and \(points.count) were found")
      }
    } else if let first = table.breaks.first, table.breaks.count == 1, isFromNose(points[..<first]),
      isFromNose(points[first...])
    {
      cut = first
      repairs.append("two sides from the leading edge, without their numbers of points, were joined")
    }
    guard let cut else { return }
    guard cut >= 2, points.count - cut >= 2 else {
      throw malformed("found a side of \(min(cut, points.count - cut)) points, expected at least 2")
    }
    var first = Array(points[..<cut]), second = Array(points[cut...])
    if first[0].x > first[first.count - 1].x { first.reverse() }
    if second[0].x > second[second.count - 1].x { second.reverse() }
    points = first.reversed() + second
  }

  private func isFromNose(_ side: ArraySlice<SIMD2<Double>>) -> Bool {
    guard side.count >= 3, let first = side.first, let last = side.last else { return false }
    return first.x < last.x && side.allSatisfy { $0.x >= first.x - 0.02 * (last.x - first.x) }
  }

  private mutating func dropRepeats() {
    var kept = [points[0]]
    for point in points.dropFirst() where point != kept[kept.count - 1] { kept.append(point) }
    // The same point to start and end with is a closed trailing edge, and stays. Anything within the last digit of a
    // file is one point too.
    let width = (kept.map(\.x).max() ?? 1) - (kept.map(\.x).min() ?? 0)
    var apart = [kept[0]]
    for (i, point) in kept.enumerated().dropFirst() {
      let step = point - apart[apart.count - 1]
      if (step * step).sum().squareRoot() > 1e-7 * width {
        apart.append(point)
      } else if i == kept.count - 1 {
        apart[apart.count - 1] = point
      }
    }
    if apart.count < points.count {
      repairs.append("\(points.count - apart.count) points that were there twice were left out")
    }
    points = apart
  }

  /// Chords of 100 (percent) or of some millimetres become one; small deviations stay as they are.
  private mutating func scaleToChord() throws(FileFailure) {
    let left = points.map(\.x).min() ?? 0, right = points.map(\.x).max() ?? 1
    let chord = right - left
    guard chord > 0 else { throw malformed("all points have the same x, expected a foil along x") }
    if abs(chord - 1) > 0.02 || abs(left) > 0.02 {
      points = points.map { SIMD2(($0.x - left) / chord, $0.y / chord) }
      repairs.append("the chord from \(left) to \(right) was scaled to one")
    }
    // Moments are about a point on the x axis: a foil far above or below it belongs there.
    guard let nose = points.min(by: { $0.x < $1.x })?.y, abs(nose) > 0.02 else { return }
    points = points.map { SIMD2($0.x, $0.y - nose) }
    repairs.append("the nose was moved from \(nose) chords beside the x axis onto it")
  }

  /// A way round that starts at the nose starts at the tail instead.
  private mutating func startAtTrailingEdge() {
    guard points[0].x < 0.5, points[points.count - 1].x < 0.5 else { return }
    if points[0] == points[points.count - 1] { points.removeLast() }
    var tail = 0
    for i in points.indices where points[i].x > points[tail].x { tail = i }
    // Of a blunt edge the second corner begins.
    let next = (tail + 1) % points.count, before = (tail + points.count - 1) % points.count
    let isBlunt = abs(points[next].x - points[tail].x) < 1e-4
    let followsBlunt = abs(points[before].x - points[tail].x) < 1e-4
    let start = isBlunt ? next : tail
    points = Array(points[start...] + points[..<start])
    if !isBlunt, !followsBlunt { points.append(points[0]) }
    repairs.append("the points start at the leading edge; they were turned to start at the trailing edge")
  }

  /// Twice the area enclosed, positive counter-clockwise.
  private var twiceArea: Double {
    points.indices.reduce(0) { sum, i in
      let a = points[i], b = points[(i + 1) % points.count]
      return sum + a.x * b.y - b.x * a.y
    }
  }

  private mutating func turnCounterclockwise() {
    guard twiceArea < 0 else { return }
    points.reverse()
    repairs.append("the points go clockwise; their order was turned")
  }

  /// Where the way round goes on along the base of a blunt trailing edge, until it ends where it began, it is cut at the
  /// base's corners: a surface ends there.
  private mutating func openBase() {
    guard points[0] == points[points.count - 1] else { return }
    let right = points.map(\.x).max() ?? 1
    func isBase(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Bool {
      min(a.x, b.x) > right - 1e-3 && abs(b.x - a.x) < 0.3 * abs(b.y - a.y)
    }
    let count = points.count
    while points.count > 3, isBase(points[points.count - 2], points[points.count - 1]) { points.removeLast() }
    while points.count > 3, isBase(points[0], points[1]) { points.removeFirst() }
    if points.count < count { repairs.append("the points go along the base of the trailing edge; they were cut there") }
  }

  private func check() throws(FileFailure) {
    guard points.count >= 6 else {
      throw malformed("found \(points.count) different points, expected at least 6 from a foil")
    }
    guard abs(twiceArea) > 1e-4 else {
      throw malformed("the surface encloses an area of \(twiceArea / 2) square chords, expected a foil with two sides")
    }
    guard points[0].x > 0.5, points[points.count - 1].x > 0.5 else {
      throw malformed("found points that end at x = \(points[points.count - 1].x), expected the trailing edge")
    }
    guard points.count <= 4000 else { return }
    for i in 0..<points.count - 1 {
      for j in (i + 2)..<max(points.count - 1, i + 2) where crosses(i, j) {
        throw malformed(
          "the surface crosses itself near x = \(points[i].x), y = \(points[i].y); is the order of the points right?")
      }
    }
  }

  /// True where two pieces of the surface cross properly; a touch at a closed edge is none.
  private func crosses(_ i: Int, _ j: Int) -> Bool {
    let (a, b, c, d) = (points[i], points[i + 1], points[j], points[j + 1])
    guard min(a.x, b.x) <= max(c.x, d.x), min(c.x, d.x) <= max(a.x, b.x) else { return false }
    func turn(_ p: SIMD2<Double>, _ q: SIMD2<Double>, _ r: SIMD2<Double>) -> Double {
      (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
    }
    let slack = 1e-12
    let abc = turn(a, b, c), abd = turn(a, b, d), cda = turn(c, d, a), cdb = turn(c, d, b)
    return abc * abd < -slack * slack && cda * cdb < -slack * slack && abs(abc) > slack && abs(abd) > slack
      && abs(cda) > slack && abs(cdb) > slack
  }
}
