import Aerodynamics
import FieldIO
import InverseDesign

/// Turns a decoded scene of an airfoil into its models and its problem.
struct AirfoilSceneBuilder {
  private let scene: Scene
  private let physics: Scene.Airfoil

  init(_ file: SceneFile, _ physics: Scene.Airfoil) {
    scene = file.scene
    self.physics = physics
  }

  /// - Throws: `SceneErrors` with every mistake found.
  func build() throws -> AirfoilScene {
    var diagnostics = DiagnosticList()
    let foil = loadFoil(&diagnostics)
    let conditions = conditions(&diagnostics)
    checkUnused(&diagnostics)
    guard let foil else {
      try diagnostics.throwIfAny()
      throw CommandFailure(.usage, "the foil cannot be read")
    }
    let design = design(foil, conditions, &diagnostics)
    try diagnostics.throwIfAny()
    return AirfoilScene(
      title: scene.title, foil: foil.surface, foilName: foil.name, panels: physics.panels,
      conditions: conditions, output: scene.output, notes: foil.notes, design: design)
  }

  private func loadFoil(_ diagnostics: inout DiagnosticList) -> (surface: DenseVector, name: String, notes: [String])? {
    switch physics.foil.value {
    case .named(let name):
      do {
        return (try AirfoilLoader.named(name), name, [])
      } catch {
        diagnostics.add(physics.foil.error(error.problem, expected: error.expected, remedy: error.remedy))
      }
    case .file(let file):
      do {
        let read = try AirfoilLoader.file(file.path)
        return (read.surface, read.title, read.repairs)
      } catch {
        diagnostics.add(SceneDiagnostic(mark: file.mark, problem: "the foil cannot be used: \(error)"))
      }
    }
    return nil
  }

  private func conditions(_ diagnostics: inout DiagnosticList) -> [(name: String, flow: FlowCondition)] {
    var seen: Set<String> = []
    return physics.conditions.map { condition in
      let loading: FlowCondition.Loading =
        condition.lift.map { .lift($0) } ?? .angle(condition.angle ?? 0)
      var name =
        condition.name?.value
        ?? condition.lift.map { "lift \(NumberFormat.significant($0, digits: 4))" }
        ?? "angle \(NumberFormat.significant((condition.angle ?? 0) * 180 / .pi, digits: 4)) deg"
      if !seen.insert(name).inserted {
        if let given = condition.name {
          diagnostics.add(given.error("two operating points are called `\(name)`", remedy: "rename one"))
        } else {
          var number = 2
          while seen.contains("\(name) #\(number)") { number += 1 }
          name += " #\(number)"
          seen.insert(name)
        }
      }
      func trip(_ index: Int) -> Double? {
        guard let place = condition.trip?[index], place < 1 else { return nil }
        return place
      }
      if condition.trip != nil, condition.reynolds == nil {
        diagnostics.add(
          condition.error("`trip` needs a boundary layer", remedy: "add `reynolds`, or take `trip` out"))
      }
      return (
        name,
        FlowCondition(
          loading, reynolds: condition.reynolds?.value, mach: condition.mach,
          criticalAmplification: condition.criticalAmplification, upperTrip: trip(0), lowerTrip: trip(1))
      )
    }
  }

  /// What has no meaning for an airfoil is a mistake.
  private func checkUnused(_ diagnostics: inout DiagnosticList) {
    if let region = scene.regions.first {
      diagnostics.add(region.name.error("an airfoil has no regions", remedy: "take `regions` out"))
    }
    if scene.solver.mark.source != SourceMark.builtIn.source {
      diagnostics.add(scene.solver.error("an airfoil's flow has a solver of its own", remedy: "take `solver` out"))
    }
    if let start = scene.startDesign {
      diagnostics.add(
        SceneDiagnostic(
          mark: start.mark, problem: "an airfoil's design starts from its foil",
          remedy: "take `start-design` out, and name or point to the foil in `physics: { airfoil: { foil: … } }`"))
    }
  }

  private func design(
    _ foil: (surface: DenseVector, name: String, notes: [String]), _ conditions: [(name: String, flow: FlowCondition)],
    _ diagnostics: inout DiagnosticList
  ) -> AirfoilDesign? {
    let shape = scene.design.flatMap {
      AirfoilShapeBuilder(foil: foil.surface, foilName: foil.name).build($0, &diagnostics)
    }
    var rows = AirfoilRows(
      conditions: conditions.map(\.name), weights: physics.conditions.map(\.weight),
      isViscous: physics.conditions.map { $0.reynolds != nil })
    let objective = scene.objective.flatMap { rows.addObjective($0, &diagnostics) }
    var constraints: [DesignProblem.Constraint] = []
    for constraint in scene.constraints {
      for row in rows.addConstraint(constraint, &diagnostics) {
        if let bound = constraint.value.atMost { constraints.append(.init(row: row, .atMost(bound.value))) }
        if let bound = constraint.value.atLeast { constraints.append(.init(row: row, .atLeast(bound.value))) }
        if let bound = constraint.value.equals { constraints.append(.init(row: row, .equal(bound.value))) }
      }
    }
    guard let shape, let objective else { return nil }
    let flows = conditions.map(\.flow)
    let held = physics.lifts == .constrained ? HeldLifts(flows, panels: physics.panels) : nil
    for (index, condition) in zip(held?.indices ?? [], held?.conditions ?? []) {
      constraints.append(.init(row: rows.addLift(of: index), .equal(condition.loading.value)))
    }
    var start = shape.start
    if let held {
      do throws(SolveFailure) {
        start = try held.extended(shape.start, of: shape.map)
      } catch {
        diagnostics.add(physics.foil.error("no design can start from this foil: \(error)"))
        return nil
      }
    }
    let problem = DesignProblem(
      responses: AirfoilResponses(
        shape: shape.map, repanelling: Repanelling(nodeCount: physics.panels), conditions: flows,
        conditionNames: conditions.map(\.name), rows: rows.rows, freeAngles: held?.indices ?? []),
      layout: [shape.block] + (held.map { [$0.block] } ?? []), bounds: held?.extended(shape.bounds) ?? shape.bounds,
      start: start, objective: objective, constraints: constraints)
    if case .optimalityCriteria = scene.optimizer.value {
      diagnostics.add(scene.optimizer.error("optimality criteria are for densities", remedy: "use `sqp` or `mma`"))
      return nil
    }
    let method = OptimizerBuilder.build(
      scene.optimizer, constraints: constraints.map(\.inequalityCount).reduce(0, +), boundForm: problem.isBoundForm,
      continuationEnd: 0, &diagnostics)
    guard let method else { return nil }
    return AirfoilDesign(shape: shape, problem: problem, held: held, method: method)
  }
}
