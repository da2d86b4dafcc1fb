extension Scene {
  /// How a solid moves over time.
  public struct SolidMotion: Sendable, Equatable {
    /// s; nil until the end.
    public let duration: Located<Double>?
    /// m; nil for the middle of the solid.
    public let pivot: Located<[Double]>?
    public let axis: [Double]
    /// m, one entry an axis for each knot; empty for none.
    public let shift: [[Double]]
    /// rad, one for each knot; empty for none.
    public let turn: [Double]

    public var knots: Int { max(shift.count, turn.count) }

    static let form: Form<SolidMotion> = record(
      "A motion over time: a shift and an angle, each a uniform cubic spline by its coefficients, which it follows closely without passing through them. Three equal ones at the beginning let it start from rest.",
      optional(
        "duration", Scalars.quantity(.time, .positive).located,
        "The time in s over which the splines reach, after which the solid rests; the `end` of the simulation when left out."
      ),
      optional(
        "pivot", Composites.list(Scalars.length, count: 2...3).located,
        "The point in m about which it turns; the middle of its particles when left out."),
      defaulted(
        "axis", Composites.list(Scalars.number(), count: 3...3), [0, 0, 1], written: "[0, 0, 1]",
        "The direction in 3D about which it turns."),
      defaulted(
        "shift", Composites.list(Composites.list(Scalars.length, count: 2...3), count: 4...1000), [], written: "none",
        "Coefficients of the shift in m, one entry per axis each."),
      defaulted(
        "turn", Composites.list(Scalars.number(), count: 4...1000), [], written: "none",
        "Coefficients of the angle, such as `30 deg`."), needsOneOf: ["shift", "turn"]
    ) { SolidMotion(duration: $0, pivot: $1, axis: $2, shift: $3, turn: $4) }
    .checked { motion in
      if motion.axis.allSatisfy({ $0 == 0 }) { return ("the axis is zero", "give it a direction") }
      if !motion.shift.isEmpty, !motion.turn.isEmpty, motion.shift.count != motion.turn.count {
        return (
          "`shift` has \(motion.shift.count) coefficients and `turn` \(motion.turn.count)", "give both as many"
        )
      }
      return nil
    }
  }
}
