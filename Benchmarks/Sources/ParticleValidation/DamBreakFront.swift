import Backsolve

/// A column twice as high as wide collapses onto a dry floor: where its front is, beside the experiments of Martin and
/// Moyce (1952) and of Koshizuka and Oka (1996) and the computation of the latter.
enum DamBreakFront: ValidationCase {
  static let name = "dam-break"

  private struct Series: Decodable {
    let T: [Double]?
    let X: [Double]?
    let TX: [[Double]]?

    /// Linear between the points; nil outside.
    func front(at time: Double) -> Double? {
      let points = TX ?? zip(T ?? [], X ?? []).map { [$0, $1] }
      for (left, right) in zip(points, points.dropFirst()) where left[0] <= time && time <= right[0] {
        return left[1] + (right[1] - left[1]) * (time - left[0]) / (right[0] - left[0])
      }
      return nil
    }
  }

  private struct Tables: Decodable {
    let martinMoyceTable2Front: Series
    let martinMoyceFig3A1p125in: Series
    let martinMoyceFig3A2p25in: Series
    let koshizukaOkaExperiment: Series
    let koshizukaOkaComputation: Series

    private enum CodingKeys: String, CodingKey {
      case martinMoyceTable2Front = "martin_moyce_table2_front"
      case martinMoyceFig3A1p125in = "martin_moyce_fig3_a1p125in"
      case martinMoyceFig3A2p25in = "martin_moyce_fig3_a2p25in"
      case koshizukaOkaExperiment = "koshizuka_oka_experiment"
      case koshizukaOkaComputation = "koshizuka_oka_mps"
    }
  }

  static func run(smoke: Bool) throws -> [Check] {
    let tables = try reference("martin-moyce.json", as: Tables.self)
    let series = [
      tables.martinMoyceTable2Front, tables.martinMoyceFig3A1p125in, tables.martinMoyceFig3A2p25in,
      tables.koshizukaOkaExperiment, tables.koshizukaOkaComputation,
    ]
    let across = smoke ? 5 : 40, spacing = 1 / Double(across)
    let box = WalledBox(
      spacing: spacing, room: (5 * across, 2 * across), fluid: (across, 2 * across), layers: 3, hasLid: false)
    let system = box.system(viscosity: 0, gravity: [0, -1], friction: .freeSlip), n = system.particleCount
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 20, artificialViscosity: 0.05),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1.4 * spacing), integration: .verlet)
    // T = t sqrt(2 g/a)
    let scale = 2.0.squareRoot()
    var fronts: [(Double, Double)] = []
    _ = try simulate(simulation, until: .time(smoke ? 0.02 : 2.9 / scale), every: 0.1 / scale) { frame in
      let front = (0..<n).reduce(0.0) { max($0, frame.state[2 * $1]) } + spacing / 2
      fronts.append((frame.context.time * scale, front))
    }
    let simulated = Series(T: fronts.map(\.0), X: fronts.map(\.1), TX: nil)
    return (smoke ? [] : [1, 1.5, 2, 2.5]).compactMap { time -> Check? in
      let known = series.compactMap { $0.front(at: time) }
      guard let front = simulated.front(at: time), let low = known.min(), let high = known.max() else { return nil }
      let outside = max(0, low - front, front - high)
      return Check(
        name:
          "dam break, front at T = \(time): \(rounded(front)) where others have \(rounded(low)) to \(rounded(high)),"
          + " outside by", found: outside / front, bar: 0)
    }
  }

  private static func rounded(_ x: Double) -> String { "\((100 * x).rounded() / 100)" }
}
