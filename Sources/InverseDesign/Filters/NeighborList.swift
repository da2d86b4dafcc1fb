import Geometry

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The cone weights between the cells of any domain: for each cell the cells nearer than the radius, found by sorting
/// centroids into boxes at least as wide as the radius.
struct NeighborList: FilterKernel {
  /// Where each cell's neighbours begin. `[cellCount + 1]`
  private let starts: [Int]
  private let neighbors: [Int32]
  private let weights: [Double]

  init(over domain: any Domain, radius: Double) {
    let count = domain.cellCount
    let dimension = domain.dimension
    let points = (0..<count).map { cell in
      let c = domain.centroid(ofCell: cell)
      return SIMD3(c[0], c[1], dimension > 2 ? c[2] : 0)
    }
    let boxes = CentroidBoxes(points, width: radius)
    var starts = [0]
    starts.reserveCapacity(count + 1)
    var neighbors: [Int32] = []
    var weights: [Double] = []
    for point in points {
      boxes.forEachNeighbor(of: point) { other in
        let offset = points[other] - point
        let weight = radius - (offset * offset).sum().squareRoot()
        if weight > 0 {
          neighbors.append(Int32(other))
          weights.append(weight)
        }
      }
      starts.append(neighbors.count)
    }
    self.starts = starts
    self.neighbors = neighbors
    self.weights = weights
  }

  func gather(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let shared = UncheckedShared((x: x, y: y))
    concurrentlyForEach(count: starts.count - 1, block: 2048) { range in
      let (x, y) = shared.value
      starts.withUnsafeBufferPointer { starts in
        neighbors.withUnsafeBufferPointer { neighbors in
          weights.withUnsafeBufferPointer { weights in
            for cell in range {
              var total = 0.0
              var entry = starts[cell]
              let end = starts[cell &+ 1]
              while entry < end {
                total += weights[entry] * x[Int(neighbors[entry])]
                entry &+= 1
              }
              y[cell] = total
            }
          }
        }
      }
    }
  }
}

/// Points sorted into equal boxes, so that all points nearer than a width lie in the boxes around.
private struct CentroidBoxes {
  private let lowest: SIMD3<Double>
  private let width: SIMD3<Double>
  private let extents: SIMD3<Int>
  /// Where each box's points begin in `order`.
  private let starts: [Int]
  private let order: [Int]

  init(_ points: [SIMD3<Double>], width radius: Double) {
    var low = SIMD3<Double>(repeating: .infinity)
    var high = SIMD3<Double>(repeating: -.infinity)
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    // A few boxes per point at most, whatever the radius.
    let axes = (0..<3).count { high[$0] > low[$0] }
    let most = 2 * pow(Double(max(points.count, 1)), 1 / Double(max(axes, 1)))
    var width = SIMD3<Double>(repeating: radius)
    var extents = SIMD3<Int>(repeating: 1)
    for axis in 0..<3 where !points.isEmpty {
      let extent = high[axis] - low[axis]
      width[axis] = max(radius, extent / most)
      extents[axis] = Int((extent / width[axis]).rounded(.down)) + 1
    }
    lowest = low
    self.width = width
    self.extents = extents
    var counts = [Int](repeating: 0, count: extents[0] * extents[1] * extents[2] + 1)
    let boxes = points.map { point in
      Self.index(Self.position(point, low, width, extents), extents)
    }
    for box in boxes { counts[box + 1] += 1 }
    for box in 1..<counts.count { counts[box] += counts[box - 1] }
    var next = counts
    var order = [Int](repeating: 0, count: points.count)
    for (point, box) in boxes.enumerated() {
      order[next[box]] = point
      next[box] += 1
    }
    starts = counts
    self.order = order
  }

  func forEachNeighbor(of point: SIMD3<Double>, _ body: (Int) -> Void) {
    let center = Self.position(point, lowest, width, extents)
    for k in max(0, center[2] - 1)...min(extents[2] - 1, center[2] + 1) {
      for j in max(0, center[1] - 1)...min(extents[1] - 1, center[1] + 1) {
        for i in max(0, center[0] - 1)...min(extents[0] - 1, center[0] + 1) {
          let box = Self.index(SIMD3(i, j, k), extents)
          for entry in starts[box]..<starts[box + 1] { body(order[entry]) }
        }
      }
    }
  }

  private static func position(
    _ point: SIMD3<Double>, _ low: SIMD3<Double>, _ width: SIMD3<Double>, _ extents: SIMD3<Int>
  ) -> SIMD3<Int> {
    var result = SIMD3<Int>(repeating: 0)
    for axis in 0..<3 { result[axis] = min(extents[axis] - 1, Int((point[axis] - low[axis]) / width[axis])) }
    return result
  }

  private static func index(_ position: SIMD3<Int>, _ extents: SIMD3<Int>) -> Int {
    position[0] + extents[0] * (position[1] + extents[1] * position[2])
  }
}
