import DifferentiableCore

/// The nodes of one or several closed outlines, each from its upper trailing edge over the leading edge to the lower one.
struct PanelSurface: Sendable {
  /// Coordinates of all nodes, in chords, the elements one after the other.
  let x: [Double], y: [Double]
  /// The panels between the nodes; the one from the last node of an element to the next element is none.
  let line: PanelLine
  /// The nodes of each element.
  let elements: [Range<Int>]
  /// The largest extent along x of any element.
  let chord: Double

  var nodeCount: Int { x.count }

  /// - Parameter surfaces: Of each element its nodes, `[nodeCount, 2]` row-major (x, y).
  /// - Throws: Too few nodes, a panel without length, or a coordinate that is not finite.
  init(_ surfaces: [DenseVector]) throws(SolveFailure) {
    var x: [Double] = [], y: [Double] = [], elements: [Range<Int>] = []
    var chord = 0.0
    for (number, surface) in surfaces.enumerated() {
      let count = surface.count / 2
      guard surface.count == 2 * count, count >= 10 else {
        throw SolveFailure(.unsupported, "outline \(number + 1) has \(surface.count) numbers; at least 10 nodes of two")
      }
      let start = x.count
      for i in 0..<count {
        x.append(surface[2 * i])
        y.append(surface[2 * i + 1])
      }
      let range = start..<start + count
      elements.append(range)
      var smallest = Double.infinity, largest = -Double.infinity, area = 0.0
      for i in range {
        guard x[i].isFinite && y[i].isFinite else {
          throw SolveFailure(.nonFinite, "node \(i - start + 1) of outline \(number + 1) is not finite")
        }
        smallest = min(smallest, x[i])
        largest = max(largest, x[i])
        let next = i + 1 == range.upperBound ? range.lowerBound : i + 1
        let nx = surface[2 * (next - start)], ny = surface[2 * (next - start) + 1]
        area += 0.5 * (x[i] * ny - nx * y[i])
        if next != range.lowerBound && x[i] == nx && y[i] == ny {
          throw SolveFailure(
            .unsupported,
            "nodes \(i - start + 1) and \(i - start + 2) of outline \(number + 1) coincide at (\(nx), \(ny))")
        }
      }
      guard area > 0 else {
        throw SolveFailure(
          .unsupported,
          "outline \(number + 1) encloses an area of \(area): its nodes must run from the upper trailing edge over the leading edge"
        )
      }
      chord = max(chord, largest - smallest)
    }
    self.x = x
    self.y = y
    line = PanelLine(x: x, y: y)
    self.elements = elements
    self.chord = chord
  }

  func point(_ node: Int) -> SIMD2<Double> { SIMD2(x[node], y[node]) }

  @inline(__always)
  func withPointers(_ body: (_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Void) {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in body(x.baseAddress!, y.baseAddress!) }
    }
  }
}
