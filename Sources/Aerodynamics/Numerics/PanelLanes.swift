import CVectorLanes

/// As many numbers as a register holds: one panel seen from several points, or several panels seen from one point.
typealias PanelLanes = backsolve_doubles

extension PanelLanes {
  @inline(__always)
  static func load(_ p: UnsafePointer<Double>) -> Self { UnsafeRawPointer(p).loadUnaligned(as: Self.self) }

  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Double>) { UnsafeMutableRawPointer(p).storeBytes(of: self, as: Self.self) }

  @inline(__always)
  func add(to p: UnsafeMutablePointer<Double>) { (Self.load(p) + self).store(p) }

  @inline(__always) var total: Double { backsolve_doubles_total(self) }

  /// Of each lane `a` where the test is zero, this elsewhere.
  @inline(__always)
  func butWhere(_ test: Self, isZero a: Self) -> Self { backsolve_doubles_where_zero(test, a, self) }

  /// The angle brought back into (-π, π] from less than a turn away.
  @inline(__always)
  var wrapped: Self {
    let lowered = backsolve_doubles_where_above(self, .pi, self - 2 * .pi, self)
    return backsolve_doubles_where_above(.zero - lowered, Double.pi.nextDown, lowered + 2 * .pi, lowered)
  }

  /// Visits 0..<count, at least a group, in groups of lanes. The last group may overlap the one before; what it has seen
  /// already has the weight zero there, everything else one.
  @inline(__always)
  static func forEachGroup(_ count: Int, _ body: (_ start: Int, _ weight: Self) -> Void) {
    var start = 0
    while start + scalarCount <= count {
      body(start, Self(repeating: 1))
      start += scalarCount
    }
    if start == count { return }
    var weight = Self(repeating: 1)
    let last = count - scalarCount
    for lane in 0..<start - last { weight[lane] = 0 }
    body(last, weight)
  }
}

/// A vector of the plane in each lane.
struct LaneVector {
  var x: PanelLanes, y: PanelLanes

  static var zero: Self { Self(x: .zero, y: .zero) }

  @inline(__always) init(x: PanelLanes, y: PanelLanes) {
    self.x = x
    self.y = y
  }
  @inline(__always) init(_ v: SIMD2<Double>) {
    x = PanelLanes(repeating: v.x)
    y = PanelLanes(repeating: v.y)
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(x: a.x + b.x, y: a.y + b.y) }
  @inline(__always) static func += (a: inout Self, b: Self) { a = a + b }
  @inline(__always) static prefix func - (a: Self) -> Self { Self(x: .zero - a.x, y: .zero - a.y) }
  @inline(__always) static func * (a: PanelLanes, b: Self) -> Self { Self(x: a * b.x, y: a * b.y) }
  @inline(__always) static func * (a: Double, b: Self) -> Self { Self(x: a * b.x, y: a * b.y) }
  @inline(__always) var total: SIMD2<Double> { SIMD2(x.total, y.total) }

  /// Adds to derivatives by points that lie side by side.
  @inline(__always)
  func add(to gx: UnsafeMutablePointer<Double>, _ gy: UnsafeMutablePointer<Double>, at point: Int) {
    x.add(to: gx + point)
    y.add(to: gy + point)
  }
}

/// Derivatives by points of the plane, each coordinate's side by side.
struct PointDerivatives: Sendable {
  var x: [Double], y: [Double]

  init(zeros count: Int) {
    x = [Double](repeating: 0, count: count)
    y = x
  }

  mutating func add(_ v: SIMD2<Double>, at point: Int) {
    x[point] += v.x
    y[point] += v.y
  }

  mutating func add(_ other: Self, scaledBy factor: Double = 1) {
    for i in x.indices {
      x[i] += factor * other.x[i]
      y[i] += factor * other.y[i]
    }
  }

  @inline(__always)
  mutating func withPointers(_ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void) {
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in body(x.baseAddress!, y.baseAddress!) }
    }
  }

  /// `[count, 2]` row-major.
  var interleaved: [Double] {
    var result = [Double](repeating: 0, count: 2 * x.count)
    for i in x.indices {
      result[2 * i] = x[i]
      result[2 * i + 1] = y[i]
    }
    return result
  }
}
