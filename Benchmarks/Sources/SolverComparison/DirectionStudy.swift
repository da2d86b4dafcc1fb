import Backsolve
import LearnedPreconditioners

/// Learned directions on boxes with obstacles, trained on small ones, beside multigrid and the diagonal: iterations, CPU seconds, and
/// the work of a candidate in products with the matrix.
func directionStudy(_ dimension: Int, side: Int, steps: Int, tests: [Int]) throws {
  func cells(_ n: Int) -> [Int] { [Int](repeating: n, count: dimension) }
  let start = ProcessUsage.cpuSeconds
  let training = try DirectionTraining(
    try (0..<8).map { try ObstacleGrids.random(cells(side), seed: UInt64(100 + $0)) }, dimension: dimension)
  var options = Trainer.Options()
  options.steps = steps
  options.rate = RateSchedule(2e-3)
  options.largestGradient = 1
  options.averageDecay = 0.98
  let trainer = Trainer(training.layout, AdamW(), options)
  var state = trainer.start(seed: 1)
  while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
  print("\(dimension)D, trained at \(side) cells an axis in \(ProcessUsage.cpuSeconds - start) CPU s")
  let iteration = IterationOptions(relativeTolerance: 1e-6, maxIterations: 3000, stallWindow: 300)
  var learned = ConjugateDirections(LearnedDirections(trainer.answer(state), dimension: dimension), options: iteration)
  learned.refusals = 60
  for n in tests {
    let matrix = try ObstacleGrids.random(cells(n), seed: 1)
    let load = try ObstacleGrids.load(matrix, seed: 2)
    func run<Solver: LinearSolver>(_ name: String, _ solver: Solver) where Solver.Operator == GridOperator {
      let start = ProcessUsage.cpuSeconds
      do {
        let prepared = try solver.prepare(matrix, reusing: nil)
        let ready = ProcessUsage.cpuSeconds
        let report = try solver.solve(prepared, columns: [load], from: nil).report
        print(
          "  \(n): \(name) \(report.iterations) iterations, set-up \(ready - start) s, solve "
            + "\(ProcessUsage.cpuSeconds - ready) s \(report.notes)")
      } catch { print("  \(n): \(name) \(error)") }
    }
    run("learned directions", learned)
    run("multigrid", MultigridCG(MultigridOptions(relativeTolerance: 1e-6)))
    run("diagonal", ConjugateGradient(JacobiPreconditioner<GridOperator>(), options: iteration))
    let prepared = try learned.prepare(matrix, reusing: nil)
    print("  a candidate: \(learned.candidateWork(prepared) / matrix.multiplyAdds) products with the matrix")
  }
}
