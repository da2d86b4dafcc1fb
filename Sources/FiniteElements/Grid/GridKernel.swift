/// The stiffness of a grid for given coefficients, applied to fields in padded planes. One precision, no constraints.
///
/// Every entry of the result is summed in the same order however the planes are cut into pieces, and inner products are
/// summed by piece and plane: the bits do not depend on the number of threads.
struct GridKernel<Scalar: GridScalar>: Sendable {
  enum Form: Sendable {
    case hexahedronElasticity(HexahedronElasticity<Scalar>)
    case hexahedronDiffusion(HexahedronDiffusion<Scalar>)
    case quadrilateralElasticity(QuadrilateralElasticity<Scalar>)
    case quadrilateralDiffusion(QuadrilateralDiffusion<Scalar>)
  }

  let layout: GridLayout
  let form: Form
  /// In padded cell rows; zero in the padding.
  let coefficients: AlignedBuffer<Scalar>
  private let pieces: [Range<Int>]
  /// Node rows that are swept through all planes of a piece before the next ones, so that a plane of them stays in the
  /// first-level cache until the next layer needs it. A strip repeats the row of cells before it.
  private let strips: [Range<Int>]

  /// - Parameter scale: multiplies the cell matrix.
  init(_ form: CellForm, layout: GridLayout, coefficients: AlignedBuffer<Scalar>, scale: Double = 1) {
    self.layout = layout
    self.coefficients = coefficients
    pieces = layout.pieces
    let rowBytes = layout.rowSize * MemoryLayout<Scalar>.stride
    let count = max(1, layout.rows / max(8, 24576 / rowBytes))
    strips = (0..<count).map { layout.rows * $0 / count..<layout.rows * ($0 + 1) / count }
    switch (form.physics, form.dimension) {
    case (.elasticity, 2): self.form = .quadrilateralElasticity(QuadrilateralElasticity(form, scale: scale))
    case (.elasticity, _): self.form = .hexahedronElasticity(HexahedronElasticity(form, scale: scale))
    case (.diffusion, 2): self.form = .quadrilateralDiffusion(QuadrilateralDiffusion(form, scale: scale))
    case (.diffusion, _): self.form = .hexahedronDiffusion(HexahedronDiffusion(form, scale: scale))
    }
  }

  /// y = A x; returns x·y.
  @discardableResult
  func product(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) -> Double {
    sweep(Emission(mode: .product, x: x, out: y, right: x, inverseDiagonal: x))
  }

  /// out = b - A x.
  func residual(_ x: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>) {
    sweep(Emission(mode: .residual, x: x, out: out, right: b, inverseDiagonal: x))
  }

  /// Applies the stiffness to whole fields, and uses the result as `emission` says.
  @discardableResult
  func sweep(_ emission: Emission<Scalar>) -> Double {
    if pieces.count == 1 { return sweep(emission, piece: 0, sums: nil) }
    let count = layout.isFlat ? pieces.count : layout.planes
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { sums in
      let shared = UncheckedShared((emission: emission, sums: sums))
      concurrentlyForEach(piece: pieces.count) { piece in
        _ = sweep(shared.value.emission, piece: piece, sums: shared.value.sums)
      }
      return emission.mode == .product ? sums.reduce(0, +) : 0
    }
  }

  /// Does one piece. The inner products of its parts go to `sums`, or are added up for the caller where that is nil.
  private func sweep(_ emission: Emission<Scalar>, piece: Int, sums: UnsafeMutableBufferPointer<Double>?) -> Double {
    layout.isFlat
      ? sweepRows(emission, piece: piece, sums: sums) : sweepPlanes(emission, piece: piece, sums: sums)
  }

  private func sweepRows(_ emission: Emission<Scalar>, piece: Int, sums: UnsafeMutableBufferPointer<Double>?) -> Double
  {
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: layout.rows * 2) { edge in
      let march = PlaneMarch(
        layout: layout, rows: pieces[piece], x: emission.x, coefficients: UnsafePointer(coefficients.pointer),
        edge: edge.baseAddress!, emission: emission)
      let inner: Double
      switch form {
      case .quadrilateralElasticity(let form): inner = march.run(elasticity: form)
      case .quadrilateralDiffusion(let form): inner = march.run(diffusion: form)
      default: inner = 0
      }
      sums?[piece] = inner
      return inner
    }
  }

  private func sweepPlanes(_ emission: Emission<Scalar>, piece: Int, sums: UnsafeMutableBufferPointer<Double>?)
    -> Double
  {
    let planes = pieces[piece]
    let size = layout.planeSize
    return withUnsafeTemporaryAllocation(byteCount: (size + 64) * MemoryLayout<Scalar>.stride, alignment: 64) { carry in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: layout.rows * 6) { edge in
        let carry = carry.baseAddress!.bindMemory(to: Scalar.self, capacity: size + 64)
        var total = 0.0
        for (index, rows) in strips.enumerated() {
          carry.update(repeating: 0, count: size)
          var march = LayerMarch(
            layout: layout, rows: rows, lower: emission.x, upper: emission.x, coefficients: emission.x, carry: carry,
            edge: edge.baseAddress!, emission: nil)
          for plane in max(planes.lowerBound - 1, 0)..<planes.upperBound {
            let start = plane * size
            var here = emission
            here.x += start
            here.out += start
            here.right += start
            here.inverseDiagonal += start
            let inner: Double
            if plane < layout.cells.z {
              march.lower = emission.x + start
              march.upper = emission.x + (start + size)
              march.coefficients = UnsafePointer(coefficients.pointer) + plane * layout.layerSize
              march.emission = plane >= planes.lowerBound ? here : nil
              inner = run(march)
            } else {
              inner = Self.emitPlane(
                here, carry, from: rows.lowerBound * layout.rowSize, to: rows.upperBound * layout.rowSize)
            }
            if plane >= planes.lowerBound {
              if let sums { sums[plane] = (index == 0 ? 0 : sums[plane]) + inner }
              total += inner
            }
          }
        }
        return total
      }
    }
  }

  /// Applies one layer.
  @inline(__always)
  func run(_ march: LayerMarch<Scalar>) -> Double {
    switch form {
    case .hexahedronElasticity(let form): return march.run(elasticity: form)
    case .hexahedronDiffusion(let form): return march.run(diffusion: form)
    default: return 0
    }
  }

  /// Emits a plane whose result is complete: the last one of a grid.
  static func emitPlane(_ emission: Emission<Scalar>, _ y: UnsafePointer<Scalar>, from start: Int, to end: Int)
    -> Double
  {
    var inner = Scalar.Narrow.broadcast(0)
    var o = start
    while o < end {
      emission.emit(Scalar.Narrow.load(y + o), at: o, inner: &inner)
      o &+= Scalar.Narrow.count
    }
    return inner.total
  }
}
