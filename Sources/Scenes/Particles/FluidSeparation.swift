import Geometry
import SmoothedParticles

/// Keeps fluids apart that are shifted as a whole: each is taken as the ball around its particles.
struct FluidSeparation: Sendable {
  private let names: [String]
  /// Where the centres are without a shift, `[fluids, axes]` in m.
  private let centres: DenseVector
  private let balls: BallSeparation
  private let bounds: Bounds

  /// - Parameters:
  ///   - fluids: Their names and particles.
  ///   - system: Where the particles are without a shift.
  ///   - reach: Half of what lies between the ball around the particles and where another fluid may begin, in m.
  ///   - bounds: Of the shifts, `[fluids, axes]` in m.
  init(_ fluids: [(name: String, particles: Range<Int>)], _ system: ParticleSystem, reach: Double, bounds: Bounds) {
    let dimension = system.dimension
    var centres: [Double] = [], radii: [Double] = []
    for fluid in fluids {
      let places: [[Double]] = fluid.particles.map { k in
        Array(system.positions[k * dimension..<(k + 1) * dimension])
      }
      let centre: [Double] = (0..<dimension).map { axis in
        let entries = places.map { $0[axis] }
        return 0.5 * ((entries.min() ?? 0) + (entries.max() ?? 0))
      }
      let radius = places.map { place in (DenseVector(place) - DenseVector(centre)).norm }.max() ?? 0
      centres += centre
      radii.append(radius + reach)
    }
    names = fluids.map(\.name)
    self.bounds = bounds
    self.centres = DenseVector(centres)
    var balls = BallSeparation(
      radii: radii, lowest: self.centres + bounds.lower, highest: self.centres + bounds.upper)
    // More than what rounding takes away when a shift is added to a centre again, less than what sweeps leave.
    balls.slack = 1e-12
    self.balls = balls
  }

  /// Why fluids cannot be kept apart, and what helps; nil where they can.
  func mistake(in box: ParticleBox) -> (problem: String, remedy: String)? {
    if box.isPeriodic.contains(true) {
      return ("`apart` does not see fluids across the sides of a periodic box", "take `apart` or `periodic` out")
    }
    return tooNear(DenseVector(zeros: centres.count)).map {
      (
        "\($0.0) and \($0.1) are nearer to each other than this where their regions put them",
        "move their regions apart"
      )
    }
  }

  /// Shifts near those given that keep all apart; the same where they do.
  ///
  /// - Throws: `SolveFailure` where the fluids find no room.
  func separated(_ shifts: DenseVector) throws(SolveFailure) -> DenseVector {
    let shifts = bounds.project(shifts)
    guard tooNear(shifts) != nil else { return shifts }
    return bounds.project(try balls.separated(centres + shifts) - centres)
  }

  /// The names of two fluids that are too near each other; nil where all are apart.
  func tooNear(_ shifts: DenseVector) -> (String, String)? {
    balls.overlapping(centres + shifts).map { (names[$0.0], names[$0.1]) }
  }

  /// - Throws: `SolveFailure` of kind `.diverged` that names two fluids too near each other.
  func check(_ shifts: DenseVector) throws(SolveFailure) {
    guard let pair = tooNear(shifts) else { return }
    throw SolveFailure(.diverged, "\(pair.0) and \(pair.1) begin nearer to each other than `apart` allows")
  }
}
