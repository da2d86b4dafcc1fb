extension Evaluation {
  /// How far a point is from satisfying the Karush-Kuhn-Tucker conditions of stationarity: the largest entry of the
  /// Lagrangian's gradient that no bound holds back, relative to the largest entry of the gradients in it.
  func stationarity(at x: DenseVector, within bounds: Bounds, multipliers: [Double]) -> Double {
    let n = x.count
    let rows = [objectiveGradient] + constraintGradients
    let weights = [1.0] + multipliers
    let block = 16384
    let pieces = (n + block - 1) / block
    let largest = WorkArray(2 * pieces)
    withReadPointers([x, bounds.lower, bounds.upper] + rows) { from in
      concurrentlyForEach(piece: pieces) { piece in
        var residual = 0.0
        var scale = 0.0
        let x = from[0].base, low = from[1].base, high = from[2].base
        for j in (piece * block)..<min(n, (piece + 1) * block) {
          var slope = 0.0
          for row in 0..<weights.count {
            let part = weights[row] * from[3 + row].base[j]
            slope += part
            scale = max(scale, abs(part))
          }
          let held = slope > 0 ? x[j] <= low[j] : x[j] >= high[j]
          if !held { residual = max(residual, abs(slope)) }
        }
        largest.base[2 * piece] = residual
        largest.base[2 * piece + 1] = scale
      }
    }
    var residual = 0.0
    var scale = 0.0
    for piece in 0..<pieces {
      residual = max(residual, largest.base[2 * piece])
      scale = max(scale, largest.base[2 * piece + 1])
    }
    return scale > 0 ? residual / scale : 0
  }
}
