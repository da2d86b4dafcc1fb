import DesignSamplers

extension Scene {
  /// A model that draws designs: what it learns from, how it is made, how it is asked.
  public struct Sampler: Sendable, Equatable {
    public let data: Located<SamplerData>
    public let model: Located<SamplerModel>
    public let training: SamplerTraining
    public let schedule: NoiseSchedule
    public let prediction: Prediction
    public let method: SamplingMethod
    /// From noise to designs.
    public let steps: Int
    /// Designs drawn.
    public let count: Int
    public let seed: Int
    public let weights: SceneFilePath
    /// The coarser grid that designs are drawn on; nil for the scene's own.
    public let drawnOn: Located<CoarseGrid>?
    public let beyondRange: BeyondRange

    static let form: Form<Sampler> = record(
      "A model that draws designs: what it learns from, how it is made, how it is asked.",
      required("data", SamplerData.form.located, "What it learns from; the project makes it itself."),
      required(
        "weights", Scalars.file,
        "The file (`.safetensors`, relative to this scene) that `backsolve train sampler` writes and `backsolve sample` reads."
      ),
      defaulted(
        "model", SamplerModel.form.located, Located(.perceptron(.defaults), at: .builtIn), written: "perceptron",
        "The network."),
      defaulted("training", SamplerTraining.form, .defaults, written: "{}", "How the network is trained."),
      defaulted("schedule", scheduleForm, .cosine, written: "cosine", "How noise grows."),
      defaulted("prediction", predictionForm, .velocity, written: "velocity", "What the network answers."),
      defaulted(
        "method", SamplingMethod.form, .multistep, written: "dpm-solver", "How noise is taken away without guidance."),
      defaulted("steps", Scalars.integer(1...1000), 20, "Steps from noise to designs."),
      defaulted("count", Scalars.integer(1...10_000), 32, "Designs drawn."),
      defaulted("seed", Scalars.integer(0...Int.max), 0, "Of the noise that designs are drawn from."),
      optional(
        "drawn-on", CoarseGrid.form.located,
        "A coarser grid for densities: what the sampler learns, draws and is led by is the scene on that grid, with a filter of the same length; each sample is then interpolated to the scene's own grid, where it is polished."
      ),
      defaulted(
        "beyond-range", BeyondRange.form, .refused, written: "refused",
        "What happens where the scene asks for a value outside of what was learned.")
    ) {
      Sampler(
        data: $0, model: $2, training: $3, schedule: $4, prediction: $5, method: $6, steps: $7, count: $8, seed: $9,
        weights: $1, drawnOn: $10, beyondRange: $11)
    }

    private static let scheduleForm = Scalars.word([
      ("cosine", "Nichol & Dhariwal (2021).", NoiseSchedule.cosine),
      ("linear", "Ho et al. (2020), continuous.", .linear),
      ("sigmoid", "Jabri et al. (2023).", .sigmoid),
      ("karras", "Signal one and a deviation of 0.002 to 80 (Karras et al. 2022).", .karras),
      ("flow", "The straight line from design to noise (Liu et al. 2022).", .flow),
    ])

    private static let predictionForm = Scalars.word([
      ("sample", "The design.", Prediction.sample),
      ("noise", "The noise (Ho et al. 2020).", .noise),
      ("velocity", "A mixture that serves at every level of noise (Salimans & Ho 2022).", .velocity),
      ("flow", "Noise less design (Liu et al. 2022).", .flow),
    ])
  }

  /// What a sampler does where it is asked for a value outside of what was learned.
  public enum BeyondRange: Sendable, Equatable {
    case refused
    case nearest
    case extrapolated

    static let form = Scalars.word([
      ("refused", "An error.", BeyondRange.refused),
      (
        "nearest", "The network is told the nearest value learned; simulator and constraints take the scene's own.",
        .nearest
      ),
      ("extrapolated", "The network is told the value on the scale that it has learned.", .extrapolated),
    ])
  }

  /// A grid with fewer cells over the scene's domain.
  public struct CoarseGrid: Sendable, Equatable {
    public let cells: [Int]

    static let form: Form<CoarseGrid> = record(
      "A grid with fewer cells over the scene's domain.",
      required(
        "cells", Composites.list(Scalars.integer(1...1_000_000), count: 2...3),
        "Cells along each axis; the scene's own are a whole number of times as many.")
    ) { CoarseGrid(cells: $0) }
  }

  /// How noise becomes a design.
  public enum SamplingMethod: Sendable, Equatable {
    case ancestral
    case implicit
    case heun
    case multistep
    case midpoint

    static let form = Scalars.word([
      ("ancestral", "With fresh noise in every step (Ho et al. 2020).", SamplingMethod.ancestral),
      ("ddim", "Euler's method along the flow of probability (Song et al. 2021).", .implicit),
      ("heun", "Heun's method along it; two answers of the network a step (Karras et al. 2022).", .heun),
      ("dpm-solver", "DPM-Solver++(2M): of second order with one answer a step (Lu et al. 2022).", .multistep),
      ("midpoint", "The midpoint rule along the straight flow; two answers a step (Liu et al. 2022).", .midpoint),
    ])

    func sampler(steps: Int) -> any DesignSampler {
      switch self {
      case .ancestral: AncestralSampler(steps: steps)
      case .implicit: ImplicitSampler(steps: steps)
      case .heun: HeunSampler(steps: steps)
      case .multistep: MultistepSampler(steps: steps)
      case .midpoint: FlowMidpointSampler(steps: steps)
      }
    }
  }

  /// What a sampler learns from.
  public enum SamplerData: Sendable, Equatable {
    case foils(FoilData)
    case optimized(OptimizedData)

    static let form: Form<SamplerData> = Composites.kind(
      "kind of data", "What a sampler learns from.",
      [
        Choice(
          "foils",
          "NACA foils of four and five digits and smooth random changes of them, written in the form of the scene's `cst` design.",
          FoilData.form.map { .foils($0) }),
        Choice(
          "optimized",
          "What the scene's own optimizer finds for random variants of the scene; the values that vary are what the sampler is asked for.",
          OptimizedData.form.map { .optimized($0) }),
      ])
  }

  public struct FoilData: Sendable, Equatable {
    public let count: Int
    public let seed: Int
    /// Of the largest thickness, in chords.
    public let thickness: ClosedRange<Double>

    static let form: Form<FoilData> = record(
      "Random foils.",
      defaulted("count", Scalars.integer(2...1_000_000), 4000, "How many foils are learned from."),
      defaulted("seed", Scalars.integer(0...Int.max), 1, "Of the random foils."),
      defaulted(
        "thickness", interval(NumberRange(lower: 0.01, upper: 0.5)), 0.05...0.24, written: "[0.05, 0.24]",
        "Between which their largest thickness lies, in chords.")
    ) { FoilData(count: $0, seed: $1, thickness: $2) }
  }

  public struct OptimizedData: Sendable, Equatable {
    public let count: Int
    public let seed: Int
    public let vary: [Located<Variation>]

    static let form: Form<OptimizedData> = record(
      "Optimized variants of the scene.",
      defaulted("count", Scalars.integer(2...100_000), 256, "How many variants are learned from."),
      defaulted("seed", Scalars.integer(0...Int.max), 1, "Of what varies."),
      required("vary", Composites.list(Variation.form.located, count: 1...64), "The values of the scene that vary.")
    ) { OptimizedData(count: $0, seed: $1, vary: $2) }
  }

  /// A value of the scene that is drawn anew for every member of a data set.
  public struct Variation: Sendable, Equatable {
    /// As of `--set`.
    public let path: Located<String>
    public let between: ClosedRange<Double>
    /// Other numbers, which keep their distance from it.
    public let along: [Located<String>]

    static let form: Form<Variation> = record(
      "A number of the scene that varies, each value as likely as another.",
      required(
        "path", Scalars.name.located,
        "Where the number is, as for `--set`: `constraints.0.volume-fraction.at-most`."),
      required("between", interval(.any), "Its least and its greatest value, in SI units."),
      defaulted(
        "along", Composites.list(Scalars.name.located, count: 0...64), [], written: "[]",
        "Where other numbers are that move by as much, such as the other corner of a box.")
    ) { Variation(path: $0, between: $1, along: $2) }
  }

  /// The network of a sampler.
  public enum SamplerModel: Sendable, Equatable {
    case perceptron(Perceptron)
    case transformer(Transformer)
    case uNet(UNet)

    public struct Perceptron: Sendable, Equatable {
      public let width: Int
      public let blocks: Int
      static let defaults = Perceptron(width: 96, blocks: 3)
    }

    public struct Transformer: Sendable, Equatable {
      public let width: Int
      public let heads: Int
      public let blocks: Int
    }

    public struct UNet: Sendable, Equatable {
      public let channels: [Int]
      /// Iterations of the scene's optimizer whose design the network is shown; 0 for none.
      public let sketch: Int
      /// The coarser grid that the sketch is made on; nil for the grid that is drawn on.
      public let sketchOn: Located<CoarseGrid>?
    }

    static let form: Form<SamplerModel> = Composites.kind(
      "network", "The network of a sampler.",
      [
        Choice(
          "perceptron", "Layers between all numbers, for designs of a few dozen numbers.",
          record(
            "A perceptron with residual blocks.",
            defaulted("width", Scalars.integer(2...4096), 96, "Numbers of its inner layers; even."),
            defaulted("blocks", Scalars.integer(1...32), 3, "Blocks of two layers each.")
          ) { Perceptron(width: $0, blocks: $1) }.checked {
            $0.width % 2 == 0 ? nil : ("the width \($0.width) is odd", "use an even one")
          }.map { .perceptron($0) }),
        Choice(
          "transformer",
          "A transformer (Vaswani et al. 2017) with a place for each number, for designs whose numbers follow each other.",
          record(
            "A transformer.",
            defaulted("width", Scalars.integer(2...1024), 32, "Numbers of each place; even, and divisible by `heads`."),
            defaulted("heads", Scalars.integer(1...64), 4, "Heads of attention."),
            defaulted("blocks", Scalars.integer(1...32), 2, "Blocks of attention and two layers each.")
          ) { Transformer(width: $0, heads: $1, blocks: $2) }.checked {
            $0.width % 2 == 0 && $0.width % $0.heads == 0
              ? nil : ("the width \($0.width) is odd or does not divide by \($0.heads) heads", "use 32 and 4, say")
          }.map { .transformer($0) }),
        Choice(
          "u-net", "A U-Net (Ronneberger et al. 2015), for densities on a grid.",
          record(
            "A U-Net.",
            defaulted(
              "channels", Composites.list(Scalars.integer(8...512), count: 1...6), [16, 32, 48],
              written: "[16, 32, 48]",
              "Channels of each level, finest first; multiples of 8. Cells must be divisible by two as often as there are levels less one."
            ),
            defaulted(
              "sketch", Scalars.integer(0...1000), 0,
              "The network is shown the design that so many iterations of the scene's optimizer reach from its start, each of which costs a gradient; 0 for none."
            ),
            optional(
              "sketch-on", CoarseGrid.form.located,
              "A coarser grid for the sketch, where a gradient costs less; the filter has as many cells there, and the sketch is interpolated."
            )
          ) { UNet(channels: $0, sketch: $1, sketchOn: $2) }.checked { net in
            if net.sketchOn != nil, net.sketch == 0 {
              return ("`sketch-on` without a sketch", "say how many iterations `sketch` has, or take it out")
            }
            return net.channels.first { $0 % 8 != 0 }.map {
              ("\($0) channels are not a multiple of 8", "use 8, 16, 24 and so on")
            }
          }.map { .uNet($0) }),
      ])
  }

  /// How a sampler is trained.
  public struct SamplerTraining: Sendable, Equatable {
    public let steps: Int
    public let batch: Int
    public let rate: Double
    public let seed: Int
    /// How often what is asked is left out, so that the model also learns to do without.
    public let droppedConditions: Double
    /// Designs that are held while others are still being made; nil to make all of them first.
    public let reservoir: Int?

    static let defaults = SamplerTraining(
      steps: 2000, batch: 256, rate: 2e-3, seed: 2, droppedConditions: 0.1, reservoir: nil)

    static let form: Form<SamplerTraining> = record(
      "How a sampler is trained: AdamW, a rise and a fall of the rate, an average of the weights.",
      defaulted("steps", Scalars.integer(1...10_000_000), 2000, "Steps of training, one batch each."),
      defaulted("batch", Scalars.integer(1...65_536), 256, "Designs of a step of training."),
      defaulted("rate", Scalars.number(.positive), 2e-3, written: "2e-3", "The rate at its peak."),
      defaulted("seed", Scalars.integer(0...Int.max), 2, "Of the first weights and of the noise in training."),
      defaulted(
        "dropped-conditions", Scalars.number(.between(0, 0.9)), 0.1,
        "How often what is asked is left out, so that the model also learns to do without (Ho & Salimans 2022)."),
      optional(
        "reservoir", Scalars.integer(2...1_000_000),
        "Designs held in memory while others are still being made: training begins once so many are there, and the rest, made on the way and never written as data, replace them at random (Vitter 1985). Left out, all are made first; designs read from a folder are all held."
      )
    ) { SamplerTraining(steps: $0, batch: $1, rate: $2, seed: $3, droppedConditions: $4, reservoir: $5) }
  }

  /// Two numbers, the smaller one first.
  static func interval(_ range: NumberRange) -> Form<ClosedRange<Double>> {
    Composites.list(Scalars.number(range), count: 2...2).checked {
      $0[0] < $0[1] ? nil : ("the range is empty", "write the smaller number first")
    }.map { $0[0]...$0[1] }
  }
}
