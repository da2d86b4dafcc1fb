/// How two sets of designs compare: whether one could be taken for the other.
public enum SetMeasures {
  /// The part of both sets whose nearest other design is of its own set (Lopez-Paz & Oquab 2017; Xu et al. 2018): one half
  /// where the sets cannot be told apart, one where they are apart, less than one half where designs were copied.
  public static func neighbourAccuracy(_ a: [DenseVector], _ b: [DenseVector]) -> Double {
    let all = a + b
    let hits = counted(all.count) { i in
      let nearest = nearest(to: i, in: all)
      return (nearest < a.count) == (i < a.count)
    }
    return Double(hits) / Double(max(1, all.count))
  }

  /// The part of the data that is the nearest of the data to some sample.
  public static func coverage(of data: [DenseVector], by samples: [DenseVector]) -> Double {
    let hit = Set(
      samples.map { sample in data.indices.min { distance(data[$0], sample) < distance(data[$1], sample) } })
    return Double(hit.count) / Double(max(1, data.count))
  }

  /// The mean distance of two designs of a set.
  public static func meanDistance(_ designs: [DenseVector]) -> Double {
    let pairs = designs.count * (designs.count - 1) / 2
    let sum = designs.indices.reduce(0.0) { sum, i in
      designs[..<i].reduce(sum) { $0 + distance($1, designs[i]).squareRoot() }
    }
    return sum / Double(max(1, pairs))
  }

  /// The distance of each sample to the nearest of the data: zero for a copy.
  public static func novelty(_ samples: [DenseVector], beside data: [DenseVector]) -> [Double] {
    samples.map { sample in (data.map { distance($0, sample) }.min() ?? .infinity).squareRoot() }
  }

  /// The energy distance of two sets (Székely & Rizzo, "Energy statistics", 2013, eq. 5): twice the mean distance between
  /// designs of both, less the mean distances within each; zero where they are of one distribution, for large sets.
  public static func energyDistance(_ a: [DenseVector], _ b: [DenseVector]) -> Double {
    func meanDistance(_ a: [DenseVector], _ b: [DenseVector]) -> Double {
      let sums = concurrentMap(a.count) { i in b.reduce(0.0) { $0 + distance(a[i], $1).squareRoot() } }
      return sums.reduce(0, +) / Double(max(1, a.count * b.count))
    }
    return 2 * meanDistance(a, b) - meanDistance(a, a) - meanDistance(b, b)
  }

  private static func nearest(to i: Int, in all: [DenseVector]) -> Int {
    var (best, least) = (i, Double.infinity)
    for j in all.indices where j != i {
      let d = distance(all[i], all[j])
      if d < least { (best, least) = (j, d) }
    }
    return best
  }

  private static func counted(_ count: Int, _ holds: @Sendable (Int) -> Bool) -> Int {
    var found = [Bool](repeating: false, count: count)
    found.withUnsafeMutableBufferPointer { found in
      let shared = UncheckedShared(found)
      concurrentlyForEach(piece: count) { shared.value[$0] = holds($0) }
    }
    return found.count { $0 }
  }

  /// Squared.
  private static func distance(_ a: DenseVector, _ b: DenseVector) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = 0.0
        for i in a.indices { sum += (a[i] - b[i]) * (a[i] - b[i]) }
        return sum
      }
    }
  }
}
