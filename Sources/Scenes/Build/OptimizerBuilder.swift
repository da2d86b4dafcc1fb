import InverseDesign

/// Turns the optimizer of a scene into a method.
enum OptimizerBuilder {
  /// - Parameter continuationEnd: the iteration before which no criterion but the limit ends a run.
  static func build(
    _ declared: Located<Scene.Optimizer>, constraints: Int, boundForm: Bool, continuationEnd: Int,
    _ diagnostics: inout DiagnosticList
  ) -> (optimizer: any Optimizer, stopping: StoppingCriteria, scaling: DesignLoop.ObjectiveScaling)? {
    let limits = declared.value.stopping
    var stopping = StoppingCriteria(
      iterations: limits.iterations, change: limits.change > 0 ? limits.change : nil, optimality: limits.optimality)
    stopping.notBefore = continuationEnd
    func constrained<Method: Optimizer>(_ method: Method) -> any Optimizer {
      constraints > 0 || boundForm ? AugmentedLagrangian(method) : method
    }
    switch declared.value {
    case .optimalityCriteria(let options):
      guard constraints == 1, !boundForm else {
        diagnostics.add(
          declared.error(
            "optimality criteria handle one objective and one constraint", found: "\(constraints) constraints",
            remedy: "use `mma`"))
        return nil
      }
      var settings = OptimalityCriteria.Options()
      settings.moveLimit = options.moveLimit
      settings.damping = options.exponent
      settings.multiplierTolerance = options.multiplierTolerance
      settings.largestMultiplier = options.largestMultiplier
      settings.momentum = options.momentum
      return (OptimalityCriteria(settings), stopping, .none)
    case .mma(let options):
      return (MethodOfMovingAsymptotes(asymptotes(options)), stopping, .byFirstValue)
    case .gcmma(let options):
      return (GloballyConvergentMMA(asymptotes(options)), stopping, .byFirstValue)
    case .sqp(let options):
      var settings = SequentialQuadraticProgramming.Options()
      settings.moveLimit = options.moveLimit
      settings.firstStep = options.firstStep
      return (SequentialQuadraticProgramming(settings), stopping, .byFirstValue)
    case .lBFGSB(let options):
      var settings = LBFGSB.Options()
      settings.memory = options.memory
      return (constrained(LBFGSB(settings)), stopping, .byFirstValue)
    case .adam(let options):
      var settings = Adam.Options()
      settings.stepSize = options.step
      settings.meanDecay = options.beta1
      settings.squareDecay = options.beta2
      return (constrained(Adam(settings)), stopping, .byFirstValue)
    case .projectedGradient(let options):
      var settings = ProjectedGradient.Options()
      settings.memory = options.memory
      return (constrained(ProjectedGradient(settings)), stopping, .byFirstValue)
    case .crossEntropy(let options):
      guard !boundForm else { return refuseBoundForm(declared, &diagnostics) }
      var settings = CrossEntropyMethod.Options()
      settings.population = options.population
      settings.eliteFraction = options.elite
      settings.initialDeviation = options.initialDeviation
      settings.smoothing = options.smoothing
      settings.seed = UInt64(options.seed)
      settings.feasibility = stopping.feasibility
      return (CrossEntropyMethod(settings), stopping, .byFirstValue)
    case .covarianceAdaptation(let options):
      guard !boundForm else { return refuseBoundForm(declared, &diagnostics) }
      var settings = CovarianceMatrixAdaptation.Options()
      settings.population = options.population
      settings.initialDeviation = options.initialDeviation
      settings.seed = UInt64(options.seed)
      settings.feasibility = stopping.feasibility
      return (CovarianceMatrixAdaptation(settings), stopping, .byFirstValue)
    case .randomSearch(let options):
      guard !boundForm else { return refuseBoundForm(declared, &diagnostics) }
      var settings = RandomSearch.Options()
      settings.population = options.population
      settings.seed = UInt64(options.seed)
      settings.feasibility = stopping.feasibility
      return (RandomSearch(settings), stopping, .byFirstValue)
    case .bayesian(let options):
      guard !boundForm else { return refuseBoundForm(declared, &diagnostics) }
      var settings = TrustRegionBayesianOptimization.Options()
      settings.samples = options.samples
      settings.initialDeviation = options.initialDeviation
      settings.seed = UInt64(options.seed)
      settings.feasibility = stopping.feasibility
      return (TrustRegionBayesianOptimization(settings), stopping, .byFirstValue)
    case .external(let external):
      return (
        ExternalOptimizer(
          options: .init(
            command: external.command, restarts: external.restarts, timeLimit: external.timeLimit,
            feasibility: stopping.feasibility)), stopping, .byFirstValue
      )
    }
  }

  private static func refuseBoundForm<Built>(
    _ declared: Located<Scene.Optimizer>, _ diagnostics: inout DiagnosticList
  ) -> Built? {
    diagnostics.add(
      declared.error(
        "methods without gradients take no worst case in bound form", found: declared.value.word,
        remedy: "use `mma`, or `smooth-maximum` in the worst case"))
    return nil
  }

  private static func asymptotes(_ options: Scene.MovingAsymptotes) -> AsymptoteOptions {
    var settings = AsymptoteOptions()
    settings.initialDistance = options.asymptoteStart
    settings.growth = options.asymptoteGrow
    settings.shrinkage = options.asymptoteShrink
    settings.moveLimit = options.moveLimit
    return settings
  }
}
