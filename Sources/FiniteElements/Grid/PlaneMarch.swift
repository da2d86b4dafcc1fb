/// Applies the stiffness of a plane of quadrilaterals to some of its node rows.
///
/// As in `LayerMarch`, a vector of neighbouring cells along x marches along y.
struct PlaneMarch<Scalar: GridScalar> {
  let layout: GridLayout
  /// Node rows to finish.
  var rows: Range<Int>
  var x: UnsafePointer<Scalar>
  var coefficients: UnsafePointer<Scalar>
  /// What the last lane of a vector adds to the first node of the next one, per row and component.
  var edge: UnsafeMutablePointer<Scalar>
  var emission: Emission<Scalar>

  /// Returns the inner product of the field with the result, over the rows.
  @inline(__always)
  func run(elasticity form: QuadrilateralElasticity<Scalar>) -> Double {
    edge.update(repeating: 0, count: layout.rows &* 2)
    var inner = 0.0
    var i = 0
    while i &+ Scalar.Wide.count <= layout.stride {
      inner += march(elasticity: form, from: i, Scalar.Wide.self)
      i &+= Scalar.Wide.count
    }
    while i < layout.stride {
      inner += march(elasticity: form, from: i, Scalar.Narrow.self)
      i &+= Scalar.Narrow.count
    }
    return inner
  }

  @inline(__always)
  func run(diffusion form: QuadrilateralDiffusion<Scalar>) -> Double {
    edge.update(repeating: 0, count: layout.rows)
    var inner = 0.0
    var i = 0
    while i &+ Scalar.Wide.count <= layout.stride {
      inner += march(diffusion: form, from: i, Scalar.Wide.self)
      i &+= Scalar.Wide.count
    }
    while i < layout.stride {
      inner += march(diffusion: form, from: i, Scalar.Narrow.self)
      i &+= Scalar.Narrow.count
    }
    return inner
  }

  @inline(__always)
  private func march<V: Lanes>(elasticity form: QuadrilateralElasticity<Scalar>, from i: Int, _: V.Type) -> Double
  where V.Scalar == Scalar {
    let stride = layout.stride, rowSize = layout.rowSize
    let first = max(rows.lowerBound &- 1, 0), last = min(rows.upperBound, layout.cells.y)
    var inner = V.broadcast(0)
    var nearX = RowModes<V>(x + (first &* rowSize &+ i))
    var nearY = RowModes<V>(x + (first &* rowSize &+ stride &+ i))
    var heldX = RowModes<V>(), heldY = RowModes<V>()
    for j in first..<last {
      let next = (j &+ 1) &* rowSize &+ i
      // The march jumps from row to row, which no hardware prefetcher follows: ask for the next vector of the row.
      BuildProcessor.prefetch(coefficients + (j &* stride &+ i &+ V.count))
      for component in 0..<2 {
        let ahead = next &+ component &* stride &+ V.count
        BuildProcessor.prefetch(x + ahead)
        emission.prefetch(ahead)
      }
      let farX = RowModes<V>(x + next)
      let farY = RowModes<V>(x + (next &+ stride))
      var u = QuadrilateralModes(nearX, farX)
      var v = QuadrilateralModes(nearY, farY)
      form.apply(&u, &v, V.load(coefficients + (j &* stride &+ i)))
      let passedX = u.spread(near: &heldX)
      let passedY = v.spread(near: &heldY)
      if j >= rows.lowerBound {
        finish(heldX, next &- rowSize, edge + 2 &* j, &inner)
        finish(heldY, next &- rowSize &+ stride, edge + (2 &* j &+ 1), &inner)
      }
      (heldX, heldY) = (passedX, passedY)
      (nearX, nearY) = (farX, farY)
    }
    if rows.upperBound > layout.cells.y {
      let j = layout.cells.y
      finish(heldX, j &* rowSize &+ i, edge + 2 &* j, &inner)
      finish(heldY, j &* rowSize &+ stride &+ i, edge + (2 &* j &+ 1), &inner)
    }
    return inner.total
  }

  @inline(__always)
  private func march<V: Lanes>(diffusion form: QuadrilateralDiffusion<Scalar>, from i: Int, _: V.Type) -> Double
  where V.Scalar == Scalar {
    let stride = layout.stride
    let first = max(rows.lowerBound &- 1, 0), last = min(rows.upperBound, layout.cells.y)
    var inner = V.broadcast(0)
    var near = RowModes<V>(x + (first &* stride &+ i))
    var held = RowModes<V>()
    for j in first..<last {
      let next = (j &+ 1) &* stride &+ i
      BuildProcessor.prefetch(coefficients + next)
      BuildProcessor.prefetch(x + (next &+ V.count))
      emission.prefetch(next &+ V.count)
      let far = RowModes<V>(x + next)
      var u = QuadrilateralModes(near, far)
      form.apply(&u, V.load(coefficients + (next &- stride)))
      let passed = u.spread(near: &held)
      if j >= rows.lowerBound { finish(held, next &- stride, edge + j, &inner) }
      held = passed
      near = far
    }
    if rows.upperBound > layout.cells.y {
      finish(held, layout.cells.y &* stride &+ i, edge + layout.cells.y, &inner)
    }
    return inner.total
  }

  /// Completes one component of a node row: transforms back along x and emits.
  @inline(__always)
  private func finish<V: Lanes>(
    _ row: RowModes<V>, _ offset: Int, _ edge: UnsafeMutablePointer<Scalar>, _ inner: inout V
  ) where V.Scalar == Scalar {
    let right = row.s + row.d
    let y = (row.s - row.d) + right.shifted(in: edge[0])
    edge[0] = right.lastLane
    emission.emit(y, at: offset, inner: &inner)
  }
}
