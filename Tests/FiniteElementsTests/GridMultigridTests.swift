import Testing

@testable import FiniteElements

@Suite struct GridMultigridTests {
  static func hierarchy(_ stiffness: GridStiffness, seed: UInt64?, fixed: [Int]) -> GridHierarchy {
    var coefficients = DenseVector(repeating: 1, count: stiffness.grid.cellCount)
    if let seed {
      var generator = SeededGenerator(seed: seed)
      coefficients = generator.vector(count: stiffness.grid.cellCount, in: 0.01...1)
    }
    let constrained = ConstrainedUnknowns(
      unknownCount: stiffness.unknownCount, fixed: Dictionary(uniqueKeysWithValues: fixed.map { ($0, 0) }))
    let hierarchy = GridHierarchy(stiffness, constrained: constrained, directCost: 1e4)
    hierarchy.update(stiffness.padded(coefficients), largest: 1)
    hierarchy.setSmoothing(Smoothing(degrees: [2, 3]))
    return hierarchy
  }

  /// All unknowns at x = 0.
  static func clamped(_ stiffness: GridStiffness) -> [Int] {
    let components = stiffness.componentsPerNode
    return (0..<stiffness.unknownCount).filter { stiffness.grid.position(ofNode: $0 / components)[0] == 0 }
  }

  static func random(_ level: GridLevel, _ seed: UInt64) -> AlignedBuffer<Float> {
    let buffer = AlignedBuffer<Float>(count: level.layout.nodalSize)
    var generator = SeededGenerator(seed: seed)
    for index in 0..<level.layout.unknownCount {
      buffer.pointer[level.layout.offset(ofUnknown: index)] = Float(generator.uniform() - 0.5)
    }
    level.zeroConstrained(buffer.pointer)
    return buffer
  }

  static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    (0..<count).reduce(0) { $0 + Double(a[$1]) * Double(b[$1]) }
  }

  static let stiffnesses: [GridStiffness] = [
    .elasticity(StructuredGrid(size: [12, 9], cells: [12, 9]), poissonRatio: 0.3),
    .elasticity(StructuredGrid(size: [8, 6, 7], cells: [8, 6, 7]), poissonRatio: 0.3),
    .diffusion(StructuredGrid(size: [9, 8, 8], cells: [9, 8, 8])),
    .elasticity(StructuredGrid(size: [18, 5, 1], cells: [18, 5, 1]), poissonRatio: 0.3),
  ]

  @Test(arguments: stiffnesses) func cycleIsSymmetric(_ stiffness: GridStiffness) {
    let hierarchy = Self.hierarchy(stiffness, seed: 4, fixed: [0, 1, 2, 30, 31, 32])
    let fine = hierarchy.levels[0]
    let n = fine.layout.nodalSize
    #expect(hierarchy.levels.count > 1)
    let a = Self.random(fine, 1), b = Self.random(fine, 2)
    func cycled(_ r: AlignedBuffer<Float>) -> [Float] {
      fine.right.pointer.update(from: r.pointer, count: n)
      hierarchy.cycle()
      return (0..<n).map { fine.iterate.pointer[$0] }
    }
    let ma = cycled(a), mb = cycled(b)
    let forth = Self.dot(ma, b.pointer, n), back = Self.dot(mb, a.pointer, n)
    let scale = (Self.dot(ma, a.pointer, n) * Self.dot(mb, b.pointer, n)).squareRoot()
    #expect(abs(forth - back) < 1e-5 * scale)
    #expect(Self.dot(ma, a.pointer, n) > 0)
  }

  /// For one coefficient on nested grids the rediscretised operator is the Galerkin product Pᵀ A P.
  @Test(arguments: [
    GridStiffness.elasticity(StructuredGrid(size: [12, 8], cells: [12, 8]), poissonRatio: 0.3),
    .elasticity(StructuredGrid(size: [8, 6, 4], cells: [8, 6, 4]), poissonRatio: 0.3),
    .diffusion(StructuredGrid(size: [8, 8, 4], cells: [8, 8, 4])),
  ]) func coarseOperatorIsGalerkinForOneCoefficient(_ stiffness: GridStiffness) {
    let hierarchy = Self.hierarchy(stiffness, seed: nil, fixed: [])
    let fine = hierarchy.levels[0], coarse = hierarchy.levels[1]
    let x = Self.random(coarse, 5), y = Self.random(coarse, 6)
    func prolonged(_ c: AlignedBuffer<Float>) -> AlignedBuffer<Float> {
      let field = AlignedBuffer<Float>(count: fine.layout.nodalSize)
      for plane in 0..<fine.layout.planes {
        hierarchy.transfers[0].prolong(UnsafePointer(c.pointer), addingTo: field.pointer, plane: plane)
      }
      return field
    }
    let px = prolonged(x), py = prolonged(y)
    let apx = AlignedBuffer<Float>(count: fine.layout.nodalSize),
      ax = AlignedBuffer<Float>(count: coarse.layout.nodalSize)
    fine.kernel.product(UnsafePointer(px.pointer), into: apx.pointer)
    coarse.kernel.product(UnsafePointer(x.pointer), into: ax.pointer)
    let galerkin = Self.dot(py.pointer, apx.pointer, fine.layout.nodalSize)
    let direct = Self.dot(y.pointer, ax.pointer, coarse.layout.nodalSize)
    #expect(abs(galerkin - direct) < 1e-4 * abs(direct))
    // Restriction is the transpose of prolongation.
    let restricted = AlignedBuffer<Float>(count: coarse.layout.nodalSize)
    for plane in 0..<coarse.layout.planes {
      hierarchy.transfers[0].restrict(UnsafePointer(apx.pointer), into: restricted.pointer, plane: plane)
    }
    #expect(abs(Self.dot(y.pointer, restricted.pointer, coarse.layout.nodalSize) - galerkin) < 1e-4 * abs(galerkin))
  }

  @Test(arguments: stiffnesses) func coarsestSolveIsExact(_ stiffness: GridStiffness) {
    let hierarchy = Self.hierarchy(stiffness, seed: 8, fixed: Self.clamped(stiffness))
    let level = hierarchy.levels[hierarchy.levels.count - 1]
    let n = level.layout.nodalSize
    let x = Self.random(level, 3)
    for offset in 0..<n where level.inverseDiagonal.pointer[offset] == 0 { x.pointer[offset] = 0 }
    level.kernel.product(UnsafePointer(x.pointer), into: level.right.pointer)
    CoarsestSolver(level).solveUpdated(level)
    let error = (0..<n).map { level.iterate.pointer[$0] - x.pointer[$0] }
    #expect(Self.dot(error, error, n) < 1e-6 * Self.dot(x.pointer, x.pointer, n))
  }
}

extension CoarsestSolver {
  fileprivate func solveUpdated(_ level: GridLevel) {
    update(level)
    solve(level)
  }
}
