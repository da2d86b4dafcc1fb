extension Scene {
  /// How a fluid moves at the start.
  public enum InitialVelocity: Sendable, Equatable {
    /// m/s, one entry per axis.
    case constant([Double])
    /// Vortices with one period along each edge of the box, the fastest at this speed in m/s.
    case taylorGreen(speed: Double)
    /// Along x, the sine of x with a number of periods in the box.
    case wave(speed: Double, periods: Int)
    /// Away from the box's middle along x and towards it along y, so fast per distance, 1/s.
    case stretching(rate: Double)

    static let form: Form<InitialVelocity> = Composites.either(
      list: Composites.list(Scalars.quantity(.speed), count: 1...3).map { .constant($0) },
      map: Composites.kind(
        "velocity", "How the fluid moves at the start: a velocity in m/s, one entry per axis, or one of these.",
        [
          Choice(
            "taylor-green", "The vortices of Taylor and Green (1937), with one period along each edge of the box.",
            record(
              "Vortices that turn against each other.",
              required("speed", Scalars.quantity(.speed, .positive), "The greatest speed along x, in m/s.")
            ) { .taylorGreen(speed: $0) }),
          Choice(
            "wave", "Along x, as the sine of x.",
            record(
              "A velocity along x that is the sine of x.",
              required("speed", Scalars.quantity(.speed, .positive), "The greatest speed, in m/s."),
              defaulted("periods", Scalars.integer(1...1000), 1, written: "1", "In the box.")
            ) { .wave(speed: $0, periods: $1) }),
          Choice(
            "stretching", "Away from the middle of the box along x and towards it along y, free of divergence.",
            record(
              "Velocities that grow with the distance from the middle of the box.",
              required("rate", Scalars.quantity(Dimension(second: -1)), "Speed over distance, in 1/s.")
            ) { .stretching(rate: $0) }),
        ]))
  }
}
