#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// What a learned cycle sees of a coarse cell: numbers near one, unchanged when axes are exchanged.
enum CellFeatures {
  static let count = 11

  /// `[coarse.count, count]`: of each coarse cell, with mean m of its children's coefficients,
  /// 0 log m; 1, 2 log of their harmonic and geometric means over m; 3 the share of the largest child; 4, 5, 6 the least,
  /// mean and largest over the axes of the stiffness of children in series along an axis, over m; 7, 8, 9 log of the mean,
  /// least and largest neighbour over m; 10 the level. Logarithms are divided by 10.
  static func tensor(level: Int, fine: GridCells, coarse: GridCells) -> Tensor<Float> {
    var features = Tensor<Float>(zeros: [coarse.count, count])
    let (nx, ny, nz) = coarse.counts
    features.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let shared = UncheckedShared((base: base, fine: fine, coarse: coarse))
      concurrentlyForEach(piece: nz) { k in
        let (base, fine, coarse) = shared.value
        for j in 0..<ny {
          for i in 0..<nx {
            let row = base + ((k * ny + j) * nx + i) * count
            describe(i, j, k, level: level, fine, coarse, into: row)
          }
        }
      }
    }
    return features
  }

  /// The least coefficient told from none, relative to the largest of the finest grid.
  private static let least: Float = 1e-10

  private static func describe(
    _ i: Int, _ j: Int, _ k: Int, level: Int, _ fine: GridCells, _ coarse: GridCells,
    into row: UnsafeMutablePointer<Float>
  ) {
    let split = (
      fine.counts.x != coarse.counts.x, fine.counts.y != coarse.counts.y, fine.counts.z != coarse.counts.z
    )
    let mean = max(coarse[i, j, k], least)
    let children = SIMD8<Float> { corner in
      let x = split.0 ? 2 * i + corner & 1 : i
      let y = split.1 ? 2 * j + corner >> 1 & 1 : j
      let z = split.2 ? 2 * k + corner >> 2 : k
      return max(fine[x, y, z], least)
    }
    var (inverse, logarithm): (Float, Float) = (0, 0)
    for c in 0..<8 {
      inverse += 1 / children[c]
      logarithm += log(children[c])
    }
    row[0] = log(mean) / 10
    row[1] = log(8 / inverse / mean) / 10
    row[2] = (logarithm / 8 - log(mean)) / 10
    row[3] = children.max() / children.sum()
    var (low, sum, high): (Float, Float, Float) = (.infinity, 0, 0)
    let axes = coarse.isFlat ? 2 : 3
    for axis in 0..<axes {
      var series: Float = 0
      for c in 0..<8 where c >> axis & 1 == 0 {
        let (a, b) = (children[c], children[c | 1 << axis])
        series += 2 * a * b / (a + b) / 4
      }
      let share = series / mean
      low = min(low, share)
      high = max(high, share)
      sum += share / Float(axes)
    }
    row[4] = low
    row[5] = sum
    row[6] = high
    var neighbours = [
      coarse[i - 1, j, k], coarse[i + 1, j, k], coarse[i, j - 1, k], coarse[i, j + 1, k],
    ]
    if !coarse.isFlat { neighbours += [coarse[i, j, k - 1], coarse[i, j, k + 1]] }
    let logs = neighbours.map { log(max($0, least) / mean) / 10 }
    row[7] = log(max(neighbours.reduce(0, +) / Float(neighbours.count), least) / mean) / 10
    row[8] = logs.min()!
    row[9] = logs.max()!
    row[10] = Float(min(level, 4)) / 4
  }
}

extension SIMD8<Float> {
  fileprivate init(_ entry: (Int) -> Float) {
    self.init()
    for index in 0..<8 { self[index] = entry(index) }
  }
}
