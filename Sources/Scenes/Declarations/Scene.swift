/// A scene as its file declares it, checked for form but not yet built: plain values, each with its place where an
/// error may be found later. Lengths and all other quantities are in SI units.
public struct Scene: Sendable {
  public let title: String
  public let description: String?
  public let domain: Located<Domain>
  /// Named parts of the domain, usable in every `at`.
  public let regions: [NamedRegion]
  public let physics: Located<any Physics>
  /// Absent in a scene that is only simulated.
  public let design: Located<any Design>?
  /// Of particles: an array with the design to begin with.
  public let startDesign: SceneFilePath?
  public let objective: Located<Objective>?
  public let constraints: [Located<Constraint>]
  public let optimizer: Located<Optimizer>
  public let solver: Located<Solver>
  public let output: Output
  /// A model that draws designs.
  public let sampler: Located<Sampler>?
  public let guidance: Located<Guidance>
  /// Nil: all processors.
  public let threads: Int?
  public let seed: Int

  static let form: Form<Scene> = record(
    "A scene: a domain, the physics in it, what may change in it, and what is wanted of it.",
    required("title", Scalars.text, "One line that says what the scene is."),
    optional("description", Scalars.text, "What the scene shows and what it reaches."),
    defaulted(
      "domain", Domain.form.located, Located(.plane, at: .builtIn), written: "none",
      "Where the physics happens; every physics but `airfoil` needs one."),
    defaulted(
      "regions", NamedRegion.listForm, [], written: "none",
      "Named parts of the domain: a map from a name to a selection."),
    required("physics", physicsForm.located, "What is solved."),
    optional(
      "design", designForm.located, "What the optimizer may change; left out in a scene that is only simulated."),
    optional(
      "start-design", Scalars.file,
      "An `.npy` file with the design to begin with, such as the `design.npy` of a run of particles or the `design-variables.npy` of densities; not for airfoils. A density of a coarser grid is interpolated where the scene has a whole number of times as many cells along each axis. Without it each design says where it begins."
    ),
    optional("objective", Objective.form.located, "What is made as small or as large as possible."),
    defaulted(
      "constraints", Composites.list(Constraint.form.located), [], written: "none",
      "What must hold: functionals with bounds."),
    defaulted(
      "optimizer", Optimizer.form.located, Located(.mma(.defaults), at: .builtIn), written: "mma",
      "The method that changes the design."),
    defaulted(
      "solver", Solver.form.located, Located(.automatic(.defaults), at: .builtIn), written: "automatic",
      "The method that solves the linear systems."),
    defaulted(
      "output", Output.form, Output.defaults, written: "{}", "Which files are written besides the standard ones."),
    optional(
      "sampler", Sampler.form.located,
      "A model that draws designs, for `backsolve generate`, `train sampler`, `sample` and `refine`."),
    defaulted(
      "guidance", Guidance.form.located, Located(.defaults, at: .builtIn), written: "{}",
      "What steers the sampler, and what becomes of its designs."),
    optional(
      "threads", Scalars.integer(1...1024),
      "Threads to use; all processors when left out. The result does not depend on it."),
    defaulted("seed", Scalars.integer(0...Int.max), 0, "Start of the random numbers, where any are used.")
  ) {
    Scene(
      title: $0, description: $1, domain: $2, regions: $3, physics: $4, design: $5, startDesign: $6, objective: $7,
      constraints: $8, optimizer: $9, solver: $10, output: $11, sampler: $12,
      guidance: $13, threads: $14, seed: $15)
  }.checked { scene in
    if scene.sampler == nil, scene.guidance.mark.source != SourceMark.builtIn.source {
      return ("`guidance` steers a sampler, and the scene has none", "add `sampler: ...`, or take `guidance` out")
    }
    let isAirfoil = scene.physics.value is Airfoil
    switch scene.domain.value {
    case .plane: return isAirfoil ? nil : ("the scene lacks `domain`", "add `domain: ...`")
    case .grid, .mesh, .box:
      return isAirfoil ? ("an airfoil needs no `domain`: the air around it has no end", "take `domain` out") : nil
    }
  }
}

extension SourceMark {
  /// The mark of a default that no file wrote.
  static let builtIn = SourceMark(source: "built-in default", line: 0, column: 0)
}
