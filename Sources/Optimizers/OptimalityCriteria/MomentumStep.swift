/// An update carried on beyond its end, along its change since the update before, at the same resource.
///
/// y + momentum (y - y_before), shifted as a whole within the bounds until the constraint has its value at y again.
/// Nesterov, Soviet Math. Dokl. 27 (1983) 372, with the optimality-criteria update y in place of a gradient's step; the
/// caller pauses it where the objective rose, after O'Donoghue & Candès, Found. Comput. Math. 15 (2015) 715, section 3.2.
struct MomentumStep {
  private let update: DenseVector
  /// Before the bounds and the shift.
  private let carried: DenseVector
  /// The largest shift that can be needed: a shift down by as much leaves no entry above its update's, one up none below.
  private let reach: Double
  private let bounds: Bounds

  init(_ update: DenseVector, since before: DenseVector, momentum: Double, within bounds: Bounds) {
    var carried = update.scaled(by: 1 + momentum)
    carried.add(before, scaledBy: -momentum)
    self.update = update
    self.carried = carried
    self.bounds = bounds
    reach = largestDifference(carried, update)
  }

  /// - Parameter constraint: Falls nowhere where an entry grows.
  /// - Returns: A design whose constraint is that of the update, or below it by at most 1e-9 of what the shifts change.
  func design(_ constraint: (DenseVector) -> Double) -> DenseVector {
    let wanted = constraint(update)
    var design = update
    func excess(_ shift: Double) -> Double {
      fill(&design, shift)
      return constraint(design) - wanted
    }
    var below = (shift: -reach, excess: excess(-reach))
    var above = (shift: reach, excess: excess(reach))
    let scale = above.excess - below.excess
    guard scale > 0 else { return update }
    var step = 0
    while below.excess < -1e-9 * scale, step < Self.mostSteps {
      // Secants, and every third time the middle, so that neither side stays.
      let share = step % 3 == 2 ? 0.5 : below.excess / (below.excess - above.excess)
      let middle = below.shift + share * (above.shift - below.shift)
      let value = excess(middle)
      if value > 0 { above = (middle, value) } else { below = (middle, value) }
      step += 1
    }
    fill(&design, below.shift)
    return design
  }

  private static let mostSteps = 90

  private func fill(_ design: inout DenseVector, _ shift: Double) {
    withReadPointers([carried, bounds.lower, bounds.upper]) { from in
      design.withUnsafeMutableBufferPointer { design in
        let shared = UncheckedShared(design)
        concurrentlyForEach(count: carried.count) { range in
          guard let design = shared.value.baseAddress else { return }
          let carried = from[0].base, lower = from[1].base, upper = from[2].base
          for i in range { design[i] = min(max(carried[i] + shift, lower[i]), upper[i]) }
        }
      }
    }
  }
}
