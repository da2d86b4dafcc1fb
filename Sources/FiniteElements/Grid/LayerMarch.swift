/// Applies the stiffness of one layer of hexahedra, between two node planes.
///
/// A vector of neighbouring cells along x marches along y, so that the transforms of a node row along x and z are made
/// once and stay in registers for the two cells that share them. What the layer adds to its upper plane waits in
/// `carry`; its lower plane is finished and emitted row by row.
struct LayerMarch<Scalar: GridScalar> {
  let layout: GridLayout
  /// Node rows to finish.
  let rows: Range<Int>
  var lower: UnsafePointer<Scalar>
  var upper: UnsafePointer<Scalar>
  /// Coefficients of the layer, in padded cell rows.
  var coefficients: UnsafePointer<Scalar>
  /// In: what the layer below added to the lower plane. Out: what this layer adds to the upper plane.
  var carry: UnsafeMutablePointer<Scalar>
  /// What the last lane of a vector adds to the first node of the next one: two planes, per row and component.
  var edge: UnsafeMutablePointer<Scalar>
  /// How to use the lower plane; nil for a layer that is applied for its upper plane alone.
  var emission: Emission<Scalar>?

  /// Marches all vectors along y; returns the inner product of the lower plane with the result.
  @inline(__always)
  func run(elasticity form: HexahedronElasticity<Scalar>) -> Double {
    edge.update(repeating: 0, count: layout.rows &* 6)
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
  func run(diffusion form: HexahedronDiffusion<Scalar>) -> Double {
    edge.update(repeating: 0, count: layout.rows &* 2)
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

  /// How far ahead the march along y asks for memory: the next vector of the row, after the last one the first of the next
  /// plane. The march jumps from row to row, which no hardware prefetcher follows.
  @inline(__always)
  private func reach(from i: Int, _ lanes: Int) -> Int {
    i &+ lanes < layout.stride ? lanes : layout.planeSize &- i
  }

  @inline(__always)
  private func march<V: Lanes>(elasticity form: HexahedronElasticity<Scalar>, from i: Int, _: V.Type) -> Double
  where V.Scalar == Scalar {
    let stride = layout.stride, rowSize = layout.rowSize
    let first = max(rows.lowerBound &- 1, 0), last = min(rows.upperBound, layout.cells.y)
    var inner = V.broadcast(0)
    var offset = first &* rowSize &+ i
    var nearX = RowPair<V>(lower + offset, upper + offset)
    var nearY = RowPair<V>(lower + offset + stride, upper + offset + stride)
    var nearZ = RowPair<V>(lower + offset + 2 &* stride, upper + offset + 2 &* stride)
    var heldX = RowPair<V>()
    var heldY = RowPair<V>()
    var heldZ = RowPair<V>()
    let reach = reach(from: i, V.count)
    let cellReach = i &+ V.count < stride ? i &+ V.count : layout.layerSize
    for j in first..<last {
      let next = offset &+ rowSize
      BuildProcessor.prefetch(coefficients + (j &* stride &+ cellReach))
      for component in 0..<3 {
        let ahead = next &+ component &* stride &+ reach
        BuildProcessor.prefetch(upper + ahead)
        emission?.prefetch(ahead &- rowSize)
      }
      let farX = RowPair<V>(lower + next, upper + next)
      let farY = RowPair<V>(lower + next + stride, upper + next + stride)
      let farZ = RowPair<V>(lower + next + 2 &* stride, upper + next + 2 &* stride)
      var x = HexahedronModes(nearX, farX)
      var y = HexahedronModes(nearY, farY)
      var z = HexahedronModes(nearZ, farZ)
      form.apply(&x, &y, &z, V.load(coefficients + (j &* stride &+ i)))
      let passedX = x.spread(near: &heldX)
      let passedY = y.spread(near: &heldY)
      let passedZ = z.spread(near: &heldZ)
      if j >= rows.lowerBound {
        let edge = edge + 6 &* j
        finish(heldX, offset, edge, &inner)
        finish(heldY, offset &+ stride, edge + 2, &inner)
        finish(heldZ, offset &+ 2 &* stride, edge + 4, &inner)
      }
      (heldX, heldY, heldZ) = (passedX, passedY, passedZ)
      (nearX, nearY, nearZ) = (farX, farY, farZ)
      offset = next
    }
    if rows.upperBound > layout.cells.y {
      let edge = edge + 6 &* layout.cells.y
      finish(heldX, offset, edge, &inner)
      finish(heldY, offset &+ stride, edge + 2, &inner)
      finish(heldZ, offset &+ 2 &* stride, edge + 4, &inner)
    }
    return inner.total
  }

  @inline(__always)
  private func march<V: Lanes>(diffusion form: HexahedronDiffusion<Scalar>, from i: Int, _: V.Type) -> Double
  where V.Scalar == Scalar {
    let stride = layout.stride
    let first = max(rows.lowerBound &- 1, 0), last = min(rows.upperBound, layout.cells.y)
    var inner = V.broadcast(0)
    var offset = first &* stride &+ i
    var near = RowPair<V>(lower + offset, upper + offset)
    var held = RowPair<V>()
    let reach = reach(from: i, V.count)
    let cellReach = i &+ V.count < stride ? i &+ V.count : layout.layerSize
    for j in first..<last {
      let next = offset &+ stride
      BuildProcessor.prefetch(coefficients + (j &* stride &+ cellReach))
      BuildProcessor.prefetch(upper + (next &+ reach))
      emission?.prefetch(offset &+ reach)
      let far = RowPair<V>(lower + next, upper + next)
      var u = HexahedronModes(near, far)
      form.apply(&u, V.load(coefficients + offset))
      let passed = u.spread(near: &held)
      if j >= rows.lowerBound { finish(held, offset, edge + 2 &* j, &inner) }
      held = passed
      near = far
      offset = next
    }
    if rows.upperBound > layout.cells.y { finish(held, offset, edge + 2 &* layout.cells.y, &inner) }
    return inner.total
  }

  /// Completes one component of a node row: transforms back along z and x, emits the lower plane, keeps the upper.
  @inline(__always)
  private func finish<V: Lanes>(
    _ row: RowPair<V>, _ offset: Int, _ edge: UnsafeMutablePointer<Scalar>, _ inner: inout V
  ) where V.Scalar == Scalar {
    let highSum = row.ss + row.sd, highDifference = row.ds + row.dd
    let highRight = highSum + highDifference
    let high = (highSum - highDifference) + highRight.shifted(in: edge[1])
    edge[1] = highRight.lastLane
    if let emission {
      let lowSum = row.ss - row.sd, lowDifference = row.ds - row.dd
      let lowRight = lowSum + lowDifference
      let low = (lowSum - lowDifference) + lowRight.shifted(in: edge[0])
      edge[0] = lowRight.lastLane
      emission.emit(low + V.load(carry + offset), at: offset, inner: &inner)
    }
    high.store(carry + offset)
  }
}
