/// Sum and difference along x of a node row.
struct RowModes<V: Lanes> {
  var s: V
  var d: V

  /// Cells i... of the node row that starts at the cells' left nodes.
  @inline(__always)
  init(_ row: UnsafePointer<V.Scalar>) {
    let left = V.load(row), right = V.load(row + 1)
    s = left + right
    d = right - left
  }

  @inline(__always)
  init() {
    s = V.broadcast(0)
    d = s
  }
}

/// The coefficients of one component in a quadrilateral by mode (bits x, y), without the mean.
struct QuadrilateralModes<V: Lanes> {
  var m10: V
  var m01: V
  var m11: V

  @inline(__always)
  init(_ near: RowModes<V>, _ far: RowModes<V>) {
    m01 = far.s - near.s
    m10 = far.d + near.d
    m11 = far.d - near.d
  }

  /// Adds the transposed transform to what the near row has received, and returns what the far row has.
  @inline(__always)
  func spread(near: inout RowModes<V>) -> RowModes<V> {
    near.s = near.s - m01
    near.d = near.d + (m10 - m11)
    var far = RowModes<V>()
    far.s = m01
    far.d = m10 + m11
    return far
  }

  @inline(__always)
  func dot(_ other: QuadrilateralModes<V>) -> V {
    V.fused(V.fused(m10 * other.m10, m01, other.m01), m11, other.m11)
  }
}

/// The modal stiffness of a quadrilateral in plane elasticity.
struct QuadrilateralElasticity<Scalar: GridScalar>: Sendable {
  let nx: Scalar, ny: Scalar, lxy: Scalar, first: Scalar, second: Scalar, cx: Scalar, cy: Scalar

  init(_ form: CellForm, scale: Double) {
    func entry(_ m: Int, _ a: Int, _ n: Int, _ b: Int) -> Scalar { Scalar(form.entry(m, a, n, b) * scale) }
    (nx, ny, lxy) = (entry(1, 0, 1, 0), entry(2, 1, 2, 1), entry(1, 0, 2, 1))
    first = Scalar((form.shear[1] * scale).squareRoot())
    second = Scalar((form.shear[0] * scale).squareRoot())
    (cx, cy) = (entry(3, 0, 3, 0), entry(3, 1, 3, 1))
  }

  /// Replaces the modes of the two displacement components by those of the forces, at modulus `e`.
  @inline(__always)
  func apply<V: Lanes>(_ x: inout QuadrilateralModes<V>, _ y: inout QuadrilateralModes<V>, _ e: V)
  where V.Scalar == Scalar {
    let ex = e * x.m10, ey = e * y.m01
    x.m10 = V.fused(V.broadcast(nx) * ex, V.broadcast(lxy), ey)
    y.m01 = V.fused(V.broadcast(lxy) * ex, V.broadcast(ny), ey)
    let xy = e * V.fused(V.broadcast(first) * x.m01, V.broadcast(second), y.m10)
    x.m01 = V.broadcast(first) * xy
    y.m10 = V.broadcast(second) * xy
    x.m11 = V.broadcast(cx) * (e * x.m11)
    y.m11 = V.broadcast(cy) * (e * y.m11)
  }
}

/// The modal stiffness of a quadrilateral in diffusion: diagonal.
struct QuadrilateralDiffusion<Scalar: GridScalar>: Sendable {
  let d10: Scalar, d01: Scalar, d11: Scalar

  init(_ form: CellForm, scale: Double) {
    func entry(_ m: Int) -> Scalar { Scalar(form.entry(m, 0, m, 0) * scale) }
    (d10, d01, d11) = (entry(1), entry(2), entry(3))
  }

  @inline(__always)
  func apply<V: Lanes>(_ u: inout QuadrilateralModes<V>, _ e: V) where V.Scalar == Scalar {
    u.m10 = V.broadcast(d10) * (e * u.m10)
    u.m01 = V.broadcast(d01) * (e * u.m01)
    u.m11 = V.broadcast(d11) * (e * u.m11)
  }
}
