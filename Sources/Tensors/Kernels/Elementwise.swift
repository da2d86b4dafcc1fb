import DifferentiableCore

// Loops over whole registers; the last one reaches into the slack after the entries. What is done to a register is a
// small type rather than a closure, because closures that cross threads are not inlined.

/// One register to one register.
protocol LaneMap: Sendable {
  associatedtype S: TensorScalar
  func callAsFunction(_ x: S.Lanes) -> S.Lanes
}

/// Two registers to one register.
protocol LanePair: Sendable {
  associatedtype S: TensorScalar
  func callAsFunction(_ x: S.Lanes, _ y: S.Lanes) -> S.Lanes
}

/// Entries of one piece of work: enough to hide the start of a thread, few enough for the cache.
private let piece = 8192

/// The map of every entry.
@inline(__always)
func mapped<M: LaneMap>(_ a: Tensor<M.S>, _ map: M, pool: TensorPool?) -> Tensor<M.S> {
  let out = Tensor<M.S>(uninitialized: a.shape, pool: pool)
  let shared = UncheckedShared((out: out.storage.pointer, a: UnsafePointer(a.storage.pointer)))
  concurrentlyForEach(count: a.count, block: piece) { range in
    let (out, a) = shared.value
    var i = range.lowerBound
    while i < range.upperBound {
      M.S.store(map(M.S.load(a + i)), out + i)
      i &+= M.S.lanes
    }
  }
  withExtendedLifetime(a) {}
  return out
}

/// The map of the pairs of entries of two tensors of the same count.
@inline(__always)
func mapped<M: LanePair>(_ a: Tensor<M.S>, _ b: Tensor<M.S>, _ map: M, pool: TensorPool?) -> Tensor<M.S> {
  precondition(a.count == b.count, "tensors of shapes \(a.shape) and \(b.shape)")
  let out = Tensor<M.S>(uninitialized: a.shape, pool: pool)
  combine(out.storage.pointer, a.storage.pointer, b.storage.pointer, count: a.count, map)
  withExtendedLifetime((a, b)) {}
  return out
}

@inline(__always)
func combine<M: LanePair>(
  _ out: UnsafeMutablePointer<M.S>, _ a: UnsafePointer<M.S>, _ b: UnsafePointer<M.S>, count: Int, _ map: M
) {
  let shared = UncheckedShared((out: out, a: a, b: b))
  concurrentlyForEach(count: count, block: piece) { range in
    let (out, a, b) = shared.value
    var i = range.lowerBound
    while i < range.upperBound {
      M.S.store(map(M.S.load(a + i), M.S.load(b + i)), out + i)
      i &+= M.S.lanes
    }
  }
}

struct LaneSum<S: TensorScalar>: LanePair {
  func callAsFunction(_ x: S.Lanes, _ y: S.Lanes) -> S.Lanes { x + y }
}

struct LaneDifference<S: TensorScalar>: LanePair {
  func callAsFunction(_ x: S.Lanes, _ y: S.Lanes) -> S.Lanes { x - y }
}

struct LaneProduct<S: TensorScalar>: LanePair {
  func callAsFunction(_ x: S.Lanes, _ y: S.Lanes) -> S.Lanes { x * y }
}

struct LaneScale<S: TensorScalar>: LaneMap {
  let factor: S
  func callAsFunction(_ x: S.Lanes) -> S.Lanes { x * S.Lanes(repeating: factor) }
}

struct LaneShift<S: TensorScalar>: LaneMap {
  let shift: S
  func callAsFunction(_ x: S.Lanes) -> S.Lanes { x + S.Lanes(repeating: shift) }
}

/// a += b, in a's memory where nobody else holds it.
@_specialize(where S == Float)
@_specialize(where S == Double)
func addInPlace<S: TensorScalar>(_ a: inout Tensor<S>, _ b: Tensor<S>, pool: TensorPool) {
  guard isKnownUniquelyReferenced(&a.storage) else {
    a = mapped(a, b, LaneSum(), pool: pool)
    return
  }
  combine(a.storage.pointer, a.storage.pointer, b.storage.pointer, count: a.count, LaneSum())
  withExtendedLifetime(b) {}
}
