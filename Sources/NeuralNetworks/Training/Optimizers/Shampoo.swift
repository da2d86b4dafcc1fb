#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Shampoo (Gupta, Koren & Singer 2018, algorithm 1): a gradient that is a matrix G is multiplied from both sides by
/// roots of what the gradients so far have added up, L^(-1/4) G R^(-1/4) with L = sum of G G^T and R = sum of G^T G.
///
/// A slot of more than two axes is a matrix of its last axis and the others together. A slot of one axis has a
/// diagonal instead, as in AdaGrad; and a side longer than `longestSide` has none, so that the other takes its root twice.
public struct Shampoo: StochasticOptimizer {
  /// epsilon: what L and R begin with, times the identity.
  public var smallest = 1e-4
  /// Of the sums: 1 for sums, less for running means.
  public var decay = 1.0
  /// Of the momentum of the preconditioned gradient; 0 for none.
  public var meanDecay = 0.9
  /// Steps from one computation of the roots to the next.
  public var interval = 10
  public var longestSide = 512

  public init() {}

  public var name: String { "shampoo" }

  /// One slot as a matrix, and where its sums and roots lie in the memory.
  private struct Sides {
    let rows: Int
    let columns: Int
    let hasLeft: Bool
    let hasRight: Bool
    let isDiagonal: Bool

    init(_ slot: ParameterSlot, longest: Int) {
      columns = slot.shape.last ?? 1
      rows = slot.range.count / max(1, columns)
      isDiagonal = slot.shape.count < 2 || (rows > longest && columns > longest)
      hasLeft = !isDiagonal && rows <= longest
      hasRight = !isDiagonal && columns <= longest
    }

    /// -1/4 from two sides, -1/2 from one.
    var power: Double { hasLeft && hasRight ? -0.25 : -0.5 }
  }

  // The memory's vectors: the momentum; then of every slot the sums and the roots of the left and the right side, or
  // the diagonal and nothing. Its numbers: of every slot its rows and columns, which `update` is not told.

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    var memory = OptimizerMemory(zeros: 1, like: parameters)
    for slot in layout.slots {
      let sides = Sides(slot, longest: longestSide)
      func identity(_ n: Int, _ exists: Bool, _ factor: Double) -> Tensor<Float> {
        guard exists else { return Tensor(zeros: [0]) }
        var result = Tensor<Float>(zeros: [n * n])
        for i in 0..<n { result[i * n + i] = Float(factor) }
        return result
      }
      let root = pow(smallest, sides.power)
      memory.vectors.append(
        sides.isDiagonal
          ? Tensor(repeating: Float(smallest), shape: [slot.range.count])
          : identity(sides.rows, sides.hasLeft, smallest))
      memory.vectors.append(identity(sides.rows, sides.hasLeft, root))
      memory.vectors.append(identity(sides.columns, sides.hasRight, smallest))
      memory.vectors.append(identity(sides.columns, sides.hasRight, root))
      memory.numbers += [
        Double(slot.range.count), Double(sides.rows), Double(sides.columns), sides.isDiagonal ? 0 : sides.power,
      ]
    }
    return memory
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    var direction = Tensor<Float>(zeros: [gradient.count])
    var first = 0
    for slot in 0..<(memory.numbers.count / 4) {
      let (count, rows) = (Int(memory.numbers[4 * slot]), Int(memory.numbers[4 * slot + 1]))
      let (columns, power) = (Int(memory.numbers[4 * slot + 2]), memory.numbers[4 * slot + 3])
      let g = gradient.withUnsafeBufferPointer { g in (0..<count).map { Double(g[first + $0]) } }
      let step =
        power == 0
        ? diagonalStep(g, &memory.vectors[1 + 4 * slot])
        : matrixStep(g, rows: rows, columns: columns, power: power, &memory, at: 1 + 4 * slot)
      direction.withUnsafeMutableBufferPointer { d in for i in 0..<count { d[first + i] = Float(step[i]) } }
      first += count
    }
    let (mean, rate) = (Float(meanDecay), Float(rate))
    memory.update(&parameters, gradient: direction) { range, p in
      for i in range {
        p.vectors[0][i] = mean * p.vectors[0][i] + (1 - mean) * p.gradient[i]
        p.parameters[i] -= rate * p.vectors[0][i]
      }
    }
  }

  private func diagonalStep(_ g: [Double], _ sums: inout Tensor<Float>) -> [Double] {
    sums.withUnsafeMutableBufferPointer { sums in
      g.indices.map { i in
        sums[i] = Float(decay * Double(sums[i]) + g[i] * g[i])
        return g[i] / Double(sums[i]).squareRoot()
      }
    }
  }

  private func matrixStep(
    _ g: [Double], rows: Int, columns: Int, power: Double, _ memory: inout OptimizerMemory, at place: Int
  ) -> [Double] {
    var g = g
    for (side, n) in [(0, rows), (2, columns)] where memory.vectors[place + side].count > 0 {
      let outer = SmallMatrix(g, rows, columns).gram(ofRows: side == 0)
      var sums = memory.vectors[place + side].elements.map(Double.init)
      for i in sums.indices { sums[i] = decay * sums[i] + outer[i] }
      memory.vectors[place + side] = Tensor(sums.map { Float($0) }, shape: [n * n])
      // The last roots serve on where the eigenvalues are not found.
      if (memory.step - 1) % interval == 0,
        let root = symmetricPower(sums, n: n, power: power, smallest: 0.01 * smallest)
      {
        memory.vectors[place + side + 1] = Tensor(root.map { Float($0) }, shape: [n * n])
      }
    }
    if memory.vectors[place + 1].count > 0 {
      g = SmallMatrix(memory.vectors[place + 1].elements.map(Double.init), rows, rows).times(g, columns: columns)
    }
    if memory.vectors[place + 3].count > 0 {
      g = SmallMatrix(g, rows, columns).times(memory.vectors[place + 3].elements.map(Double.init), columns: columns)
    }
    return g
  }
}
