extension Scene {
  /// What is made as small or as large as possible.
  public struct Objective: Sendable, Equatable {
    public enum Sense: Sendable, Equatable {
      case minimize, maximize
    }

    public let sense: Sense
    public let functional: Located<Functional>

    static let form: Form<Objective> = Composites.kind(
      "goal", "What is wanted.",
      [
        Choice(
          "minimize", "Make it as small as possible.",
          Functional.form.located.map { Objective(sense: .minimize, functional: $0) }),
        Choice(
          "maximize", "Make it as large as possible.",
          Functional.form.located.map { Objective(sense: .maximize, functional: $0) }),
      ])
  }

  /// A functional with a bound, or with two.
  public struct Constraint: Sendable, Equatable {
    /// What tables call it; the functional's word when the scene does not say.
    public let name: String
    public let functional: Functional
    /// In the SI unit of the functional.
    public let atMost: Located<Double>?
    public let atLeast: Located<Double>?
    public let equals: Located<Double>?

    static let form: Form<Constraint> = Composites.kind(
      "functional", "A functional with bounds.",
      Functional.choices.map { choice in
        let bound = Scalars.quantity(choice.dimension).located
        let bounds = record(
          "A functional with bounds.", optional("at-most", bound, "The largest value allowed."),
          optional("at-least", bound, "The smallest value allowed."),
          optional("equals", bound, "The only value allowed."),
          optional("name", Scalars.name, "What tables call this constraint; the functional's word when left out."),
          needsOneOf: ["at-most", "at-least", "equals"]
        ) { ($0, $1, $2, $3) }.checked { atMost, atLeast, equals, _ in
          if equals != nil, atMost != nil || atLeast != nil {
            return ("`equals` stands beside another bound", "keep one of them")
          }
          guard let atMost, let atLeast, atLeast.value > atMost.value else { return nil }
          return ("`at-least` is larger than `at-most`", "exchange them or remove one")
        }
        return Choice(
          choice.word, choice.doc,
          joined(choice.form, bounds).map {
            Constraint(
              name: $1.3 ?? choice.word, functional: $0, atMost: $1.0, atLeast: $1.1, equals: $1.2)
          })
      })
  }
}
