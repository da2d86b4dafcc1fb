extension Scene {
  /// Which files are written besides the standard ones.
  public struct Output: Sendable, Equatable {
    /// A `.pvd` series with a design every so many iterations, or particles every so many steps; nil for none.
    public let seriesEvery: Int?
    /// Density at which outlines, surfaces and the thresholded design are cut.
    public let threshold: Double
    public let view: View
    /// `design.svg`, in 2D.
    public let svg: Bool
    /// `design.stl`, in 3D.
    public let stl: Bool
    /// `report.html`.
    public let report: Bool
    /// Nil for none.
    public let film: Film?

    static let defaults = Output(
      seriesEvery: nil, threshold: 0.5, view: .defaults, svg: true, stl: true, report: true, film: nil)

    static let form: Form<Output> = record(
      "Which files are written.",
      optional(
        "series",
        record(
          "A series for ParaView.",
          defaulted(
            "every", Scalars.integer(1...1_000_000), 10,
            "Iterations of an optimization, or time steps of a simulation, between two of them.")
        ) { $0 },
        "Writes `design.pvd` with a design every few iterations, or `frames.pvd` with the particles every few steps."),
      defaulted(
        "threshold", Scalars.number(.strictlyBetween(0, 1)), 0.5, "Density at which outlines and surfaces are cut."),
      defaulted(
        "view", View.form, .defaults, written: "{ azimuth: 35, elevation: 25 }", "From where 3D pictures are taken."),
      defaulted("svg", Scalars.flag, true, "Whether a 2D run writes the outline `design.svg`."),
      defaulted("stl", Scalars.flag, true, "Whether a 3D run writes the surface `design.stl`."),
      defaulted("report", Scalars.flag, true, "Whether the run writes `report.html`."),
      optional(
        "film", Film.form,
        "Writes the frames of a film of particles, `film/frame-0001.png` and so on, and `film.mp4` where `ffmpeg` is installed; an optimization also one of its start, `film-before`."
      )
    ) { Output(seriesEvery: $0, threshold: $1, view: $2, svg: $3, stl: $4, report: $5, film: $6) }
  }

  /// A film of particles.
  public struct Film: Sendable, Equatable {
    public let frames: Int
    /// 1/s
    public let rate: Int

    static let form: Form<Film> = record(
      "A film.", defaulted("frames", Scalars.integer(2...5000), 100, "The number of frames."),
      defaulted("rate", Scalars.integer(1...120), 25, "Frames a second of the film.")
    ) { Film(frames: $0, rate: $1) }
  }

  /// From where 3D pictures are taken.
  public struct View: Sendable, Equatable {
    /// Degrees around the vertical axis, from the z axis toward the x axis.
    public let azimuth: Double
    /// Degrees above the horizontal plane.
    public let elevation: Double

    static let defaults = View(azimuth: 35, elevation: 25)

    static let form: Form<View> = record(
      "A direction to look from.",
      defaulted(
        "azimuth", Scalars.number(.between(-360, 360)), 35,
        "Degrees around the vertical y axis, from the z axis toward the x axis."),
      defaulted("elevation", Scalars.number(.between(-90, 90)), 25, "Degrees above the horizontal plane.")
    ) { View(azimuth: $0, elevation: $1) }
  }
}
