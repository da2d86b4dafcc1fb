import DifferentiableCore
import Foundation
import SmoothedParticles

extension Scene {
  /// When a simulation ends, and the steps until then.
  public struct TimeSpan: Sendable, Equatable {
    public enum End: Sendable, Equatable {
      /// s
      case time(Double)
      case steps(Int)
    }

    public let end: End
    /// s; nil lets the Courant condition choose.
    public let timeStep: Double?
    public let integration: TimeIntegration
    /// Which states are kept for the gradient.
    public let checkpoints: CheckpointPolicy

    /// More steps than this are a mistake.
    static let mostSteps = 10_000_000

    static let form: Form<TimeSpan> = record(
      "Time from 0: either `end` or `steps`.",
      optional("end", Scalars.quantity(.time, .positive), "The time at the end, in s."),
      optional("steps", Scalars.integer(1...mostSteps), "The number of time steps."),
      optional(
        "time-step", Scalars.quantity(.time, .positive),
        "The length of a step in s; as long as is stable when left out."),
      defaulted(
        "integration",
        Scalars.word([
          ("symplectic-euler", "First order, one evaluation a step.", TimeIntegration.symplecticEuler),
          ("verlet", "Leapfrog: second order, one evaluation a step.", .verlet),
          ("runge-kutta-2", "The midpoint rule: second order, two evaluations a step.", .rungeKutta2),
        ]), .symplecticEuler, written: "symplectic-euler", "How a step is made."),
      optional("checkpoints", checkpoints, "What the gradient may keep of the way; every state when left out."),
      needsOneOf: ["end", "steps"]
    ) { end, steps, step, integration, kept in (end, steps, step, integration, kept) }
    .checked { $0.0 != nil && $0.1 != nil ? ("both `end` and `steps` are given", "keep one of them") : nil }
    .checked { fields in
      guard let end = fields.0, let step = fields.2, end / step > Double(mostSteps) else { return nil }
      return ("`time-step` is too short: \(end) s take more than \(mostSteps) steps of \(step) s", "use longer steps")
    }
    .map { end, steps, step, integration, kept in
      TimeSpan(
        end: end.map { .time($0) } ?? .steps(steps ?? 1), timeStep: step, integration: integration,
        checkpoints: kept ?? .everything)
    }

    private static let checkpoints: Form<CheckpointPolicy> = record(
      "Which states are kept for the gradient; steps between them are repeated on the way back.",
      required("budget", megabytes, "Memory for states, such as `10 MB`."),
      optional(
        "disk", megabytes,
        "Room on disk for states beyond the budget, such as `1000 MB`, in the folder for temporary files (`TMPDIR`); "
          + "none when left out.")
    ) { budget, disk in
      .budget(bytes: budget, spill: disk.map { SpillFolder(FileManager.default.temporaryDirectory.path, bytes: $0) })
    }

    private static let megabytes: Form<Int> = {
      let count = Scalars.number(.between(0.001, 1e9))
      return Form(.suffixed("MB", .positive)) { node, decoding in
        guard case .scalar(let text, _) = node.content, let number = text.dropping(suffix: "MB") else {
          decoding.mismatch(node, expected: Shape.suffixed("MB", .positive).expectation)
          return nil
        }
        return count.read(SceneNode(.scalar(number, quoted: false), at: node.mark), &decoding).map { Int($0 * 1e6) }
      }
    }()
  }
}
