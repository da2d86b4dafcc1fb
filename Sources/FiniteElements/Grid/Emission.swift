/// What a kernel does with a finished row of y = A x: store it, or use it at once while it is in registers.
///
/// Pointers are to the start of the node plane (or of the field in 2D).
struct Emission<Scalar: GridScalar> {
  enum Mode { case product, residual, smoothing }

  var mode: Mode
  /// The vector that A is applied to.
  var x: UnsafePointer<Scalar>
  /// `product`: y. `residual`: b - y. `smoothing`: the previous iterate, replaced by the next one.
  var out: UnsafeMutablePointer<Scalar>
  var right: UnsafePointer<Scalar>
  var inverseDiagonal: UnsafePointer<Scalar>
  /// x_next = x + momentum (x - x_previous) + step D⁻¹ (b - A x)
  var momentum: Scalar = 0
  var step: Scalar = 0

  /// Asks for the lines that `emit` will touch at row offset `o`.
  @inline(__always)
  func prefetch(_ o: Int) {
    BuildProcessor.prefetch(out + o)
    if mode != .product { BuildProcessor.prefetch(right + o) }
    if mode == .smoothing { BuildProcessor.prefetch(inverseDiagonal + o) }
  }

  /// Uses the lanes `y` of row offset `o`; adds x·y to `inner` for products.
  @inline(__always)
  func emit<V: Lanes>(_ y: V, at o: Int, inner: inout V) where V.Scalar == Scalar {
    switch mode {
    case .product:
      y.store(out + o)
      inner = V.fused(inner, V.load(x + o), y)
    case .residual:
      (V.load(right + o) - y).store(out + o)
    case .smoothing:
      let here = V.load(x + o)
      let change = V.load(inverseDiagonal + o) * (V.load(right + o) - y)
      let moved = V.fused(here, V.broadcast(momentum), here - V.load(out + o))
      V.fused(moved, V.broadcast(step), change).store(out + o)
    }
  }
}
