import DifferentiableCore

/// Solves A x = b, or the same with x at least zero (and A x - b zero or above where x is), for a symmetric positive
/// definite operator. Vectors are sums in one order, so that the bits do not depend on threads.
///
/// Without a bound: conjugate gradients. With one: modified proportioning with reduced gradient projections, conjugate
/// gradients on the free face of the bound with projected steps between faces. Dostál & Schöberl, Comput. Optim. Appl.
/// 30 (2005).
final class PressureSolver {
  typealias Vector = UnsafeMutablePointer<Double>

  struct Limits {
    /// On the Euclidean norm of the residual.
    var tolerance: Double
    var maxIterations: Int
    /// Named in failures.
    var purpose: String
  }

  private let count: Int
  private let residual: Vector
  private let direction: Vector
  private let image: Vector
  private let free: Vector
  /// Of the last solve.
  private(set) var iterations = 0
  /// Of the last solve: the Euclidean norm, over the tolerance.
  private(set) var residualOverTolerance = 0.0

  init(count: Int) {
    self.count = count
    func vector() -> Vector {
      let pointer = Vector.allocate(capacity: max(1, count))
      pointer.initialize(repeating: 0, count: max(1, count))
      return pointer
    }
    residual = vector()
    direction = vector()
    image = vector()
    free = vector()
  }

  deinit {
    for vector in [residual, direction, image, free] { vector.deallocate() }
  }

  /// From x as it is where `isStarted`, else from x = 0. The operator must keep the subspace that b and x lie in.
  func solve(
    _ apply: (Vector, Vector) -> Void, _ b: Vector, into x: Vector, isStarted: Bool = false, _ limits: Limits
  ) throws(SolveFailure) {
    begin(apply, b, x, isStarted: isStarted)
    direction.update(from: residual, count: count)
    var square = dot(residual, residual)
    let first = square
    iterations = 0
    while square.squareRoot() > limits.tolerance {
      try check(limits, square, first, "conjugate gradients")
      iterations += 1
      apply(direction, image)
      let length = square / dot(direction, image)
      for k in 0..<count {
        x[k] += length * direction[k]
        residual[k] -= length * image[k]
      }
      let next = dot(residual, residual)
      let keep = next / square
      square = next
      for k in 0..<count { direction[k] = residual[k] + keep * direction[k] }
    }
    try check(limits, square, first, "conjugate gradients")
    residualOverTolerance = square.squareRoot() / max(limits.tolerance, .leastNormalMagnitude)
  }

  /// The same by relaxed Jacobi iterations, with x at least zero if it is bounded.
  ///
  /// - Parameters:
  ///   - apply: the operator.
  ///   - b: the right-hand side.
  ///   - x: the solution.
  ///   - weight: of a correction.
  ///   - diagonal: of the operator, above zero.
  ///   - isBounded: whether x is at least zero.
  ///   - project: takes away what the operator does not see.
  ///   - isStarted: from x as it is, which is at least zero if bounded, and not from zero.
  ///   - limits: when to end.
  func relax(
    _ apply: (Vector, Vector) -> Void, _ b: Vector, into x: Vector, weight: Double, diagonal: Vector, isBounded: Bool,
    project: (Vector) -> Void, isStarted: Bool = false, _ limits: Limits
  ) throws(SolveFailure) {
    begin(apply, b, x, isStarted: isStarted)
    iterations = 0
    var first = -1.0
    while true {
      var square = 0.0
      for k in 0..<count where !isBounded || x[k] > 0 || residual[k] > 0 { square += residual[k] * residual[k] }
      if first < 0 { first = square }
      if square.squareRoot() <= limits.tolerance && square.isFinite {
        residualOverTolerance = square.squareRoot() / max(limits.tolerance, .leastNormalMagnitude)
        return
      }
      try check(limits, square, first, "relaxed Jacobi iterations")
      iterations += 1
      for k in 0..<count {
        let moved = x[k] + weight * residual[k] / diagonal[k]
        x[k] = isBounded ? max(moved, 0) : moved
      }
      project(x)
      apply(x, image)
      for k in 0..<count { residual[k] = b[k] - image[k] }
    }
  }

  /// With x at least zero, from x as it is where `isStarted`, else from x = 0.
  func solveBounded(
    _ apply: (Vector, Vector) -> Void, _ b: Vector, into x: Vector, isStarted: Bool = false, _ limits: Limits
  ) throws(SolveFailure) {
    begin(apply, b, x, isStarted: isStarted)
    // Here the residual is the gradient A x - b.
    for k in 0..<count { residual[k] = -residual[k] }
    iterations = 0
    var stretch = 0.0
    var first = -1.0
    var isFresh = true
    while true {
      var free2 = 0.0, reduced = 0.0, chopped2 = 0.0
      for k in 0..<count {
        let g = residual[k]
        if x[k] > 0 {
          free[k] = g
          free2 += g * g
          reduced += g > 0 && stretch > 0 ? min(x[k] / stretch, g) * g : g * g
        } else {
          free[k] = 0
          if g < 0 { chopped2 += g * g }
        }
      }
      let square = free2 + chopped2
      if first < 0 { first = square }
      if square.squareRoot() <= limits.tolerance && square.isFinite {
        residualOverTolerance = square.squareRoot() / max(limits.tolerance, .leastNormalMagnitude)
        return
      }
      try check(limits, square, first, "projected conjugate gradients")
      if stretch == 0 { stretch = 1 / largestValue(apply) }
      iterations += 1
      if chopped2 > reduced {
        // Release what would rather be positive.
        for k in 0..<count { direction[k] = x[k] > 0 ? 0 : min(residual[k], 0) }
        apply(direction, image)
        let length = dot(residual, direction) / dot(direction, image)
        for k in 0..<count {
          x[k] -= length * direction[k]
          residual[k] -= length * image[k]
        }
        isFresh = true
        continue
      }
      if isFresh { direction.update(from: free, count: count) }
      apply(direction, image)
      let curvature = dot(direction, image)
      let length = dot(residual, direction) / curvature
      var longest = Double.infinity
      for k in 0..<count where direction[k] > 0 && x[k] > 0 { longest = min(longest, x[k] / direction[k]) }
      if length <= longest {
        for k in 0..<count {
          x[k] -= length * direction[k]
          residual[k] -= length * image[k]
        }
        var overlap = 0.0
        for k in 0..<count where x[k] > 0 { overlap += residual[k] * image[k] }
        let keep = overlap / curvature
        for k in 0..<count { direction[k] = (x[k] > 0 ? residual[k] : 0) - keep * direction[k] }
        isFresh = false
      } else {
        for k in 0..<count {
          let moved = max(x[k] - longest * direction[k], 0)
          let gradient = x[k] > 0 ? residual[k] - longest * image[k] : 0
          x[k] = x[k] > 0 ? max(moved - stretch * gradient, 0) : 0
        }
        apply(x, residual)
        for k in 0..<count { residual[k] -= b[k] }
        isFresh = true
      }
    }
  }

  /// The first residual.
  private func begin(_ apply: (Vector, Vector) -> Void, _ b: Vector, _ x: Vector, isStarted: Bool) {
    if !isStarted {
      x.update(repeating: 0, count: count)
      residual.update(from: b, count: count)
      return
    }
    apply(x, image)
    for k in 0..<count { residual[k] = b[k] - image[k] }
  }

  /// An estimate of the largest eigenvalue from below, by the power method on a rough vector.
  private func largestValue(_ apply: (Vector, Vector) -> Void) -> Double {
    for k in 0..<count { direction[k] = residual[k] == 0 ? 0 : Double((k &* 7919) % 13) - 6 }
    var value = 0.0
    for _ in 0..<6 {
      apply(direction, image)
      let size = dot(direction, direction)
      if size == 0 { break }
      let norm = dot(image, image).squareRoot()
      value = max(value, norm / size.squareRoot())
      if norm == 0 { break }
      for k in 0..<count { direction[k] = image[k] / norm }
    }
    return value > 0 ? value : 1
  }

  private func check(_ limits: Limits, _ square: Double, _ first: Double, _ method: String) throws(SolveFailure) {
    guard square.isFinite else {
      throw SolveFailure(.nonFinite, "the residual of the \(limits.purpose) is not a finite number")
    }
    guard iterations < limits.maxIterations || square.squareRoot() <= limits.tolerance else {
      throw SolveFailure(
        .stalled,
        "the \(limits.purpose) did not converge in \(iterations) iterations; a shorter time step or a larger tolerance helps",
        attempts: [
          "\(method): residual \((square / max(first, .leastNormalMagnitude)).squareRoot()) of the first, "
            + "\(square.squareRoot() / limits.tolerance) times the tolerance"
        ])
    }
  }

  private func dot(_ a: Vector, _ b: Vector) -> Double {
    var sums = SIMD8<Double>.zero, k = 0
    let ra = UnsafeRawPointer(a), rb = UnsafeRawPointer(b)
    while k &+ 8 <= count {
      let offset = k &* MemoryLayout<Double>.stride
      sums +=
        ra.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
        * rb.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
      k &+= 8
    }
    var total = sums.sum()
    while k < count {
      total += a[k] * b[k]
      k &+= 1
    }
    return total
  }
}
