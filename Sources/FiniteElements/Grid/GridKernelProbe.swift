/// The hot kernels of `GridOperator` and `MultigridCG` on their own memory layout, for benchmarks.
@_spi(Benchmarks) public final class GridKernelProbe {
  private let double: GridKernel<Double>
  private let single: GridKernel<Float>
  private let doubles: [AlignedBuffer<Double>]
  private let floats: [AlignedBuffer<Float>]

  public init(_ stiffness: GridStiffness, coefficients: DenseVector) {
    let layout = stiffness.layout
    let padded = stiffness.padded(coefficients)
    let rounded = AlignedBuffer<Float>(count: layout.cellSize)
    for i in 0..<layout.cellSize { rounded.pointer[i] = Float(padded.pointer[i]) }
    double = GridKernel(stiffness.form, layout: layout, coefficients: padded)
    single = GridKernel(stiffness.form, layout: layout, coefficients: rounded)
    doubles = (0..<2).map { _ in AlignedBuffer(count: layout.nodalSize) }
    floats = (0..<4).map { _ in AlignedBuffer(count: layout.nodalSize) }
    for i in 0..<layout.nodalSize where i % layout.stride <= layout.cells.x {
      doubles[0].pointer[i] = Double(i % 7) - 3
      floats[0].pointer[i] = Float(i % 7) - 3
    }
  }

  /// y = A x in double precision, the product of the conjugate gradient iteration.
  public func doubleProduct() { double.product(UnsafePointer(doubles[0].pointer), into: doubles[1].pointer) }

  /// y = A x in single precision.
  public func singleProduct() { single.product(UnsafePointer(floats[0].pointer), into: floats[1].pointer) }

  /// A smoothing step of the multigrid cycle.
  public func smoothing() {
    single.sweep(
      Emission(
        mode: .smoothing, x: UnsafePointer(floats[0].pointer), out: floats[1].pointer,
        right: UnsafePointer(floats[2].pointer), inverseDiagonal: UnsafePointer(floats[3].pointer), momentum: 0.3,
        step: 0.1))
  }

  /// Bytes that a kernel must move at least: each field and the coefficients once.
  public var doubleProductBytes: Double { 8 * Double(2 * double.layout.nodalSize + double.layout.cellSize) }
  public var singleProductBytes: Double { doubleProductBytes / 2 }
  public var smoothingBytes: Double { 4 * Double(5 * single.layout.nodalSize + single.layout.cellSize) }
}
