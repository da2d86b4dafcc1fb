/// One grid of a multigrid hierarchy, in single precision: operator, smoother, work vectors.
final class GridLevel {
  let layout: GridLayout
  let form: CellForm
  /// Multiplies the cell matrix, the same on all levels, so that numbers stay near one.
  let scale: Double
  let kernel: GridKernel<Float>
  let coefficients: AlignedBuffer<Float>
  let inverseDiagonal: AlignedBuffer<Float>
  /// Where the constrained unknowns lie.
  let constrained: [Int]
  let largestEigenvalue: Double
  var smoother: ChebyshevPolynomial
  /// Right side, iterate, and either the previous iterate or the residual.
  let right: AlignedBuffer<Float>
  private(set) var iterate: AlignedBuffer<Float>
  private(set) var other: AlignedBuffer<Float>
  /// Whether a field is worth more than one thread.
  private let pieces: Int

  init(layout: GridLayout, form: CellForm, scale: Double, constrained: [Int], largestEigenvalue: Double) {
    self.layout = layout
    self.form = form
    self.scale = scale
    self.constrained = constrained
    self.largestEigenvalue = largestEigenvalue
    coefficients = AlignedBuffer(count: layout.cellSize)
    kernel = GridKernel(form, layout: layout, coefficients: coefficients, scale: scale)
    inverseDiagonal = AlignedBuffer(count: layout.nodalSize)
    right = AlignedBuffer(count: layout.nodalSize)
    iterate = AlignedBuffer(count: layout.nodalSize)
    other = AlignedBuffer(count: layout.nodalSize)
    smoother = ChebyshevPolynomial(degree: 1, largest: largestEigenvalue, ratio: 2)
    pieces = layout.unknownCount >= 32768 ? 16 : 1
  }

  /// Runs `body` over the ranges of a nodal field, in parallel where it is large.
  private func forEachRange(_ body: @Sendable (Range<Int>) -> Void) {
    let size = layout.nodalSize, pieces = pieces
    concurrentlyForEach(piece: pieces) { piece in body(size * piece / pieces..<size * (piece + 1) / pieces) }
  }

  /// Runs `body` for every plane (once in 2D), in parallel where the field is large.
  func forEachPlane(_ body: @Sendable (Int) -> Void) {
    if pieces == 1 {
      for plane in 0..<layout.planes { body(plane) }
    } else {
      concurrentlyForEach(piece: layout.planes, body)
    }
  }

  /// Takes new coefficients into account.
  func update() {
    let shared = UncheckedShared((coefficients: coefficients.pointer, inverse: inverseDiagonal.pointer, layout: layout))
    let diagonal = form.diagonal.map { Float(1 / ($0 * scale)) }
    forEachPlane { plane in
      let (coefficients, inverse, layout) = shared.value
      Self.invertDiagonal(UnsafePointer(coefficients), inverse, layout, diagonal, plane: plane)
    }
    zeroConstrained(inverseDiagonal.pointer)
  }

  private static func invertDiagonal(
    _ coefficients: UnsafePointer<Float>, _ inverse: UnsafeMutablePointer<Float>, _ layout: GridLayout,
    _ diagonal: [Float], plane: Int
  ) {
    let n = layout.cells.x
    withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.stride + 2) { row in
      let sums = row.baseAddress! + 1
      let layers = layout.isFlat ? 0..<1 : max(plane - 1, 0)..<min(plane + 1, layout.cells.z)
      for j in 0..<layout.rows {
        row.baseAddress!.update(repeating: 0, count: layout.stride + 2)
        for z in layers {
          for y in max(j - 1, 0)..<min(j + 1, layout.cells.y) {
            let source = coefficients + (z &* layout.layerSize &+ y &* layout.stride)
            for i in 0..<n { sums[i] += source[i] }
          }
        }
        for (component, value) in diagonal.enumerated() {
          let target = inverse + (plane &* layout.planeSize &+ j &* layout.rowSize &+ component &* layout.stride)
          for i in 0...n {
            let sum = sums[i] + sums[i &- 1]
            target[i] = sum > 0 ? value / sum : 0
          }
        }
      }
    }
  }

  /// Zeroes the entries of a field at constrained unknowns.
  func zeroConstrained(_ field: UnsafeMutablePointer<Float>) {
    constrained.withUnsafeBufferPointer { offsets in
      for offset in offsets { field[offset] = 0 }
    }
  }

  // MARK: - Smoothing

  /// Smooths A x = right from x = 0.
  func smoothFromZero() {
    let shared = UncheckedShared((iterate.pointer, other.pointer, right.pointer, inverseDiagonal.pointer))
    let step = Float(smoother.steps[0])
    let clearsOther = smoother.degree > 1
    forEachRange { range in
      let (x, other, right, inverse) = shared.value
      for i in range { x[i] = step * inverse[i] * right[i] }
      if clearsOther { (other + range.lowerBound).update(repeating: 0, count: range.count) }
    }
    smooth(from: 1)
  }

  /// Smooths A x = right from the present x.
  func smooth() { smooth(from: 0) }

  private func smooth(from first: Int) {
    for k in first..<max(smoother.degree, first) {
      kernel.sweep(
        Emission(
          mode: .smoothing, x: UnsafePointer(iterate.pointer), out: other.pointer, right: UnsafePointer(right.pointer),
          inverseDiagonal: UnsafePointer(inverseDiagonal.pointer), momentum: Float(smoother.momenta[k]),
          step: Float(smoother.steps[k])))
      swap(&iterate, &other)
    }
  }

  /// The residual of the present x, zero at constrained unknowns. It takes the place of the previous iterate.
  func residual() -> UnsafePointer<Float> {
    kernel.residual(UnsafePointer(iterate.pointer), UnsafePointer(right.pointer), into: other.pointer)
    zeroConstrained(other.pointer)
    return UnsafePointer(other.pointer)
  }
}
