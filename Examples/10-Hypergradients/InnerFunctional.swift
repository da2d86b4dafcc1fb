import Backsolve

/// min over x of f(x, h), where f is differentiable Swift of one vector [x | h]. Nobody writes a second derivative: a
/// product with one is the central difference of two gradients, each exact by the compiler and the adjoints.
struct InnerFunctional: InnerProblem {
  let objective: Functional
  /// Where the search for x begins.
  let start: DenseVector
  /// A step with which gradient descent contracts, for the Neumann series.
  let step: Double

  var stateBlocks: [Block] { [Block("x", shape: [start.count])] }

  func hessianProduct(_ v: DenseVector, at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    DenseVector(try change(v, x, h).elements.prefix(x.count))
  }

  func mixedPullback(_ v: DenseVector, at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    DenseVector(try change(v, x, h).elements.dropFirst(x.count))
  }

  func descentStep(at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> Double { step }

  /// How the whole gradient of f changes as x moves along v.
  private func change(_ v: DenseVector, _ x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    let size = 1e-4 / max(v.norm, 1e-300)
    let ahead = try objective.valueWithGradient(at: joined(x + v.scaled(by: size), h)).gradient
    let behind = try objective.valueWithGradient(at: joined(x - v.scaled(by: size), h)).gradient
    return (ahead - behind).scaled(by: 0.5 / size)
  }

  /// Newton's method with conjugate gradients; the Hessian is shifted where f is not convex, and steps that do not
  /// descend are halved.
  func minimizer(_ h: DenseVector) throws(SolveFailure) -> DenseVector {
    var x = start, first = 1.0, last = 0.0
    for _ in 0..<100 {
      let (value, whole, _) = try objective.valueWithGradient(at: joined(x, h))
      let gradient = DenseVector(whole.elements.prefix(x.count))
      last = gradient.norm
      first = max(first, last)
      if last < 1e-9 * first { return x }
      var direction = gradient
      for shift in [0, 0.003, 0.03, 0.3] {
        let newton = try? ImplicitSolve.conjugateGradient(relativeTolerance: 1e-6).solve(gradient) {
          v throws(SolveFailure) in
          try hessianProduct(v, at: x, h) + v.scaled(by: shift)
        }
        if let newton {
          direction = newton.solution
          break
        }
      }
      var length = 1.0
      while length > 1e-8,
        try objective.value(at: joined(x - direction.scaled(by: length), h))
          > value - 1e-4 * length * gradient.dot(direction) + 1e-14
      {
        length /= 2
      }
      x.add(direction, scaledBy: -length)
    }
    throw SolveFailure(
      .stalled, "the inner problem found no stationary point in 100 steps", attempts: ["gradient \(last)"])
  }

  /// F(x*(h), h) for a differentiable F of [x | h], with its gradient in h: what h says of F itself, and what it says
  /// through x*.
  func outer(
    _ objective: Functional, at h: DenseVector, by inverse: ImplicitSolve = .conjugateGradient(relativeTolerance: 1e-9)
  )
    throws(SolveFailure) -> (value: Double, gradient: DenseVector)
  {
    var workspace: Void = ()
    let answer = try StationaryPointModel(self, inverse: inverse).linearize(at: h, in: &workspace)
    let (value, whole, _) = try objective.valueWithGradient(at: joined(answer.state, h))
    let direct = DenseVector(whole.elements.dropFirst(start.count))
    return (value, direct + (try answer.pullback(DenseVector(whole.elements.prefix(start.count)))))
  }
}

func joined(_ x: DenseVector, _ h: DenseVector) -> DenseVector { DenseVector(x.elements + h.elements) }

/// Descent in few numbers: steps of bounded length, halved where they do not descend.
func descend(
  _ h: DenseVector, steps: Int, longest: Double, _ value: (DenseVector) throws -> (value: Double, gradient: DenseVector)
) throws -> DenseVector {
  var h = h, length = longest
  var here = try value(h)
  for _ in 0..<steps {
    let next = h - here.gradient.scaled(by: length / max(here.gradient.norm, 1e-300))
    let there = try value(next)
    if there.value < here.value { (h, here) = (next, there) } else { length /= 2 }
  }
  return h
}
