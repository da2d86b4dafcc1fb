import Backsolve
import LearnedPreconditioners

/// Starts of pressure solves by relaxed Jacobi iterations, learned on steps of a small dam break for naive objectives and for
/// those that look ahead, in whole runs beside zero, the last pressure, tuned extrapolation and projection.
func learnedPressureStudy() throws {
  let weight = 0.5, levels = 4, end = 0.6
  let small = PressureTank(water: .dam, across: 12)
  // The end of a run in seconds.
  let tests = [
    (small, end), (PressureTank(water: .dam, across: 24), end), (PressureTank(water: .drop, across: 24), 0.4),
  ]
  let jacobi = PressureIteration.relaxedJacobi(weight: weight)
  for solves in [PressureSolves.density, .densityAndDivergence] {
    print(solves == .density ? "IISPH, one solve a step" : "DFSPH, two solves a step")
    func run(_ tank: PressureTank, _ rule: StudiedStart.Rule, _ iteration: PressureIteration, until end: Double) throws
      -> (PressureRun, StudiedStart)
    {
      let start = StudiedStart(rule, spacing: tank.spacing, levels: levels)
      var simulation = tank.simulation(solves, iteration)
      if case .zero = rule {} else { simulation.pressureStart = start }
      return (try PressureRun(simulation, until: end), start)
    }
    func rows(_ name: String, _ rule: StudiedStart.Rule, _ iteration: PressureIteration) throws {
      for (tank, end) in tests {
        let (found, start) = try run(tank, rule, iteration, until: end)
        print("  \(name), \(tank.name): \(found.line), \(start.seconds) of them for starts")
      }
    }
    // The opponents are tuned where the networks learn.
    var best = (products: Int.max, share: 1.0, change: 0.0)
    for (share, change) in [(0.5, 0.0), (0.8, 0), (0.9, 0), (1, 0), (1, 0.3), (1, 0.6), (1, 1), (0.9, 0.5)] {
      let found = try run(small, .carried(share, change: change), jacobi, until: end).0
      print("  tuning: \(share) of the last pressure, \(change) of its change: \(found.line)")
      if found.products < best.products { best = (found.products, share, change) }
    }
    try rows("zero", .zero, jacobi)
    try rows("the last pressure", .carried(1, change: 0), jacobi)
    try rows("tuned: \(best.share), \(best.change)", .carried(best.share, change: best.change), jacobi)
    try rows("projection on 2", .projected(2), jacobi)
    try rows("projection on what a mixture is made of", .projectedEntries, jacobi)
    try rows("zero, conjugate gradients", .zero, .conjugateGradients)
    try rows("the last pressure, conjugate gradients", .carried(1, change: 0), .conjugateGradients)

    var samples: [PressureSystem.Solve: [MixtureSystem<SymmetricSparseMatrix>]] = [:]
    var heard = 0
    let recorder = StudiedStart(.carried(1, change: 0), spacing: small.spacing, levels: levels)
    recorder.record = { system, earlier, found in
      heard += 1
      guard heard % 3 == 0, !earlier.isEmpty else { return }
      let matrix = try system.matrix()
      let solution = try matrix.solvedAboveZero(system.rightSide, from: found)
      samples[system.solve, default: []].append(
        MixtureSystem(
          matrix, load: system.rightSide, diagonal: system.diagonal, isBounded: system.isBounded, solution: solution,
          base: earlier[0],
          entries: StudiedStart.entries(system, earlier, spacing: small.spacing, levels: levels)))
    }
    var simulation = small.simulation(solves, jacobi)
    simulation.pressureStart = recorder
    _ = try PressureRun(simulation, until: end)
    if let failure = recorder.failure { throw failure }
    for (solve, list) in samples { print("  \(list.count) systems of the \(solve) solve to learn from") }

    func trained(_ objective: RelaxationObjective, _ network: MixtureNetwork, steps: Int) throws -> (
      [PressureSystem.Solve: Tensor<Float>], Double
    ) {
      let begin = ProcessUsage.cpuSeconds
      var parameters: [PressureSystem.Solve: Tensor<Float>] = [:]
      for solve in [PressureSystem.Solve.density, .divergence] {
        guard let systems = samples[solve] else { continue }
        let training = MixtureStartTraining(systems, network, objective: objective, weight: weight)
        var options = Trainer.Options()
        options.steps = steps
        options.rate = RateSchedule(3e-3)
        options.averageDecay = 0.99
        options.largestGradient = 1
        let trainer = Trainer(network.layout, AdamW(), options)
        var state = trainer.start(seed: 1)
        while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
        parameters[solve] = trainer.answer(state)
        func mean(_ x: (MixtureSystem<SymmetricSparseMatrix>) -> DenseVector, _ objective: RelaxationObjective)
          -> Double
        {
          systems.reduce(0) { $0 + $1.loss(x($1), objective, weight: weight).value / Double(systems.count) }
        }
        let pool = TensorPool()
        let answer = trainer.answer(state)
        let report: [RelaxationObjective] = [
          .errorAfter(iterations: 0), .residualAfter(iterations: 0), .residualAfter(iterations: 16),
          .residualAfter(iterations: 64),
        ]
        print(
          "  \(objective) of the \(solve) solve: logs of error, residual, residual after 16, 64: the last pressure "
            + "\(report.map { mean({ $0.base }, $0) }), learned "
            + "\(report.map { mean({ $0.base + network.mixture($0.entries, answer, pool) }, $0) })")
      }
      return (parameters, ProcessUsage.cpuSeconds - begin)
    }
    for objective in [
      RelaxationObjective.errorAfter(iterations: 0), .residualAfter(iterations: 0), .errorAfter(iterations: 16),
      .residualAfter(iterations: 4), .residualAfter(iterations: 16), .residualAfter(iterations: 64),
    ] {
      let network = StudiedStart.network(levels: levels, hidden: [8])
      let (parameters, seconds) = try trained(objective, network, steps: 1500)
      try rows("\(objective), \(seconds) CPU s", .mixed(parameters, network), jacobi)
      if objective == .residualAfter(iterations: 16) {
        try rows("\(objective), conjugate gradients", .mixed(parameters, network), .conjugateGradients)
      }
    }
    for hidden in [[], [16]] {
      let network = StudiedStart.network(levels: levels, hidden: hidden)
      let objective = RelaxationObjective.residualAfter(iterations: 16)
      let (parameters, seconds) = try trained(objective, network, steps: 1500)
      try rows("\(objective), hidden \(hidden), \(seconds) CPU s", .mixed(parameters, network), jacobi)
    }
  }
}
