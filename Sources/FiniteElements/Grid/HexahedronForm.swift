/// Sums and differences over a pair of node rows at z and z + h, by x mode, then z mode.
struct RowPair<V: Lanes> {
  var ss: V
  var ds: V
  var sd: V
  var dd: V

  /// Cells i... between the node rows `low` and `high`, each of which starts at the cells' left nodes.
  @inline(__always)
  init(_ low: UnsafePointer<V.Scalar>, _ high: UnsafePointer<V.Scalar>) {
    let l0 = V.load(low), l1 = V.load(low + 1)
    let h0 = V.load(high), h1 = V.load(high + 1)
    let ls = l0 + l1, ld = l1 - l0
    let hs = h0 + h1, hd = h1 - h0
    ss = ls + hs
    sd = hs - ls
    ds = ld + hd
    dd = hd - ld
  }

  @inline(__always)
  init() {
    ss = V.broadcast(0)
    ds = ss
    sd = ss
    dd = ss
  }
}

/// The coefficients of one component in a hexahedron by mode (bits x, y, z), without the mean, which has no stiffness.
struct HexahedronModes<V: Lanes> {
  var m100: V
  var m010: V
  var m001: V
  var m110: V
  var m101: V
  var m011: V
  var m111: V

  /// From the pairs of rows at y and y + h.
  @inline(__always)
  init(_ near: RowPair<V>, _ far: RowPair<V>) {
    m010 = far.ss - near.ss
    m100 = far.ds + near.ds
    m110 = far.ds - near.ds
    m001 = far.sd + near.sd
    m011 = far.sd - near.sd
    m101 = far.dd + near.dd
    m111 = far.dd - near.dd
  }

  @inline(__always)
  init(_ m100: V, _ m010: V, _ m001: V, _ m110: V, _ m101: V, _ m011: V, _ m111: V) {
    self.m100 = m100
    self.m010 = m010
    self.m001 = m001
    self.m110 = m110
    self.m101 = m101
    self.m011 = m011
    self.m111 = m111
  }

  /// Adds the transposed transform to what the near row has received, and returns what the far row has.
  @inline(__always)
  func spread(near: inout RowPair<V>) -> RowPair<V> {
    near.ss = near.ss - m010
    near.ds = near.ds + (m100 - m110)
    near.sd = near.sd + (m001 - m011)
    near.dd = near.dd + (m101 - m111)
    var far = RowPair<V>()
    far.ss = m010
    far.ds = m100 + m110
    far.sd = m001 + m011
    far.dd = m101 + m111
    return far
  }

  @inline(__always)
  func dot(_ other: HexahedronModes<V>) -> V {
    var sum = m100 * other.m100
    sum = V.fused(sum, m010, other.m010)
    sum = V.fused(sum, m001, other.m001)
    sum = V.fused(sum, m110, other.m110)
    sum = V.fused(sum, m101, other.m101)
    sum = V.fused(sum, m011, other.m011)
    return V.fused(sum, m111, other.m111)
  }
}

/// The modal stiffness of a hexahedron in elasticity: 45 non-zeros in blocks of one, two and three.
struct HexahedronElasticity<Scalar: GridScalar>: Sendable {
  // Tension with tension (mode of the axis itself), then by the further linear axis.
  let nx: Scalar, ny: Scalar, nz: Scalar, lxy: Scalar, lxz: Scalar, lyz: Scalar
  let ax101: Scalar, ay011: Scalar, lxy3: Scalar
  let ax110: Scalar, az011: Scalar, lxz3: Scalar
  let ay110: Scalar, az101: Scalar, lyz3: Scalar
  // Shear: (factor * u + factor * v)² has one product for both rows.
  let xyFirst: Scalar, xySecond: Scalar, xzFirst: Scalar, xzSecond: Scalar, yzFirst: Scalar, yzSecond: Scalar
  let bx: Scalar, by: Scalar, bz: Scalar, sxy3: Scalar, sxz3: Scalar, syz3: Scalar
  let cx: Scalar, cy: Scalar, cz: Scalar

  init(_ form: CellForm, scale: Double) {
    func entry(_ m: Int, _ a: Int, _ n: Int, _ b: Int) -> Scalar { Scalar(form.entry(m, a, n, b) * scale) }
    func root(_ axis: Int) -> Scalar { Scalar((form.shear[axis] * scale).squareRoot()) }
    (nx, ny, nz) = (entry(1, 0, 1, 0), entry(2, 1, 2, 1), entry(4, 2, 4, 2))
    (lxy, lxz, lyz) = (entry(1, 0, 2, 1), entry(1, 0, 4, 2), entry(2, 1, 4, 2))
    (ax101, ay011, lxy3) = (entry(5, 0, 5, 0), entry(6, 1, 6, 1), entry(5, 0, 6, 1))
    (ax110, az011, lxz3) = (entry(3, 0, 3, 0), entry(6, 2, 6, 2), entry(3, 0, 6, 2))
    (ay110, az101, lyz3) = (entry(3, 1, 3, 1), entry(5, 2, 5, 2), entry(3, 1, 5, 2))
    (xyFirst, xySecond) = (root(1), root(0))
    (xzFirst, xzSecond) = (root(2), root(0))
    (yzFirst, yzSecond) = (root(2), root(1))
    (bx, by, bz) = (entry(6, 0, 6, 0), entry(5, 1, 5, 1), entry(3, 2, 3, 2))
    (sxy3, sxz3, syz3) = (entry(6, 0, 5, 1), entry(6, 0, 3, 2), entry(5, 1, 3, 2))
    (cx, cy, cz) = (entry(7, 0, 7, 0), entry(7, 1, 7, 1), entry(7, 2, 7, 2))
  }

  /// Replaces the modes of the three displacement components by those of the forces, at modulus `e`.
  @inline(__always)
  func apply<V: Lanes>(
    _ x: inout HexahedronModes<V>, _ y: inout HexahedronModes<V>, _ z: inout HexahedronModes<V>, _ e: V
  )
  where V.Scalar == Scalar {
    @inline(__always) func c(_ s: Scalar) -> V { V.broadcast(s) }
    // Uniform tension.
    let ex = e * x.m100, ey = e * y.m010, ez = e * z.m001
    x.m100 = V.fused(V.fused(c(nx) * ex, c(lxy), ey), c(lxz), ez)
    y.m010 = V.fused(V.fused(c(lxy) * ex, c(ny), ey), c(lyz), ez)
    z.m001 = V.fused(V.fused(c(lxz) * ex, c(lyz), ey), c(nz), ez)
    // Uniform shear.
    let xy = e * V.fused(c(xyFirst) * x.m010, c(xySecond), y.m100)
    x.m010 = c(xyFirst) * xy
    y.m100 = c(xySecond) * xy
    let xz = e * V.fused(c(xzFirst) * x.m001, c(xzSecond), z.m100)
    x.m001 = c(xzFirst) * xz
    z.m100 = c(xzSecond) * xz
    let yz = e * V.fused(c(yzFirst) * y.m001, c(yzSecond), z.m010)
    y.m001 = c(yzFirst) * yz
    z.m010 = c(yzSecond) * yz
    // Bending: tension that is linear across.
    let px = e * x.m101, py = e * y.m011
    x.m101 = V.fused(c(ax101) * px, c(lxy3), py)
    y.m011 = V.fused(c(lxy3) * px, c(ay011), py)
    let qx = e * x.m110, qz = e * z.m011
    x.m110 = V.fused(c(ax110) * qx, c(lxz3), qz)
    z.m011 = V.fused(c(lxz3) * qx, c(az011), qz)
    let ry = e * y.m110, rz = e * z.m101
    y.m110 = V.fused(c(ay110) * ry, c(lyz3), rz)
    z.m101 = V.fused(c(lyz3) * ry, c(az101), rz)
    // Torsion.
    let tx = e * x.m011, ty = e * y.m101, tz = e * z.m110
    x.m011 = V.fused(V.fused(c(bx) * tx, c(sxy3), ty), c(sxz3), tz)
    y.m101 = V.fused(V.fused(c(sxy3) * tx, c(by), ty), c(syz3), tz)
    z.m110 = V.fused(V.fused(c(sxz3) * tx, c(syz3), ty), c(bz), tz)
    x.m111 = c(cx) * (e * x.m111)
    y.m111 = c(cy) * (e * y.m111)
    z.m111 = c(cz) * (e * z.m111)
  }
}

/// The modal stiffness of a hexahedron in diffusion: diagonal.
struct HexahedronDiffusion<Scalar: GridScalar>: Sendable {
  let d100: Scalar, d010: Scalar, d001: Scalar, d110: Scalar, d101: Scalar, d011: Scalar, d111: Scalar

  init(_ form: CellForm, scale: Double) {
    func entry(_ m: Int) -> Scalar { Scalar(form.entry(m, 0, m, 0) * scale) }
    (d100, d010, d001) = (entry(1), entry(2), entry(4))
    (d110, d101, d011, d111) = (entry(3), entry(5), entry(6), entry(7))
  }

  @inline(__always)
  func apply<V: Lanes>(_ u: inout HexahedronModes<V>, _ e: V) where V.Scalar == Scalar {
    u.m100 = V.broadcast(d100) * (e * u.m100)
    u.m010 = V.broadcast(d010) * (e * u.m010)
    u.m001 = V.broadcast(d001) * (e * u.m001)
    u.m110 = V.broadcast(d110) * (e * u.m110)
    u.m101 = V.broadcast(d101) * (e * u.m101)
    u.m011 = V.broadcast(d011) * (e * u.m011)
    u.m111 = V.broadcast(d111) * (e * u.m111)
  }
}
