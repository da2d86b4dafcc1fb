/// Applies a grid kernel to vectors of unknowns, plane by plane, so that the padded copies stay in cache.
struct NodalSweep {
  let kernel: GridKernel<Double>
  /// Unknowns whose rows and columns are those of the identity; nil for none.
  let mask: [Bool]?

  /// y = A x.
  func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let layout = kernel.layout
    let pieces = layout.pieces
    let shared = UncheckedShared((x: x, y: y))
    concurrentlyForEach(piece: layout.isFlat ? 1 : pieces.count) { piece in
      let (x, y) = shared.value
      if layout.isFlat {
        applyFlat(x, y)
      } else {
        applyPlanes(x, y, pieces[piece])
      }
    }
  }

  private func applyFlat(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    let layout = kernel.layout
    withBuffers(of: layout.nodalSize) { input, output, _ in
      layout.scatter(x, into: input, planes: 0..<1)
      zeroMasked(input, plane: 0)
      kernel.product(input, into: output)
      layout.gather(output, into: y, planes: 0..<1)
      keepMasked(x, y, plane: 0)
    }
  }

  private func applyPlanes(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ planes: Range<Int>) {
    let layout = kernel.layout
    let size = layout.planeSize
    let unknowns = (layout.cells.x + 1) * layout.rows * layout.components
    withBuffers(of: 2 * size) { input, output, carry in
      let edge = [Double](unsafeUninitializedCapacity: layout.rows * 6) { _, count in count = layout.rows * 6 }
      var scratch = edge
      scratch.withUnsafeMutableBufferPointer { edge in
        let first = max(planes.lowerBound - 1, 0)
        var lower = input, upper = input + size
        load(x, first, into: lower)
        for plane in first..<planes.upperBound {
          let emits = plane >= planes.lowerBound
          let emission = Emission(mode: .product, x: lower, out: output, right: lower, inverseDiagonal: lower)
          if plane < layout.cells.z {
            load(x, plane + 1, into: upper)
            let march = LayerMarch(
              layout: layout, rows: 0..<layout.rows, lower: lower, upper: upper,
              coefficients: UnsafePointer(kernel.coefficients.pointer) + plane * layout.layerSize, carry: carry,
              edge: edge.baseAddress!, emission: emits ? emission : nil)
            _ = kernel.run(march)
          } else {
            _ = GridKernel.emitPlane(emission, carry, from: 0, to: size)
          }
          if emits {
            layout.gather(output, into: y + plane * unknowns, planes: 0..<1)
            keepMasked(x, y, plane: plane)
          }
          swap(&lower, &upper)
        }
      }
    }
  }

  private func load(_ x: UnsafePointer<Double>, _ plane: Int, into field: UnsafeMutablePointer<Double>) {
    let layout = kernel.layout
    let unknowns = (layout.cells.x + 1) * layout.rows * layout.components
    layout.scatter(x + plane * unknowns, into: field, planes: 0..<1)
    zeroMasked(field, plane: plane)
  }

  /// Zeroes constrained entries of a padded plane.
  private func zeroMasked(_ field: UnsafeMutablePointer<Double>, plane: Int) {
    guard let mask else { return }
    let layout = kernel.layout
    let unknowns = (layout.cells.x + 1) * layout.rows * layout.components
    mask.withUnsafeBufferPointer { mask in
      for index in 0..<unknowns where mask[plane &* unknowns &+ index] { field[layout.offset(ofUnknown: index)] = 0 }
    }
  }

  /// y = x at constrained unknowns of a plane.
  private func keepMasked(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, plane: Int) {
    guard let mask else { return }
    let layout = kernel.layout
    let unknowns = (layout.cells.x + 1) * layout.rows * layout.components
    mask.withUnsafeBufferPointer { mask in
      for index in plane &* unknowns..<(plane &+ 1) &* unknowns where mask[index] { y[index] = x[index] }
    }
  }

  /// Zeroed scratch: two fields of `size`, and a plane.
  private func withBuffers(
    of size: Int,
    _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    let input = AlignedBuffer<Double>(count: size)
    let output = AlignedBuffer<Double>(count: size)
    let carry = AlignedBuffer<Double>(count: kernel.layout.planeSize)
    body(input.pointer, output.pointer, carry.pointer)
    withExtendedLifetime((input, output, carry)) {}
  }
}
