import Backsolve
import LearnedPreconditioners

/// Directions mixed from residuals in the pressure solves of particles, on the particles whose pressure is above zero, beside
/// conjugate gradients with classical preconditioners: iterations and work in products with the matrix.
func mixedDirectionStudy() throws {
  typealias Matrix = SymmetricSparseMatrix
  typealias System = (MixtureDirections<Matrix>.Prepared, Matrix, load: DenseVector, solution: DenseVector)
  let levels = 5

  /// Some systems of a run, spread over it.
  func systems(_ tank: PressureTank, count: Int, until end: Double) throws -> [System] {
    var found: [System] = []
    var (heard, every) = (0, 0)
    let recorder = StudiedStart(.carried(1, change: 0), spacing: tank.spacing, levels: levels)
    let direct = CholeskySolver<Matrix>()
    recorder.record = { system, _, x in
      heard += 1
      guard every > 0, heard % every == 0 else { return }
      let free = (0..<x.count).filter { x[$0] > 0 }
      let matrix = try system.matrix().restricted(to: free)
      let load = DenseVector(free.map { system.rightSide[$0] })
      let points = Array(system.positions)
      let solution = try direct.solve(try direct.prepare(matrix, reusing: nil), columns: [load], from: nil).solutions[0]
      let prepared = try MixtureDirections<Matrix>.Prepared(
        matrix, points: free.flatMap { points[2 * $0..<2 * $0 + 2] }, dimension: 2, spacing: tank.spacing,
        levels: levels, radius: 2.4 * tank.spacing)
      found.append((prepared, matrix, load, solution))
    }
    var simulation = tank.simulation(.density, .conjugateGradients)
    simulation.pressureStart = recorder
    _ = try PressureRun(simulation, until: end)
    every = max(1, heard / count)
    heard = 0
    let again = StudiedStart(.carried(1, change: 0), spacing: tank.spacing, levels: levels)
    again.record = recorder.record
    simulation.pressureStart = again
    _ = try PressureRun(simulation, until: end)
    if let failure = again.failure { throw failure }
    return found
  }

  let small = try systems(PressureTank(water: .dam, across: 12), count: 60, until: 0.6)
  print("\(small.count) systems to learn from, of \(small[0].1.dimension) unknowns")
  func trained(hidden: [Int], steps: Int) throws -> (Tensor<Float>, MixtureNetwork) {
    let begin = ProcessUsage.cpuSeconds
    let network = MixtureDirections<Matrix>.network(levels: levels, hidden: hidden)
    let training = MixtureDirectionTraining(small.map { ($0.0, $0.load, $0.solution) }, network)
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(3e-3)
    options.largestGradient = 1
    options.averageDecay = 0.99
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
    print("  hidden \(hidden), \(steps) steps: \(ProcessUsage.cpuSeconds - begin) CPU s")
    return (trainer.answer(state), network)
  }
  let options = IterationOptions(relativeTolerance: 1e-6, maxIterations: 5000)
  let learned = try [([Int](), 2000), ([8], 4000), ([32, 32], 8000)].map { hidden, steps in
    let (parameters, network) = try trained(hidden: hidden, steps: steps)
    return ("hidden \(hidden), \(steps) steps", MixtureDirections<Matrix>(parameters, network, options: options))
  }.flatMap { name, method in
    var longer = method
    longer.memory = 20
    return [(name, method), (name + ", conjugate to 20", longer)]
  }
  for (tank, end) in [
    (PressureTank(water: .dam, across: 12), 0.6), (PressureTank(water: .dam, across: 24), 0.4),
    (PressureTank(water: .dam, across: 48), 0.2), (PressureTank(water: .drop, across: 24), 0.4),
  ] {
    let list = try systems(tank, count: 8, until: end)
    let unknowns = list.reduce(0) { $0 + $1.1.dimension } / list.count
    let product = list.reduce(0) { $0 + $1.1.multiplyAdds } / Double(list.count)
    print(
      "\(tank.name): \(list.count) systems of \(unknowns) unknowns, a product \(product / Double(unknowns)) multiply-adds an unknown"
    )
    func row(_ name: String, _ solve: (System) throws -> (SolveReport, setUp: Double)) {
      var (iterations, work, setUps, notes) = (0, 0.0, 0.0, Set<String>())
      let begin = ProcessUsage.cpuSeconds
      for system in list {
        do {
          let (report, setUp) = try solve(system)
          iterations += report.iterations
          work += report.multiplyAdds
          setUps += setUp
          notes.formUnion(report.notes)
        } catch { notes.insert("\(error)") }
      }
      let count = Double(list.count)
      print(
        "  \(name): \(Double(iterations) / count) iterations, \(work / count / product) products, "
          + "\((ProcessUsage.cpuSeconds - begin) / count * 1e3) CPU ms, \(setUps / count * 1e3) of them set-up \(notes.sorted().prefix(2))"
      )
    }
    func classical<Factory: PreconditionerFactory>(_ factory: Factory) where Factory.Operator == Matrix {
      let solver = ConjugateGradient(factory, options: options)
      row(factory.name) { system in
        let begin = ProcessUsage.cpuSeconds
        let prepared = try solver.prepare(system.1, reusing: nil)
        let ready = ProcessUsage.cpuSeconds
        return (try solver.solve(prepared, columns: [system.load], from: nil).report, ready - begin)
      }
    }
    classical(NoPreconditioner())
    classical(JacobiPreconditioner<Matrix>())
    classical(IncompleteCholeskyPreconditioner<Matrix>())
    row("smoothed-aggregation") { system in
      let begin = ProcessUsage.cpuSeconds
      let solver = ConjugateGradient(
        SmoothedAggregationPreconditioner<Matrix>(
          .translations(unknownCount: system.1.dimension), coarsestSize: 100), options: options)
      let prepared = try solver.prepare(system.1, reusing: nil)
      let ready = ProcessUsage.cpuSeconds
      return (try solver.solve(prepared, columns: [system.load], from: nil).report, ready - begin)
    }
    row("relaxed Jacobi") { system in
      let (a, diagonal) = (system.1, system.1.diagonal())
      var report = SolveReport(solver: "relaxed-jacobi")
      var x = DenseVector(zeros: a.dimension), r = system.load
      while r.norm > 1e-6 * system.load.norm, report.iterations < 100_000 {
        for i in 0..<x.count { x[i] += 0.5 * r[i] / diagonal[i] }
        r = system.load - a.apply(x)
        report.iterations += 1
        report.multiplyAdds += a.multiplyAdds
      }
      return (report, 0)
    }
    for (name, method) in learned {
      row("mixed directions, \(name), a direction \(method.directionWork(list[0].0) / list[0].1.multiplyAdds) products")
      {
        (try method.solve($0.0, $0.load).report, 0)
      }
    }
  }
}

/// Conjugate gradients as they are.
private struct NoPreconditioner: PreconditionerFactory {
  struct Prepared: Preconditioner {
    let count: Int
    var work: PreconditionerWork { PreconditionerWork(preparation: 0, application: 0) }
    func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) { z.update(from: r, count: count) }
  }

  let name = "none"

  func prepare(_ a: SymmetricSparseMatrix, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    Prepared(count: a.dimension)
  }
}
