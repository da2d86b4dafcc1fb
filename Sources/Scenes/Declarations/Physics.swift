extension Scene {
  /// A physics that a scene can ask for. Adding one adds a file with a type like `LinearElasticity` and its line in
  /// `physicsForm`.
  public protocol Physics: Sendable {
    /// The word a scene asks for it with.
    static var word: String { get }
  }

  static let physicsForm: Form<any Physics> = Composites.kind(
    "physics", "What is solved.",
    [LinearElasticity.choice, SteadyDiffusion.choice, SmoothedParticles.choice, Airfoil.choice])

  /// A way in which a design can change. Adding one adds a file with a type like `DensityDesign` and its line in
  /// `designForm`.
  public protocol Design: Sendable {
    static var word: String { get }
  }

  static let designForm: Form<any Design> = Composites.kind(
    "design", "What the optimizer may change.",
    [
      DensityDesign.choice, VelocityDesign.choice, PositionDesign.choice, ShapeDesign.choice, ControlDesign.choice,
      ToolDesign.choice, MaterialDesign.choice, MotionDesign.choice, BodyDesign.choice, InflowDesign.choice,
      InflowHistoryDesign.choice, SeveralDesigns.choice,
    ] + AirfoilDesign.choices
  ).named("design")
}
