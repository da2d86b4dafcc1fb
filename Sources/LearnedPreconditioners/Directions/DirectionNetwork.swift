/// A convolutional network that proposes a search direction for a residual on a grid with obstacles.
///
/// The form is that of a multigrid cycle: on every level a residual block, the same weights on all levels, then the mean of blocks
/// down and nearest neighbours up through one matrix; so a network trained on small grids reaches across large ones by more
/// levels. Obstacles enter as a mask. Kaneda, Akar, Chen, Kala, Hyde & Teran, "A deep conjugate direction method for iteratively
/// solving linear systems" (ICML 2023), have levels with weights of their own.
struct DirectionNetwork: Sendable {
  /// Numbers of a cell.
  static let channels = 4

  let axes: Int
  let layout: ParameterLayout
  private let entrance: Convolution
  private let before: (Convolution, Convolution)
  private let after: (Convolution, Convolution)
  private let up: Linear
  private let exit: Linear

  init(axes: Int) {
    self.axes = axes
    let c = Self.channels
    var layout = ParameterLayout()
    let window = [Int](repeating: 3, count: axes)
    func block(_ name: String) -> (Convolution, Convolution) {
      (
        Convolution(name + ".first", c + 1, to: c, window: window, in: &layout),
        Convolution(name + ".second", c, to: c, window: window, in: &layout)
      )
    }
    entrance = Convolution("entrance", 2, to: c, window: window, in: &layout)
    before = block("before")
    after = block("after")
    up = Linear("up", c, to: c, in: &layout)
    exit = Linear("exit", c, to: 1, in: &layout)
    self.layout = layout
  }

  /// - Parameters:
  ///   - residual: `[1, nodes…, 1]`, its mean square over open nodes one.
  ///   - mask: Likewise; one where a node is open, zero where it is held or inside an obstacle.
  ///   - levels: How often the nodes along every axis are halved.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: `[1, nodes…, 1]`.
  func callAsFunction<S>(_ residual: Variable<S>, mask: Variable<S>, levels: Int, _ p: BoundParameters<S>)
    -> Variable<S>
  {
    exit(level(entrance(.joined([residual, mask]), p), mask, levels, p), p) * mask
  }

  private func level<S>(_ x: Variable<S>, _ mask: Variable<S>, _ levels: Int, _ p: BoundParameters<S>) -> Variable<S> {
    var x = x + before.1(before.0(.joined([x, mask]), p).relu(), p)
    if levels > 0 {
      let coarse = level(x.averagePooled(), mask.averagePooled(), levels - 1, p)
      x = x + up(coarse, p).upsampled()
    }
    return x + after.1(after.0(.joined([x, mask]), p).relu(), p)
  }

  /// Multiply-adds for one node of the finest level, coarser ones included.
  var multiplyAddsPerNode: Double {
    let window = [Int](repeating: 3, count: axes).reduce(1, *)
    let c = Self.channels
    let block = window * ((c + 1) * c + c * c)
    let coarser = Double(1 << axes) / Double((1 << axes) - 1)
    return coarser * Double(2 * block + c * c) + Double(window * 2 * c + c)
  }
}
