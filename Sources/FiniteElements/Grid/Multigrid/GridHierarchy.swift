/// A V-cycle of geometric multigrid in single precision, for one grid and one set of constraints.
///
/// Coarse operators are the same cell matrix on larger cells with the mean coefficient of the cells inside
/// (rediscretised). Interpolation is trilinear, smoothing Chebyshev-Jacobi with a degree per level, and the coarsest grid is
/// solved directly. The cycle is a symmetric positive definite map.
final class GridHierarchy {
  let stiffness: GridStiffness
  let constrained: ConstrainedUnknowns
  let levels: [GridLevel]
  private let coarsenings: [Coarsening]
  let transfers: [GridTransfer]
  private let coarsest: CoarsestSolver

  init(_ stiffness: GridStiffness, constrained: ConstrainedUnknowns, directCost: Double? = nil) {
    self.stiffness = stiffness
    self.constrained = constrained
    let form = stiffness.form
    let scale = 1 / form.diagonal.max()!
    let layout = stiffness.layout
    var levels = [
      GridLevel(
        layout: layout, form: form, scale: scale,
        constrained: constrained.indices.map { layout.offset(ofUnknown: $0) }.sorted(),
        largestEigenvalue: form.largestScaledEigenvalue)
    ]
    var coarsenings: [Coarsening] = []
    var transfers: [GridTransfer] = []
    var cells = stiffness.grid.cells
    var spacing = stiffness.grid.spacing
    let affordable = directCost ?? max(4e6, 20 * Double(layout.unknownCount))
    while CoarsestSolver.cost(levels[levels.count - 1].layout) > affordable,
      let next = Coarsening(cells: cells, spacing: spacing)
    {
      let fine = levels[levels.count - 1]
      let coarse = GridLayout(cells: next.cells, components: form.components)
      let coarseForm = form.resized(from: spacing, to: next.spacing)
      let isSimilar = next.halves == (true, true, coarse.isFlat ? next.halves.z : true)
      transfers.append(GridTransfer(fine: fine.layout, coarse: coarse, halves: next.halves))
      levels.append(
        GridLevel(
          layout: coarse, form: coarseForm, scale: scale,
          constrained: next.constrained(fine.constrained, fine: fine.layout, coarse: coarse),
          largestEigenvalue: isSimilar ? fine.largestEigenvalue : coarseForm.largestScaledEigenvalue))
      coarsenings.append(next)
      (cells, spacing) = (next.cells, next.spacing)
    }
    self.levels = levels
    self.coarsenings = coarsenings
    self.transfers = transfers
    coarsest = CoarsestSolver(levels[levels.count - 1])
  }

  /// Takes new coefficients, in padded cell rows, into account. They are divided by `largest`.
  func update(_ coefficients: AlignedBuffer<Double>, largest: Double, rule: (any CycleRule)? = nil) {
    let fine = levels[0]
    let factor = 1 / largest
    // Far below any contrast of use, and far above the smallest single-precision number.
    let least: Float = 1e-25
    for i in 0..<fine.layout.cellSize {
      let value = coefficients.pointer[i]
      fine.coefficients.pointer[i] = value > 0 ? max(Float(value * factor), least) : 0
    }
    for (index, coarsening) in coarsenings.enumerated() {
      let source = levels[index], target = levels[index + 1]
      let shared = UncheckedShared((source.coefficients.pointer, target.coefficients.pointer))
      let layouts = (source.layout, target.layout)
      let share = UncheckedShared((coarsening, layouts))
      concurrentlyForEach(piece: target.layout.cells.z) { layer in
        let (coarsening, layouts) = share.value
        coarsening.average(
          UnsafePointer(shared.value.0), layouts.0, into: shared.value.1, layouts.1, layer: layer)
      }
    }
    if let rule { apply(rule) }
    for level in levels { level.update() }
    coarsest.update(levels[levels.count - 1])
  }

  /// Multiplies the means on the coarse grids by what a rule says of them.
  private func apply(_ rule: some CycleRule) {
    let factors = (1..<max(1, levels.count)).map { index in
      rule.factors(level: index, fine: GridCells(levels[index - 1]), coarse: GridCells(levels[index]))
    }
    for (level, factors) in zip(levels.dropFirst(), factors) {
      let cells = level.layout.cells
      precondition(factors.count == cells.x * cells.y * cells.z, "a rule gave \(factors.count) factors")
      let largest = type(of: rule).largestFactor
      for row in 0..<cells.y * cells.z {
        let (layer, j) = (row / cells.y, row % cells.y)
        let target = level.coefficients.pointer + (layer &* level.layout.layerSize &+ j &* level.layout.stride)
        for i in 0..<cells.x {
          let factor = factors[row &* cells.x &+ i]
          if factor.isFinite { target[i] *= min(max(factor, 1 / largest), largest) }
        }
      }
    }
  }

  /// Sets the smoothers: degree by level, the last one repeated.
  func setSmoothing(_ smoothing: Smoothing, rule: (any CycleRule)? = nil) {
    for (index, level) in levels.enumerated() {
      let degree = smoothing.degrees[min(index, smoothing.degrees.count - 1)]
      var ofLevel = smoothing
      if let factor = rule?.widthFactor(level: index), factor.isFinite { ofLevel.width *= min(max(factor, 0.1), 10) }
      level.smoother = ChebyshevPolynomial(
        degree: degree, largest: level.largestEigenvalue, ratio: ofLevel.ratio(degree: degree))
    }
  }

  /// Of a cycle: as many products a level as its smoothers have degrees and one for the residual, less the first from
  /// zero. Single precision counts half.
  var cycleMultiplyAdds: Double {
    var sum = 0.0
    for level in levels.dropLast() {
      let products = Double(2 * level.smoother.degree)
      sum += products * (level.layout.productMultiplyAdds + 3 * Double(level.layout.unknownCount))
    }
    return sum / 2 + coarsest.solveMultiplyAdds
  }

  /// Of the factor on the coarsest grid; means and diagonals are a few sweeps.
  var preparationMultiplyAdds: Double {
    CoarsestSolver.cost(levels[levels.count - 1].layout) / 2 + 4 * Double(levels[0].layout.unknownCount)
  }

  /// One cycle: the iterate of the finest level becomes M⁻¹ times its right side.
  func cycle() { cycle(0) }

  private func cycle(_ index: Int) {
    let level = levels[index]
    if index == levels.count - 1 {
      coarsest.solve(level)
      return
    }
    level.smoothFromZero()
    let next = levels[index + 1]
    let shared = UncheckedShared((level.residual(), next.right.pointer, transfers[index]))
    next.forEachPlane { plane in
      let (residual, right, transfer) = shared.value
      transfer.restrict(residual, into: right, plane: plane)
    }
    next.zeroConstrained(next.right.pointer)
    cycle(index + 1)
    let back = UncheckedShared((next.iterate.pointer, level.iterate.pointer, transfers[index]))
    level.forEachPlane { plane in
      let (correction, iterate, transfer) = back.value
      transfer.prolong(UnsafePointer(correction), addingTo: iterate, plane: plane)
    }
    level.zeroConstrained(level.iterate.pointer)
    level.smooth()
  }
}
