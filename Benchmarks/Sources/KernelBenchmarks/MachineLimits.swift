/// What this machine can do at most, measured now: memory bandwidth and arithmetic of one thread.
struct MachineLimits {
  /// Bytes per second of a(i) = b(i) + s c(i), 24 bytes an entry.
  let triad: Double
  /// Single-precision operations per second of independent multiply-adds in registers.
  let singleFlops: Double
  let doubleFlops: Double

  /// - Parameter isSmoke: only shows that it runs: an unoptimized build takes minutes over the full count of operations.
  static func measure(isSmoke: Bool) -> MachineLimits {
    let entries = isSmoke ? 100_000 : 16_000_000, rounds = isSmoke ? 1000 : 2_000_000
    let a = UnsafeMutablePointer<Double>.allocate(capacity: entries)
    let b = UnsafeMutablePointer<Double>.allocate(capacity: entries)
    let c = UnsafeMutablePointer<Double>.allocate(capacity: entries)
    defer {
      a.deallocate()
      b.deallocate()
      c.deallocate()
    }
    for i in 0..<entries { (a[i], b[i], c[i]) = (0, 1, Double(i % 3)) }
    let triad = Seconds.median(of: 5, repeats: 1) {
      var i = 0
      let s = SIMD8<Double>(repeating: 3)
      while i &+ 8 <= entries {
        let x = UnsafeRawPointer(b + i).loadUnaligned(as: SIMD8<Double>.self)
        let y = UnsafeRawPointer(c + i).loadUnaligned(as: SIMD8<Double>.self)
        UnsafeMutableRawPointer(a + i).storeBytes(of: x + s * y, as: SIMD8<Double>.self)
        i &+= 8
      }
    }
    var sink = 0.0
    let single = Seconds.median(of: 3, repeats: 1) { sink += Double(singleChain(rounds)) }
    let double = Seconds.median(of: 3, repeats: 1) { sink += doubleChain(rounds) }
    precondition(sink.isFinite)
    return MachineLimits(
      triad: 24 * Double(entries) / triad.wall, singleFlops: Double(rounds * 10 * 16 * 2) / single.wall,
      doubleFlops: Double(rounds * 10 * 8 * 2) / double.wall)
  }

  @inline(never)
  private static func singleChain(_ rounds: Int) -> Float {
    typealias V = SIMD16<Float>
    let s = V(repeating: 0.999), t = V(repeating: 1e-3)
    var a = V(repeating: 0), b = V(repeating: 1), c = V(repeating: 2), d = V(repeating: 3), e = V(repeating: 4)
    var f = V(repeating: 5), g = V(repeating: 6), h = V(repeating: 7), i = V(repeating: 8), j = V(repeating: 9)
    for _ in 0..<rounds {
      a = t.addingProduct(a, s)
      b = t.addingProduct(b, s)
      c = t.addingProduct(c, s)
      d = t.addingProduct(d, s)
      e = t.addingProduct(e, s)
      f = t.addingProduct(f, s)
      g = t.addingProduct(g, s)
      h = t.addingProduct(h, s)
      i = t.addingProduct(i, s)
      j = t.addingProduct(j, s)
    }
    return (a + b + c + d + e + f + g + h + i + j).sum()
  }

  @inline(never)
  private static func doubleChain(_ rounds: Int) -> Double {
    typealias V = SIMD8<Double>
    let s = V(repeating: 0.999), t = V(repeating: 1e-3)
    var a = V(repeating: 0), b = V(repeating: 1), c = V(repeating: 2), d = V(repeating: 3), e = V(repeating: 4)
    var f = V(repeating: 5), g = V(repeating: 6), h = V(repeating: 7), i = V(repeating: 8), j = V(repeating: 9)
    for _ in 0..<rounds {
      a = t.addingProduct(a, s)
      b = t.addingProduct(b, s)
      c = t.addingProduct(c, s)
      d = t.addingProduct(d, s)
      e = t.addingProduct(e, s)
      f = t.addingProduct(f, s)
      g = t.addingProduct(g, s)
      h = t.addingProduct(h, s)
      i = t.addingProduct(i, s)
      j = t.addingProduct(j, s)
    }
    return (a + b + c + d + e + f + g + h + i + j).sum()
  }
}
