/// The sorted fields of `IncompressibleStepper`. Solids have no inverse mass: impulses do not move walls, and bodies as a
/// whole.
final class IncompressibleFields<Scalar: ParticleScalar> {
  let position: SortedVectors<Scalar>
  /// With it particles change density: that of walls is zero where they slide along themselves.
  let velocity: SortedVectors<Scalar>
  /// Friction sees this one.
  let felt: SortedVectors<Scalar>
  /// M⁻¹Dᵀ of a multiplier; zero at walls.
  let push: SortedVectors<Scalar>
  let mass: SortedField<Scalar>
  let inverseMass: SortedField<Scalar>
  let one: SortedField<Scalar>
  let fluid: SortedField<Scalar>
  /// One for fluid and bodies, zero for walls.
  let moves: SortedField<Scalar>
  /// What multiplies an impulse on a particle before bodies respond to it: one at theirs.
  let response: SortedField<Scalar>
  let grip: SortedField<Scalar>
  let density: SortedField<Scalar>
  let multiplier: SortedField<Scalar>
  let rate: SortedField<Scalar>

  init(count: Int, dimension: Int) {
    func vectors() -> SortedVectors<Scalar> { SortedVectors(count: count, dimension: dimension) }
    func field() -> SortedField<Scalar> { SortedField(count: count) }
    position = vectors()
    velocity = vectors()
    felt = vectors()
    push = vectors()
    mass = field()
    inverseMass = field()
    one = field()
    fluid = field()
    moves = field()
    response = field()
    grip = field()
    density = field()
    multiplier = field()
    rate = field()
  }
}

/// What only the reverse sweep needs.
final class IncompressibleSeeds<Scalar: ParticleScalar> {
  /// Of the fields of `IncompressibleStepper`, in sorted order: the seed on the velocity, over the mass where named so.
  let velocity: SortedVectors<Scalar>
  let overMass: SortedVectors<Scalar>
  let position: SortedVectors<Scalar>
  let friction: SortedVectors<Scalar>
  /// Dᵀμ
  let carried: SortedVectors<Scalar>
  let density: SortedField<Scalar>
  let lambda: SortedField<Scalar>
  let mu: SortedField<Scalar>
  let strength: SortedField<Scalar>

  init(count: Int, dimension: Int) {
    func vectors() -> SortedVectors<Scalar> { SortedVectors(count: count, dimension: dimension) }
    velocity = vectors()
    overMass = vectors()
    position = vectors()
    friction = vectors()
    carried = vectors()
    density = SortedField(count: count)
    lambda = SortedField(count: count)
    mu = SortedField(count: count)
    strength = SortedField(count: count)
  }
}

extension SortedVectors {
  /// Adds a multiple of another field of vectors.
  func add(_ other: SortedVectors<Scalar>, times factor: Scalar, count: Int) {
    let hasZ = z.capacity > Scalar.Lanes.count
    for s in 0..<count {
      x.pointer[s] += factor * other.x.pointer[s]
      y.pointer[s] += factor * other.y.pointer[s]
      if hasZ { z.pointer[s] += factor * other.z.pointer[s] }
    }
  }

  /// Copies another field of vectors.
  func copy(_ other: SortedVectors<Scalar>, count: Int) {
    x.pointer.update(from: other.x.pointer, count: count)
    y.pointer.update(from: other.y.pointer, count: count)
    if z.capacity > Scalar.Lanes.count { z.pointer.update(from: other.z.pointer, count: count) }
  }

  func clear(count: Int) {
    x.pointer.update(repeating: 0, count: count)
    y.pointer.update(repeating: 0, count: count)
    if z.capacity > Scalar.Lanes.count { z.pointer.update(repeating: 0, count: count) }
  }
}
