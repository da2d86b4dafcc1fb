extension Scene {
  /// How a fluid moves at the start.
  public enum InitialVelocity: Sendable, Equatable {
    /// m/s, one entry per axis.
    case constant([Double])
    /// Vortices with one period along each edge of the box, the fastest at this speed in m/s.
    case taylorGreen(speed: Double)

    static let form: Form<InitialVelocity> = Composites.either(
      list: Composites.list(Scalars.quantity(.speed), count: 2...3).map { .constant($0) },
      map: Composites.kind(
        "velocity", "How the fluid moves at the start: a velocity in m/s, one entry per axis, or one of these.",
        [
          Choice(
            "taylor-green", "The vortices of Taylor and Green (1937), with one period along each edge of the box.",
            record(
              "Vortices that turn against each other.",
              required("speed", Scalars.quantity(.speed, .positive), "The greatest speed along x, in m/s.")
            ) { .taylorGreen(speed: $0) })
        ]))
  }
}
