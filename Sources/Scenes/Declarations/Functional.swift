extension Scene {
  /// A number computed from design and state, which a scene makes small or large or bounds.
  public enum Functional: Sendable, Equatable {
    /// Σ_cases weight f·u, J.
    case compliance
    /// The largest compliance over the load cases, J.
    case worstCaseCompliance(WorstCase)
    /// Volume of the material over the volume of the domain.
    case volumeFraction(VolumeFraction)
    /// kg
    case mass
    /// Mean displacement of a selection in a direction, m.
    case displacement(Displacement)
    /// ∫ q T, W K.
    case thermalCompliance
    /// K
    case meanTemperature(at: Located<Selection>?)
    /// A smooth maximum of the temperature, from above near its maximum, K.
    case maximumTemperature(MaximumTemperature)
    /// Of the particles of a fluid, or of all, at the end; J.
    case kineticEnergy(fluid: Located<String>?, at: Located<Double>?)
    case meanPosition(MeanPosition)
    case meanSquaredDistance(MeanSquaredDistance)
    case massInBox(MassInBox)
    /// Of particles along a direction, kg m/s.
    case momentum(MeanPosition)
    case splashHeight(SplashHeight)
    case landedMean(Landed)
    case landedSpread(Landed)
    case mixing(Mixing)
    case transportDistance(TransportDistance)
    /// Of a history of accelerations, m²/s³.
    case actuationEnergy
    /// Of the lines that tools follow, m.
    case toolLength
    /// Of polygons and height fields in the plane, m².
    case toolArea
    /// Of a tank that is shaken, m.
    case travel(Located<Axis>)
    /// Of a tank that is shaken, at the end, m/s.
    case travelSpeed(Located<Axis>)
    /// Half the mean squared difference of neighbouring design variables.
    case roughness
    case airfoil(AirfoilFunctional)
    case bodyPosition(BodyPosition)
    /// The fluid's force on a solid, a body or a tool, N.
    case forceOn(ForceOn)
    /// How far that force is from a history: the mean square, N².
    case forceDeviation(ForceOn, from: [Double])
    case sum([Term])

    /// The words a scene asks for them with, and their forms.
    static var choices: [FunctionalChoice] {
      [
        FunctionalChoice(
          "compliance", .energy,
          "Work of the loads, f·u in J, summed over the load cases with their weights: small is stiff.",
          plain("The compliance of all load cases.", .compliance)),
        FunctionalChoice(
          "worst-case-compliance", .energy, "The largest compliance over the load cases, in J.",
          WorstCase.record.map { .worstCaseCompliance($0) }),
        FunctionalChoice(
          "volume-fraction", .one, "Volume of the material over the volume of the domain.",
          VolumeFraction.record.map { .volumeFraction($0) }),
        FunctionalChoice(
          "mass", .mass, "Mass of the material, in kg; needs the material's `density`.",
          plain("The mass of the material.", .mass)),
        FunctionalChoice(
          "displacement", .length, "Mean displacement of a selection in a direction, in m.",
          Displacement.record.map { .displacement($0) }),
        FunctionalChoice(
          "thermal-compliance", .thermalCompliance,
          "Heat times temperature, in W K, over sources and fluxes: small is a cool body.",
          plain("The thermal compliance.", .thermalCompliance)),
        FunctionalChoice(
          "mean-temperature", .temperature, "Mean temperature of a selection, in K.",
          record(
            "A mean temperature.", optional("at", Selection.form.located, "Which part; everywhere when left out.")
          ) { .meanTemperature(at: $0) }),
        FunctionalChoice(
          "maximum-temperature", .temperature,
          "The highest temperature of a selection, in K, as a smooth maximum over its nodes, which lies slightly above it.",
          MaximumTemperature.record.map { .maximumTemperature($0) }),
        FunctionalChoice(
          "kinetic-energy", .energy, "Kinetic energy of particles at the end, in J.",
          record("A kinetic energy.", ParticleFunctionalForm.fluid, ParticleFunctionalForm.at) {
            .kineticEnergy(fluid: $0, at: $1)
          }),
        FunctionalChoice(
          "mean-position", .length, "Where particles are at the end along a direction, in m: their centre of mass.",
          MeanPosition.record.map { .meanPosition($0) }),
        FunctionalChoice(
          "mean-squared-distance", .area,
          "Mean squared distance of particles to a point at the end, in m^2: small brings them together there.",
          MeanSquaredDistance.record.map { .meanSquaredDistance($0) }),
        FunctionalChoice(
          "mass-in-box", .mass,
          "Mass of particles inside a box at the end, in kg (per metre of depth in 2D), with smooth edges.",
          MassInBox.record.map { .massInBox($0) }),
      ] + AirfoilFunctional.choices + [
        FunctionalChoice(
          "momentum", .momentum, "Momentum of particles along a direction at the end, in kg m/s.",
          MeanPosition.record(of: "A momentum.").map { .momentum($0) }),
        FunctionalChoice(
          "splash-height", .length,
          "How high particles are, in m: a smooth maximum of y over particles, and over time where the scene asks for it.",
          SplashHeight.record.map { .splashHeight($0) }),
        FunctionalChoice(
          "landed-mean", .length,
          "Where the particles that have fallen below a height are along a direction, in m: the mean over them.",
          Landed.record.map { .landedMean($0) }),
        FunctionalChoice(
          "landed-spread", .length,
          "How far the particles that have fallen below a height are spread along a direction, in m: the standard deviation.",
          Landed.record.map { .landedSpread($0) }),
        FunctionalChoice(
          "mixing", .one,
          "How far a dye that one fluid carries is from being mixed with the rest: 1 apart, 0 mixed (intensity of segregation, Danckwerts 1952).",
          Mixing.record.map { .mixing($0) }),
        FunctionalChoice(
          "transport-distance", .area,
          "How far mass must go, squared and on average, from where particles are to a target, in m^2 (Sinkhorn divergence, Feydy et al. 2019).",
          TransportDistance.record.map { .transportDistance($0) }),
        FunctionalChoice(
          "actuation-energy", Dimension(metre: 2, second: -3),
          "The integral over time of the squared acceleration of a `control-history`, in m^2/s^3.",
          plain("An actuation energy.", .actuationEnergy)),
        FunctionalChoice(
          "tool-length", .length, "The length of the lines that joint chains and splines of the design follow, in m.",
          plain("A length.", .toolLength)),
        FunctionalChoice(
          "tool-area", .area,
          "The area of polygons of the design, and under its height fields in the plane, above their lowest height, in m^2.",
          plain("An area.", .toolArea)),
        FunctionalChoice(
          "travel", .length,
          "How far a tank has gone whose fluid feels a `control-history`, in m: its acceleration is the opposite one.",
          record("A way.", travelAxis) { .travel($0) }),
        FunctionalChoice(
          "travel-speed", .speed,
          "How fast a tank goes at the end of the `control-history` that its fluid feels, in m/s.",
          record("A speed.", travelAxis) { .travelSpeed($0) }),
        FunctionalChoice(
          "roughness", .one,
          "Half the mean squared difference of neighbouring variables of tools and control histories, summed over the axes of their grid.",
          plain("A roughness.", .roughness)),
        FunctionalChoice(
          "body-position", .length, "Where the centre of mass of a rigid body is at the end along a direction, in m.",
          BodyPosition.record.map { .bodyPosition($0) }),
        FunctionalChoice(
          "force-on", .force,
          "The fluid's force on a solid, a body or a tool along a direction, in N (per metre of depth in 2D). Weakly compressible flow only.",
          ForceOn.record.map { .forceOn($0) }),
        FunctionalChoice(
          "force-deviation", Dimension.force.power(2),
          "The square of how far such a force is from the one asked for, in N^2, as a mean over time or at an instant.",
          ForceOn.deviation.map { .forceDeviation($0, from: $1) }),
        FunctionalChoice(
          "sum", .one, "A weighted sum of functionals, each in its SI unit.",
          record("A weighted sum.", required("terms", Composites.list(Term.form, count: 1...100), "What is added up."))
          { .sum($0) }),
      ]
    }

    private static let travelAxis = defaulted(
      "axis", Axis.form.located, Located(.x, at: .builtIn), written: "x", "Along which axis.")

    private static func plain(_ doc: String, _ functional: Functional) -> Form<Functional> {
      record(doc) { functional }
    }

    /// A functional: a word, or a map from the word to its options.
    static let form: Form<Functional> = Form<Functional>.deferred("functional") {
      Composites.kind(
        "functional", "A number computed from design and state.", choices.map { Choice($0.word, $0.doc, $0.form) })
    }
  }

  /// A functional with its word and the dimension of its value.
  struct FunctionalChoice: Sendable {
    let word: String
    let dimension: Dimension
    let doc: String
    let form: Form<Functional>

    init(_ word: String, _ dimension: Dimension, _ doc: String, _ form: Form<Functional>) {
      self.word = word
      self.dimension = dimension
      self.doc = doc
      self.form = form
    }
  }
}

extension Scene.Functional {
  /// The word a scene asks for this functional with.
  public var word: String {
    switch self {
    case .compliance: "compliance"
    case .worstCaseCompliance: "worst-case-compliance"
    case .volumeFraction: "volume-fraction"
    case .mass: "mass"
    case .displacement: "displacement"
    case .thermalCompliance: "thermal-compliance"
    case .meanTemperature: "mean-temperature"
    case .maximumTemperature: "maximum-temperature"
    case .kineticEnergy: "kinetic-energy"
    case .meanPosition: "mean-position"
    case .meanSquaredDistance: "mean-squared-distance"
    case .massInBox: "mass-in-box"
    case .momentum: "momentum"
    case .splashHeight: "splash-height"
    case .landedMean: "landed-mean"
    case .landedSpread: "landed-spread"
    case .mixing: "mixing"
    case .transportDistance: "transport-distance"
    case .actuationEnergy: "actuation-energy"
    case .toolLength: "tool-length"
    case .toolArea: "tool-area"
    case .travel: "travel"
    case .travelSpeed: "travel-speed"
    case .roughness: "roughness"
    case .airfoil(let functional): functional.word
    case .bodyPosition: "body-position"
    case .forceOn: "force-on"
    case .forceDeviation: "force-deviation"
    case .sum: "sum"
    }
  }

  public struct WorstCase: Sendable, Equatable {
    public enum Method: Sendable, Equatable {
      /// One constraint per case, under a bound that is minimized.
      case bound
      /// The Kreisselmeier-Steinhauser function over the cases.
      case smoothMaximum(sharpness: Double)
    }

    public let method: Method

    static let record: Form<WorstCase> = Scenes.record(
      "The largest compliance over the load cases.",
      defaulted(
        "method",
        Composites.kind(
          "method", "How the largest is taken.",
          [
            Choice(
              "bound", "One constraint per load case, under a bound that is minimized: exact.",
              Scenes.record("Bound form.") { Method.bound }),
            Choice(
              "smooth-maximum", "A smooth maximum over the load cases, slightly above the largest.",
              Scenes.record(
                "A smooth maximum.", SmoothMaximumForm.sharpness
              ) {
                Method.smoothMaximum(sharpness: $0)
              }),
          ]), Method.bound, written: "bound", "How the largest is taken.")
    ) { WorstCase(method: $0) }
  }

  public struct VolumeFraction: Sendable, Equatable {
    /// Nil: the whole domain.
    public let at: Located<Scene.Selection>?

    static let record: Form<VolumeFraction> = Scenes.record(
      "A volume fraction.",
      optional("at", Scene.Selection.form.located, "Which part of the domain; everywhere when left out.")
    ) { VolumeFraction(at: $0) }
  }

  public struct Displacement: Sendable, Equatable {
    public let at: Located<Scene.Selection>
    public let direction: Located<Direction>
    /// Nil: the only one.
    public let loadCase: Located<String>?

    public enum Direction: Sendable, Equatable {
      case axis(Axis)
      /// Scaled to length one by the builder.
      case vector([Double])
    }

    static let record: Form<Displacement> = Scenes.record(
      "A displacement.", required("at", Scene.Selection.form.located, "Which nodes; their mean is taken."),
      required(
        "direction",
        Composites.either(
          scalar: Axis.form.map { Direction.axis($0) },
          list: Composites.list(Scalars.number(), count: 2...3).checked {
            $0.allSatisfy { $0 == 0 } ? ("the direction is zero", "give it a length; it is scaled to one") : nil
          }.map { Direction.vector($0) }
        ).located, "An axis, or a vector that is scaled to length one."),
      optional("load-case", Scalars.name.located, "The name of the load case; may be left out where there is only one.")
    ) { Displacement(at: $0, direction: $1, loadCase: $2) }
  }

  public struct MaximumTemperature: Sendable, Equatable {
    public let at: Located<Scene.Selection>?
    public let sharpness: Double

    static let record: Form<MaximumTemperature> = Scenes.record(
      "A highest temperature.", optional("at", Scene.Selection.form.located, "Which part; everywhere when left out."),
      SmoothMaximumForm.sharpness
    ) { MaximumTemperature(at: $0, sharpness: $1) }
  }

  /// A term of a sum.
  public struct Term: Sendable, Equatable {
    public let weight: Double
    public let functional: Located<Scene.Functional>

    static let form: Form<Term> = Scenes.record(
      "A functional and its weight.",
      defaulted("weight", Scalars.number(), 1, "What it is multiplied by, per SI unit of the functional."),
      required("functional", Scene.Functional.form.located, "What is weighted.")
    ) { Term(weight: $0, functional: $1) }
  }
}

/// What every smooth maximum of a scene has in common: the Kreisselmeier-Steinhauser function.
private enum SmoothMaximumForm {
  static let sharpness = defaulted(
    "sharpness", Scalars.number(.between(1, 1000)), 50,
    "How near the smooth maximum (Kreisselmeier-Steinhauser) lies to the largest of n values: above it by at most "
      + "ln(n) / sharpness of the largest magnitude. Larger is nearer and harder to optimize.")
}
