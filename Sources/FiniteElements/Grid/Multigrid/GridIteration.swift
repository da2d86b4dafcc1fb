/// The conjugate gradient iteration of `MultigridCG` on fields in padded planes, with its work vectors.
///
/// Constrained unknowns are zero in all vectors. The preconditioner sees residuals divided by |b|, so that single
/// precision neither overflows nor underflows; the scale of its result cancels in the iteration.
final class GridIteration {
  private let hierarchy: GridHierarchy
  private let layout: GridLayout
  /// Where the constrained unknowns lie.
  private let constrained: [Int]
  private let right: AlignedBuffer<Double>
  private let x: AlignedBuffer<Double>
  private let residual: AlignedBuffer<Double>
  private let direction: AlignedBuffer<Double>
  private let image: AlignedBuffer<Double>

  init(_ hierarchy: GridHierarchy) {
    self.hierarchy = hierarchy
    layout = hierarchy.levels[0].layout
    constrained = hierarchy.levels[0].constrained
    right = AlignedBuffer(count: layout.nodalSize)
    x = AlignedBuffer(count: layout.nodalSize)
    residual = AlignedBuffer(count: layout.nodalSize)
    direction = AlignedBuffer(count: layout.nodalSize)
    image = AlignedBuffer(count: layout.nodalSize)
  }

  /// Takes a right-hand side and a start; returns the norm of the free part of the former, by which it is divided.
  func load(_ b: DenseVector, from guess: DenseVector, _ matrix: GridOperator) -> Double {
    let planes = 0..<layout.planes
    b.withUnsafeBufferPointer { layout.scatter($0.baseAddress!, into: right.pointer, planes: planes) }
    if guess.isEmpty {
      x.pointer.update(repeating: 0, count: layout.nodalSize)
    } else {
      guess.withUnsafeBufferPointer { layout.scatter($0.baseAddress!, into: x.pointer, planes: planes) }
    }
    for offset in constrained {
      right.pointer[offset] = 0
      x.pointer[offset] = 0
    }
    return Self.sum(layout.nodalSize, right.pointer, right.pointer).squareRoot()
  }

  /// The solution in the order of unknowns; constrained ones have the value of the right side.
  func solution(_ b: DenseVector, _ constrained: ConstrainedUnknowns, isZero: Bool = false) -> DenseVector {
    var solution = DenseVector(count: b.count) { u in
      if isZero { return u.update(repeating: 0) }
      layout.gather(UnsafePointer(x.pointer), into: u.baseAddress!, planes: 0..<layout.planes)
    }
    for index in constrained.indices { solution[index] = b[index] }
    return solution
  }

  /// Starts over from zero where the iterate is of no use.
  func discardUnlessFinite() {
    if !Self.sum(layout.nodalSize, x.pointer, x.pointer).isFinite {
      x.pointer.update(repeating: 0, count: layout.nodalSize)
    }
  }

  /// Iterates until |b - A x| <= tolerance |b|, a stall or a breakdown; returns the true relative residual.
  func run(_ kernel: GridKernel<Double>, size: Double, options: MultigridOptions, observer: ResidualObserver?)
    -> (iterations: Int, residual: Double)
  {
    let n = layout.nodalSize
    var iterations = 0
    var stall = StallDetector(window: options.stallWindow)
    let fine = hierarchy.levels[0]
    // The recurrence may drift from the true residual: it is recomputed, and the iteration restarted where needed.
    for _ in 0..<3 {
      var norm = trueResidual(kernel, into: fine.right.pointer, scale: 1 / size) / size
      if norm <= options.relativeTolerance || !norm.isFinite { return (iterations, norm) }
      var rz = 0.0
      while norm > options.relativeTolerance {
        if iterations >= options.maxIterations || stall.hasStalled(at: norm) || CancellationFlag.isRaised { break }
        hierarchy.cycle()
        let z = UnsafePointer(fine.iterate.pointer)
        let next = Self.sum(n, residual.pointer, z)
        guard next > 0, next.isFinite else { break }
        Self.combine(n, direction.pointer, z, factor: rz == 0 ? 0 : next / rz)
        rz = next
        let curvature = kernel.product(UnsafePointer(direction.pointer), into: image.pointer)
        guard curvature > 0, curvature.isFinite else { break }
        for offset in constrained { image.pointer[offset] = 0 }
        norm = step(rz / curvature, into: fine.right.pointer, scale: 1 / size) / size
        iterations += 1
        observer?(iterations, norm)
      }
      if norm > options.relativeTolerance { break }
    }
    return (iterations, trueResidual(kernel, into: fine.right.pointer, scale: 1 / size) / size)
  }

  /// residual = b - A x, and its scaled copy in single precision; returns the norm.
  private func trueResidual(_ kernel: GridKernel<Double>, into copy: UnsafeMutablePointer<Float>, scale: Double)
    -> Double
  {
    kernel.residual(UnsafePointer(x.pointer), UnsafePointer(right.pointer), into: residual.pointer)
    for offset in constrained { residual.pointer[offset] = 0 }
    let shared = UncheckedShared((residual.pointer, copy))
    return sumInBlocks(count: layout.nodalSize) { range in
      let (r, copy) = shared.value
      return Self.copyAndSquare(range, r, copy, Float(scale))
    }.squareRoot()
  }

  /// x += step p, r -= step q, and the scaled copy of r; returns |r|.
  private func step(_ step: Double, into copy: UnsafeMutablePointer<Float>, scale: Double) -> Double {
    let shared = UncheckedShared((x.pointer, residual.pointer, direction.pointer, image.pointer, copy))
    return sumInBlocks(count: layout.nodalSize) { range in
      let (x, r, p, q, copy) = shared.value
      let forward = SIMD8<Double>(repeating: step), scale = SIMD8<Double>(repeating: scale)
      var sum = Doubles8.broadcast(0)
      var i = range.lowerBound
      while i < range.upperBound {
        let moved = Doubles8.load(x + i).v + forward * Doubles8.load(p + i).v
        let left = Doubles8.load(r + i).v - forward * Doubles8.load(q + i).v
        Doubles8(v: moved).store(x + i)
        Doubles8(v: left).store(r + i)
        Floats8(v: SIMD8<Float>(left * scale)).store(copy + i)
        sum = Doubles8.fused(sum, Doubles8(v: left), Doubles8(v: left))
        i &+= 8
      }
      return sum.total
    }.squareRoot()
  }

  private static func copyAndSquare(
    _ range: Range<Int>, _ r: UnsafeMutablePointer<Double>, _ copy: UnsafeMutablePointer<Float>, _ scale: Float
  ) -> Double {
    let scale = SIMD8<Double>(repeating: Double(scale))
    var sum = Doubles8.broadcast(0)
    var i = range.lowerBound
    while i < range.upperBound {
      let value = Doubles8.load(r + i)
      Floats8(v: SIMD8<Float>(value.v * scale)).store(copy + i)
      sum = Doubles8.fused(sum, value, value)
      i &+= 8
    }
    return sum.total
  }

  /// p = z + factor p.
  private static func combine(
    _ count: Int, _ p: UnsafeMutablePointer<Double>, _ z: UnsafePointer<Float>, factor: Double
  ) {
    let shared = UncheckedShared((p, z))
    concurrentlyForEach(count: count) { range in
      let (p, z) = shared.value
      let factor = Doubles8.broadcast(factor)
      var i = range.lowerBound
      while i < range.upperBound {
        Doubles8.fused(Doubles8(v: SIMD8<Double>(Floats8.load(z + i).v)), factor, Doubles8.load(p + i)).store(p + i)
        i &+= 8
      }
    }
  }

  private static func sum(_ count: Int, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>) -> Double
  {
    let shared = UncheckedShared((UnsafePointer(a), UnsafePointer(b)))
    return sumInBlocks(count: count) { range in
      let (a, b) = shared.value
      var sum = Doubles8.broadcast(0)
      var i = range.lowerBound
      while i < range.upperBound {
        sum = Doubles8.fused(sum, Doubles8.load(a + i), Doubles8.load(b + i))
        i &+= 8
      }
      return sum.total
    }
  }

  private static func sum(_ count: Int, _ a: UnsafeMutablePointer<Double>, _ b: UnsafePointer<Float>) -> Double {
    let shared = UncheckedShared((UnsafePointer(a), b))
    return sumInBlocks(count: count) { range in
      let (a, b) = shared.value
      var sum = Doubles8.broadcast(0)
      var i = range.lowerBound
      while i < range.upperBound {
        sum = Doubles8.fused(sum, Doubles8.load(a + i), Doubles8(v: SIMD8<Double>(Floats8.load(b + i).v)))
        i &+= 8
      }
      return sum.total
    }
  }
}
