import DifferentiableCore

/// Wall particles in layers that follow the surface of a `SolidShape`, at depths of half a spacing, one and a half and so
/// on, as deep as asked for, so that a curved wall is smooth where a lattice would make stairs.
///
/// Each particle has fixed coordinates on the shape and moves with it when the shape's numbers change: the map from
/// `SolidShape.parameters` to positions is differentiable. The masses stay those of the shape that was sampled.
public struct BodyFittedLayers: Sendable {
  public let shape: SolidShape
  /// m³ (m² in the plane), one a particle.
  public let volumes: [Double]
  private let kind: any ShapeLayers
  /// Which of the kind's particles there are.
  private let kept: [Int]

  public var count: Int { kept.count }

  /// - Parameters:
  ///   - shape: of positive size.
  ///   - spacing: between particles, m.
  ///   - layers: at most so many; those that a thin shape has no room for are left out.
  ///   - bounds: the box that a shape without an end, a half-space, is cut to; others must lie within it by themselves.
  public init(
    _ shape: SolidShape, spacing: Double, layers: Int, within bounds: (lower: [Double], upper: [Double])? = nil
  ) {
    self.shape = shape
    let numbers = DenseVector(shape.parameters)
    switch shape {
    case .ball(let center, let radius):
      kind = BallLayers(center.count, radius: radius, spacing: spacing, layers: layers)
    case .box(_, let halfSizes, _): kind = BoxLayers(halfSizes, spacing: spacing, layers: layers)
    case .capsule(let from, let to, let radius):
      kind = CapsuleLayers(
        from: SIMD3(first: from), to: SIMD3(first: to), dimension: from.count, radius: radius, spacing: spacing,
        layers: layers)
    case .halfSpace:
      kind = HalfSpaceLayers(shape, spacing: spacing, layers: layers, within: bounds ?? ([], []))
    case .polygon(let corners): kind = PolygonLayers(corners, spacing: spacing, layers: layers)
    case .surface(let distance, _): kind = SurfaceLayers(distance, spacing: spacing, layers: layers)
    }
    let kind = kind, dimension = shape.dimension
    var kept = Array(kind.volumes.indices)
    if case .halfSpace = shape, let bounds {
      kept = kept.filter { k in
        let place = kind.place(k, numbers)
        return (0..<dimension).allSatisfy { place[$0] >= bounds.lower[$0] && place[$0] <= bounds.upper[$0] }
      }
    }
    self.kept = kept
    volumes = kept.map { kind.volumes[$0] }
  }

  /// `[count, dimension]`, m.
  public var positions: [Double] { positions(DenseVector(shape.parameters)).elements }

  /// `[count, dimension]` in m, of a shape of the same kind with other numbers.
  public func positions(_ parameters: DenseVector) -> DenseVector { collected { kind.place($0, parameters) } }

  /// From each particle to its mirror point, as far outside the surface as it is inside; `[count, dimension]`, m.
  public var mirrors: [Double] {
    let parameters = DenseVector(shape.parameters)
    return collected { 2 * kind.outward($0, parameters) }.elements
  }

  /// From the seed on positions to that on the shape's numbers.
  public func pullback(_ seed: DenseVector, at parameters: DenseVector) -> DenseVector {
    var found = DenseVector(zeros: parameters.count)
    if seed.isEmpty { return found }
    for (number, particle) in kept.enumerated() {
      let d = shape.dimension
      kind.pull(particle, SIMD3(seed, from: number * d, count: d), parameters, into: &found)
    }
    return found
  }

  private func collected(_ vector: (Int) -> SIMD3<Double>) -> DenseVector {
    let d = shape.dimension
    var found = DenseVector(zeros: count * d)
    for (number, particle) in kept.enumerated() { found.add(vector(particle), at: number * d, count: d) }
    return found
  }
}
