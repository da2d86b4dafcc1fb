import InverseDesign
import Scenes

/// What a caller is told after every iteration; see the header.
public typealias IterationCallback =
  @convention(c) (
    _ user: UnsafeMutableRawPointer?, _ iteration: Int32, _ objective: Double, _ worstViolation: Double,
    _ change: Double, _ rows: UnsafePointer<Double>?, _ rowCount: Int
  ) -> Int32

@c(backsolve_optimize)
public func optimize(
  _ scene: UInt64, _ callback: IterationCallback?, _ user: UnsafeMutableRawPointer?,
  _ design: UnsafeMutablePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ iterations: UnsafeMutablePointer<Int32>?,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.scene(scene)
    let model = open.model
    let design = try Output(design, designCount, expected: model.designCount, "design")
    let rows = try Output(rows, rowCount, expected: model.rows.count, "rows")
    let optimizable = model.scene
    let loop = DesignLoop(
      problem: optimizable.problem, optimizer: optimizable.optimizer, stopping: optimizable.stopping,
      scaling: optimizable.scaling)
    var isStopped = false
    let outcome = try open.cancellable {
      try loop.run(
        hooks: DesignLoop.Hooks(
          afterIteration: { history, latest, _ in
            guard let callback, let row = history.rows.last else { return }
            let status = latest.values.withUnsafeBufferPointer {
              callback(
                user, Int32(clamping: row.iteration), row.objective, row.worstViolation, row.change, $0.baseAddress,
                $0.count)
            }
            if status != 0 { isStopped = true }
          }, shouldStop: { isStopped || CancellationFlag.isRaised ? .interrupted : nil }))
    }
    objective?.pointee = optimizable.problem.objectiveValue(outcome.values)
    iterations?.pointee = Int32(clamping: outcome.history.rows.count)
    design.write(outcome.design)
    rows.write(DenseVector(outcome.values))
    MessageBuffer(start: message, capacity: capacity).write(outcome.reason.status)
  }
}
