extension Scene {
  /// A number of an airfoil or of the flow about it.
  public struct AirfoilFunctional: Sendable, Equatable {
    public enum Quantity: Sendable, Equatable {
      case drag, lift, moment, glideRatio, upperTransition, lowerTransition, angle
      /// Mean square of the difference to a pressure distribution.
      case pressureDifference(SceneFilePath)
      /// Nil: the largest.
      case thickness([Double]?)
      case camber(Double?)
      case area, leadingEdgeRadius, trailingEdgeAngle, trailingEdgeGap, wiggliness
      case upperHollowness, lowerHollowness
    }

    /// What becomes of the conditions.
    public enum Over: Sendable, Equatable {
      /// Of the weighted numbers.
      case mean, worst
      case each
    }

    public let word: String
    public let quantity: Quantity
    public let condition: Located<String>?
    /// Nil: the mean in an objective, each in a constraint.
    public let over: Located<Over>?

    static var choices: [FunctionalChoice] {
      func ofFlow(_ word: String, _ doc: String, _ quantity: Quantity) -> FunctionalChoice {
        FunctionalChoice(
          word, .one, doc,
          record(doc, conditionField, overField) {
            .airfoil(AirfoilFunctional(word: word, quantity: quantity, condition: $0, over: $1))
          })
      }
      func ofShape(_ word: String, _ doc: String, _ quantity: Quantity) -> FunctionalChoice {
        FunctionalChoice(
          word, .one, doc,
          record(doc) { .airfoil(AirfoilFunctional(word: word, quantity: quantity, condition: nil, over: nil)) })
      }
      return [
        ofFlow("drag-coefficient", "The drag coefficient of an airfoil.", .drag),
        ofFlow("lift-coefficient", "The lift coefficient of an airfoil.", .lift),
        ofFlow(
          "moment-coefficient", "The moment coefficient of an airfoil about the quarter chord, nose up positive.",
          .moment),
        ofFlow("glide-ratio", "Lift over drag of an airfoil.", .glideRatio),
        ofFlow(
          "upper-transition", "Where the flow over an airfoil's upper side turns turbulent, in chords.",
          .upperTransition),
        ofFlow(
          "lower-transition", "Where the flow over an airfoil's lower side turns turbulent, in chords.",
          .lowerTransition),
        ofFlow("angle-of-attack", "The angle of attack of an airfoil, in rad.", .angle),
        FunctionalChoice(
          "pressure-difference", .one,
          "The mean squared difference of the pressure coefficient to a given one, over the surface of an airfoil.",
          record(
            "A difference of pressures.",
            required(
              "target", Scalars.file,
              "A `.csv` file with the columns x (in chords), upper and lower: the wanted pressure coefficients of both sides."
            ), conditionField, overField
          ) {
            .airfoil(
              AirfoilFunctional(
                word: "pressure-difference", quantity: .pressureDifference($0), condition: $1, over: $2))
          }),
        FunctionalChoice(
          "thickness", .one, "The vertical thickness of an airfoil, in chords.",
          record(
            "A thickness.",
            optional(
              "at", Composites.oneOrMore(Scalars.number(.strictlyBetween(0, 1))),
              "Where, in chords from the nose; of several places the smallest thickness, smoothed. The largest thickness of all when left out."
            )
          ) { .airfoil(AirfoilFunctional(word: "thickness", quantity: .thickness($0), condition: nil, over: nil)) }),
        FunctionalChoice(
          "camber", .one, "The height of an airfoil's camber line above its chord, in chords.",
          record(
            "A camber.",
            optional(
              "at", Scalars.number(.strictlyBetween(0, 1)),
              "Where, in chords from the nose; at the highest point when left out.")
          ) { .airfoil(AirfoilFunctional(word: "camber", quantity: .camber($0), condition: nil, over: nil)) }),
        ofShape("area", "The area of an airfoil's section, in square chords.", .area),
        ofShape("leading-edge-radius", "The radius of an airfoil's nose, in chords.", .leadingEdgeRadius),
        ofShape(
          "trailing-edge-angle", "The angle between an airfoil's sides at the trailing edge: `6 deg`.",
          .trailingEdgeAngle),
        ofShape("trailing-edge-gap", "The thickness of an airfoil's trailing edge, in chords.", .trailingEdgeGap),
        ofShape(
          "wiggliness",
          "The mean squared third derivative of an airfoil's sides between 5 and 95 % of the chord: small is smooth.",
          .wiggliness),
        ofShape(
          "upper-hollowness",
          "The largest second derivative of an airfoil's upper side, outward positive: at most 0 where it is convex.",
          .upperHollowness),
        ofShape("lower-hollowness", "The same of the lower side.", .lowerHollowness),
      ]
    }

    private static let conditionField = optional(
      "condition", Scalars.name.located, "The name of the operating point where it is taken; all when left out.")

    private static let overField = optional(
      "over",
      Scalars.word([
        ("mean", "The mean over the operating points of weight times number.", Over.mean),
        ("worst", "The largest of weight times number; for an objective that is minimized.", .worst),
        ("each", "Each for itself; for a constraint.", .each),
      ]).located,
      "What becomes of several operating points: `mean` in an objective and `each` in a constraint when left out.")
  }
}
