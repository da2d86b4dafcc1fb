/// Which neighbours of each particle count, in sorted order.
final class PartnerField: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<PairPartners>
  private let count: Int

  init(count: Int) {
    self.count = max(1, count)
    pointer = .allocate(capacity: self.count)
    pointer.initialize(repeating: .everything, count: self.count)
  }

  deinit { pointer.deallocate() }

  var values: UnsafePointer<PairPartners> { UnsafePointer(pointer) }
}

/// One number a particle, in sorted order, with room to load a full vector at the last one.
final class SortedField<Scalar: ParticleScalar>: @unchecked Sendable {
  let capacity: Int
  let pointer: UnsafeMutablePointer<Scalar>

  init(count: Int) {
    capacity = count + Scalar.Lanes.count
    pointer = .allocate(capacity: capacity)
    // The padding must be harmless under division.
    pointer.initialize(repeating: 1, count: capacity)
  }

  deinit { pointer.deallocate() }

  var values: UnsafePointer<Scalar> { UnsafePointer(pointer) }
}
