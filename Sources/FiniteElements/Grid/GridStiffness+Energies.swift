extension GridStiffness {
  public func cellEnergies(_ lambda: DenseVector, _ u: DenseVector) -> DenseVector {
    let cells = grid.cellCount
    if lambda.isEmpty || u.isEmpty { return DenseVector(zeros: cells) }
    precondition(u.count == unknownCount && lambda.count == unknownCount, "fields of other grids have no cell energies")
    return DenseVector(count: cells) { energies in
      lambda.withUnsafeBufferPointer { lambda in
        u.withUnsafeBufferPointer { u in
          let layers = CellEnergies(form: form, layout: layout, lambda: lambda.baseAddress!, u: u.baseAddress!)
          let shared = UncheckedShared((layers: layers, energies: energies.baseAddress!))
          concurrentlyForEach(piece: layout.cells.z) { layer in
            shared.value.layers.fill(shared.value.energies, layer: layer)
          }
        }
      }
    }
  }
}

/// λᵀ K_e u of every cell, a layer at a time.
private struct CellEnergies {
  typealias V = Double.Wide

  let form: CellForm
  let layout: GridLayout
  let lambda: UnsafePointer<Double>
  let u: UnsafePointer<Double>

  func fill(_ energies: UnsafeMutablePointer<Double>, layer: Int) {
    let planes = layout.isFlat ? 1 : 2
    let unknowns = (layout.cells.x + 1) * layout.rows * layout.components
    let first = AlignedBuffer<Double>(count: planes * layout.planeSize)
    let second = lambda == u ? first : AlignedBuffer<Double>(count: planes * layout.planeSize)
    layout.scatter(u + layer * unknowns, into: first.pointer, planes: 0..<planes)
    if lambda != u { layout.scatter(lambda + layer * unknowns, into: second.pointer, planes: 0..<planes) }
    let row = AlignedBuffer<Double>(count: layout.stride)
    for j in 0..<layout.cells.y {
      switch (form.physics, layout.isFlat) {
      case (.elasticity, false):
        hexahedra(HexahedronElasticity(form, scale: 1), first.pointer, second.pointer, j, row.pointer)
      case (.diffusion, false):
        hexahedra(HexahedronDiffusion(form, scale: 1), first.pointer, second.pointer, j, row.pointer)
      case (.elasticity, true):
        quadrilaterals(QuadrilateralElasticity(form, scale: 1), first.pointer, second.pointer, j, row.pointer)
      case (.diffusion, true):
        quadrilaterals(QuadrilateralDiffusion(form, scale: 1), first.pointer, second.pointer, j, row.pointer)
      }
      (energies + (layer * layout.cells.y + j) * layout.cells.x).update(from: row.pointer, count: layout.cells.x)
    }
  }

  private func modes(_ field: UnsafePointer<Double>, _ j: Int, _ component: Int, _ i: Int) -> HexahedronModes<V> {
    let near = field + (j &* layout.rowSize &+ component &* layout.stride &+ i)
    let far = near + layout.rowSize
    return HexahedronModes(
      RowPair<V>(near, near + layout.planeSize), RowPair<V>(far, far + layout.planeSize))
  }

  private func flatModes(_ field: UnsafePointer<Double>, _ j: Int, _ component: Int, _ i: Int) -> QuadrilateralModes<V>
  {
    let near = field + (j &* layout.rowSize &+ component &* layout.stride &+ i)
    return QuadrilateralModes(RowModes<V>(near), RowModes<V>(near + layout.rowSize))
  }

  private func hexahedra(
    _ form: HexahedronElasticity<Double>, _ u: UnsafePointer<Double>, _ lambda: UnsafePointer<Double>, _ j: Int,
    _ row: UnsafeMutablePointer<Double>
  ) {
    for i in stride(from: 0, to: layout.stride, by: V.count) {
      var x = modes(u, j, 0, i), y = modes(u, j, 1, i), z = modes(u, j, 2, i)
      form.apply(&x, &y, &z, V.broadcast(1))
      let energy = x.dot(modes(lambda, j, 0, i)) + y.dot(modes(lambda, j, 1, i)) + z.dot(modes(lambda, j, 2, i))
      energy.store(row + i)
    }
  }

  private func hexahedra(
    _ form: HexahedronDiffusion<Double>, _ u: UnsafePointer<Double>, _ lambda: UnsafePointer<Double>, _ j: Int,
    _ row: UnsafeMutablePointer<Double>
  ) {
    for i in stride(from: 0, to: layout.stride, by: V.count) {
      var x = modes(u, j, 0, i)
      form.apply(&x, V.broadcast(1))
      x.dot(modes(lambda, j, 0, i)).store(row + i)
    }
  }

  private func quadrilaterals(
    _ form: QuadrilateralElasticity<Double>, _ u: UnsafePointer<Double>, _ lambda: UnsafePointer<Double>, _ j: Int,
    _ row: UnsafeMutablePointer<Double>
  ) {
    for i in stride(from: 0, to: layout.stride, by: V.count) {
      var x = flatModes(u, j, 0, i), y = flatModes(u, j, 1, i)
      form.apply(&x, &y, V.broadcast(1))
      (x.dot(flatModes(lambda, j, 0, i)) + y.dot(flatModes(lambda, j, 1, i))).store(row + i)
    }
  }

  private func quadrilaterals(
    _ form: QuadrilateralDiffusion<Double>, _ u: UnsafePointer<Double>, _ lambda: UnsafePointer<Double>, _ j: Int,
    _ row: UnsafeMutablePointer<Double>
  ) {
    for i in stride(from: 0, to: layout.stride, by: V.count) {
      var x = flatModes(u, j, 0, i)
      form.apply(&x, V.broadcast(1))
      x.dot(flatModes(lambda, j, 0, i)).store(row + i)
    }
  }
}
