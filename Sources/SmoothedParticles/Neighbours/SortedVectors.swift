import DifferentiableCore

/// A vector a particle, in sorted order.
struct SortedVectors<Scalar: ParticleScalar>: Sendable {
  let x: SortedField<Scalar>
  let y: SortedField<Scalar>
  let z: SortedField<Scalar>

  /// - Parameter dimension: 2 or 3; on the line the second coordinate is zero.
  init(count: Int, dimension: Int) {
    x = SortedField(count: count)
    y = SortedField(count: count)
    z = dimension > 2 ? SortedField(count: count) : SortedField(count: 0)
  }

  @inline(__always) func load<D: SpaceDimension>(_ first: Int) -> LaneVector<Scalar.Lanes, D> {
    LaneVector(
      x: .load(x.values + first), y: .load(y.values + first), z: D.count == 3 ? .load(z.values + first) : .zero)
  }

  @inline(__always) func broadcast<D: SpaceDimension>(_ place: Int) -> LaneVector<Scalar.Lanes, D> {
    LaneVector(
      x: .broadcast(x.pointer[place]), y: .broadcast(y.pointer[place]),
      z: D.count == 3 ? .broadcast(z.pointer[place]) : .zero)
  }

  @inline(__always) func store<D: SpaceDimension>(_ sums: LaneVector<Scalar.Lanes, D>, at place: Int) {
    x.pointer[place] = sums.x.total
    y.pointer[place] = sums.y.total
    if D.count == 3 { z.pointer[place] = sums.z.total }
  }

  @inline(__always) func add<D: SpaceDimension>(_ sums: LaneVector<Scalar.Lanes, D>, at place: Int) {
    x.pointer[place] += sums.x.total
    y.pointer[place] += sums.y.total
    if D.count == 3 { z.pointer[place] += sums.z.total }
  }

  /// Reads `[count, dimension]` row-major numbers in sorted order, less an origin.
  func gather(
    _ values: UnsafePointer<Double>, order: UnsafePointer<Int32>, count: Int, dimension: Int, origin: [Double]
  ) {
    let lower = origin + [0, 0, 0]
    let lx = lower[0], ly = lower[1], lz = lower[2]
    let shared = UncheckedShared((values: values, order: order))
    concurrentlyForEach(count: count) { range in
      let (values, order) = shared.value
      for s in range {
        let p = values + Int(order[s]) &* dimension
        x.pointer[s] = Scalar(p[0] - lx)
        if dimension > 1 { y.pointer[s] = Scalar(p[1] - ly) } else { y.pointer[s] = 0 }
        if dimension > 2 { z.pointer[s] = Scalar(p[2] - lz) }
      }
    }
  }

  /// Adds the sorted numbers to `[count, dimension]` row-major ones. No two places in `order` are the same.
  func scatter(adding values: UnsafeMutablePointer<Double>, order: UnsafePointer<Int32>, count: Int, dimension: Int) {
    let shared = UncheckedShared((values: values, order: order))
    concurrentlyForEach(count: count) { range in
      let (values, order) = shared.value
      for s in range { add(place: s, to: values + Int(order[s]) &* dimension, dimension: dimension) }
    }
  }

  /// Adds the vector in one sorted place to the numbers at `p`.
  @inline(__always) func add(place: Int, to p: UnsafeMutablePointer<Double>, dimension: Int) {
    p[0] += Double(x.pointer[place])
    if dimension > 1 { p[1] += Double(y.pointer[place]) }
    if dimension > 2 { p[2] += Double(z.pointer[place]) }
  }

  /// Adds other vectors, each times a factor of its own.
  func add(_ other: SortedVectors, times factor: SortedField<Scalar>, count: Int) {
    let hasZ = z.capacity > Scalar.Lanes.count
    for s in 0..<count {
      x.pointer[s] += other.x.pointer[s] * factor.pointer[s]
      y.pointer[s] += other.y.pointer[s] * factor.pointer[s]
      if hasZ { z.pointer[s] += other.z.pointer[s] * factor.pointer[s] }
    }
  }

  /// Multiplies the vector in each sorted place by a factor of its own.
  func multiply(count: Int, _ factor: (Int) -> Scalar) {
    let hasZ = z.capacity > Scalar.Lanes.count
    for s in 0..<count {
      let factor = factor(s)
      x.pointer[s] *= factor
      y.pointer[s] *= factor
      if hasZ { z.pointer[s] *= factor }
    }
  }

  /// Adds a multiple of the sum over all places.
  func total(count: Int, times factor: Double, into sums: inout [Double]) {
    let hasZ = z.capacity > Scalar.Lanes.count
    for s in 0..<count {
      sums[0] += factor * Double(x.pointer[s])
      sums[1] += factor * Double(y.pointer[s])
      if hasZ { sums[2] += factor * Double(z.pointer[s]) }
    }
  }
}
