import Backsolve

extension DesignLoop.Outcome {
  /// The first iteration whose design keeps the constraints and is as good as asked; `most` where none is.
  func iteration(reaching objective: Double, most: Int) -> Double {
    Double(history.rows.first { $0.objective <= objective && $0.worstViolation < 1e-3 }?.iteration ?? most)
  }
}
