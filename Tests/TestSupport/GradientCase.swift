import Testing

/// One row of the gradient table: a map from one vector to another, with the derivative that it claims.
public struct GradientCase: Sendable, CustomTestStringConvertible {
  public typealias Map = @Sendable (DenseVector) throws -> DenseVector

  public let name: String
  /// Where the derivative is checked.
  public let point: DenseVector
  let image: Map
  let pullback: @Sendable (_ seed: DenseVector, _ point: DenseVector) throws -> DenseVector
  /// The derivative along a direction, where the map offers its own; central differences serve otherwise.
  let pushforward: (@Sendable (_ direction: DenseVector, _ point: DenseVector) throws -> DenseVector)?
  /// The largest step of the Taylor test, relative to a direction of unit largest entry.
  let firstStep: Double

  public var testDescription: String { name }

  /// A map in closures: functions with values of one entry are maps too.
  public init(
    _ name: String, at point: DenseVector, firstStep: Double = 1e-2, image: @escaping Map,
    pullback: @escaping @Sendable (_ seed: DenseVector, _ point: DenseVector) throws -> DenseVector,
    pushforward: (@Sendable (_ direction: DenseVector, _ point: DenseVector) throws -> DenseVector)? = nil
  ) {
    self.name = name
    self.point = point
    self.firstStep = firstStep
    self.image = image
    self.pullback = pullback
    self.pushforward = pushforward
  }

  public init(_ name: String, _ transform: any Transform, at point: DenseVector, firstStep: Double = 1e-2) {
    self.init(
      name, at: point, firstStep: firstStep, image: { try transform.apply($0) },
      pullback: { seed, point in
        let direct = try transform.pullback(seed, at: point)
        #expect(try transform.linearize(at: point).pullback(seed) == direct, "linearize and pullback differ")
        return direct
      })
  }

  /// A number with its gradient.
  public init(
    _ name: String, at point: DenseVector, firstStep: Double = 1e-2,
    value: @escaping @Sendable (DenseVector) throws -> Double,
    gradient: @escaping @Sendable (DenseVector) throws -> DenseVector
  ) {
    self.init(
      name, at: point, firstStep: firstStep, image: { [try value($0)] },
      pullback: { seed, point in
        let gradient = try gradient(point)
        return seed.isEmpty ? .zero : gradient.scaled(by: seed[0])
      })
  }

  /// A number computed from a field alone.
  public init(_ name: String, _ functional: any FieldFunctional, at point: DenseVector) {
    self.init(name, at: point, value: { functional.value($0) }, gradient: { functional.gradient($0) })
  }

  /// A simulator whose parameters and state are vectors.
  public init<Model: ForwardModel>(_ name: String, _ model: Model, at point: DenseVector, firstStep: Double = 1e-2)
  where Model.Parameters == DenseVector, Model.State == DenseVector {
    self.init(
      name, at: point, firstStep: firstStep,
      image: { parameters in
        var workspace = model.makeWorkspace()
        return try model.solve(parameters, in: &workspace)
      },
      pullback: { seed, parameters in
        var workspace = model.makeWorkspace()
        return try model.linearize(at: parameters, in: &workspace).pullback(seed)
      },
      pushforward: { direction, parameters in
        var workspace = model.makeWorkspace()
        let linearization = try model.linearize(at: parameters, in: &workspace)
        if let pushforward = linearization.pushforward { return try pushforward(direction) }
        return try centralDifference(along: direction, at: parameters) { parameters in
          try model.solve(parameters, in: &workspace)
        }
      })
  }

  /// Runs the three checks: the Taylor remainder of a random functional of the image falls like h squared, the adjoint
  /// identity <J d, s> = <d, J^T s> holds, and the empty seed pulls back to zero.
  public func check(rate bound: Double = 1.9, relativeTolerance: Double = 1e-6) throws {
    var generator = SeededGenerator(seed: 20)
    let image = try image(point)
    #expect(image.isFinite && !image.isEmpty, "\(name): the image is not finite")
    let seed = generator.vector(count: image.count)
    let direction = generator.vector(count: point.count)
    let gradient = try pullback(seed, point)
    #expect(gradient.count == point.count, "\(name): the gradient has \(gradient.count) entries")

    let taylor = try TaylorTest(at: point, along: direction, gradient: gradient, firstStep: firstStep) { moved in
      try self.image(moved).dot(seed)
    }
    #expect(taylor.passes(above: bound), "\(name): Taylor rates \(taylor.rates)")

    let change =
      try pushforward?(direction, point)
      ?? centralDifference(along: direction, at: point) { try self.image($0) }
    let left = change.dot(seed)
    let right = gradient.dot(direction)
    let scale = max(change.norm * seed.norm, gradient.norm * direction.norm)
    #expect(abs(left - right) <= relativeTolerance * scale, "\(name): <Jd, s> = \(left), <d, J's> = \(right)")
    // A map with no derivative at all would pass everything above.
    #expect(gradient.norm > 0 && taylor.zerothRemainders[0] > 0, "\(name): nothing changes along the direction")

    let zero = try pullback(.zero, point)
    #expect(zero.largestMagnitude == 0, "\(name): the empty seed does not pull back to zero")
  }
}

private func centralDifference(
  along direction: DenseVector, at point: DenseVector, step: Double = 1e-5, of map: (DenseVector) throws -> DenseVector
) rethrows -> DenseVector {
  let ahead = try map(point + direction.scaled(by: step))
  let behind = try map(point + direction.scaled(by: -step))
  return (ahead - behind).scaled(by: 0.5 / step)
}
