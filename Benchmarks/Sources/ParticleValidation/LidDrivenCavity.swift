import Backsolve
import Foundation

/// The cavity of Ghia, Ghia and Shin, J. Comput. Phys. 48 (1982): velocities on the two middle lines.
enum LidDrivenCavity: ValidationCase {
  static let name = "cavity"

  private struct Tables: Decodable {
    struct Horizontal: Decodable {
      let y: [Double]
      let u: [String: [Double]]
    }
    struct Vertical: Decodable {
      let x: [Double]
      let v: [String: [Double]]
    }
    let uAlongXHalf: Horizontal
    let vAlongYHalf: Vertical

    private enum CodingKeys: String, CodingKey {
      case uAlongXHalf = "u_along_x_half"
      case vAlongYHalf = "v_along_y_half"
    }
  }

  static func run(smoke: Bool) throws -> [Check] {
    let tables = try reference("ghia1982.json", as: Tables.self)
    let flags = CommandLine.arguments
    let walls = flags.contains("--mirror-points")
    let m = smoke ? 10 : flags.contains("--fine") ? 100 : 50
    // Slower flows take longer to settle, in units of side over lid speed.
    let studies =
      smoke ? [(100, 0.02)] : flags.contains("--fast-flows") ? [(400, 24.0), (1000, 40)] : [(100, 12.0)]
    return try studies.flatMap { reynolds, time in
      do {
        return try checks(m, reynolds, until: time, hasMirrorPoints: walls, tables)
      } catch let failure as SolveFailure {
        // One flow that fails must not hide the others.
        return [Check(name: "cavity Re \(reynolds), \(m) x \(m): \(failure)", found: .infinity, bar: 0.03)]
      }
    }
  }

  /// The flow after a time, in sides over lid speed.
  private static func settle(_ m: Int, _ reynolds: Int, for time: Double, hasMirrorPoints: Bool) throws
    -> (ParticleSystem, DenseVector)
  {
    let box = WalledBox(
      spacing: 1 / Double(m), room: (m, m), fluid: (m, m), layers: 3, lidVelocity: 1, hasMirrorPoints: hasMirrorPoints)
    var system = box.system(viscosity: 1 / Double(reynolds), gravity: [0, 0], friction: .noSlip)
    var left = time
    if m > 50, reynolds > 100 {
      // Spinning up is quick with few particles; from their velocities the many go on.
      let (few, settled) = try settle(50, reynolds, for: time, hasMirrorPoints: hasMirrorPoints)
      let probe = VelocityProbe(settled, count: few.particleCount, reach: 2.5 / 50)
      for i in 0..<system.particleCount {
        let velocity = probe.velocity(system.positions[2 * i], system.positions[2 * i + 1])
        for axis in 0..<2 { system.velocities[2 * i + axis] = velocity[axis] }
      }
      left = 10
    }
    var scheme = ContinuityScheme(
      soundSpeed: 10, equationOfState: .linear, artificialViscosity: 0, shifting: ParticleShifting(strength: 0.5))
    scheme.densityRelaxation = 0.001
    let simulation = ParticleSimulation(
      system, scheme: scheme, numerics: ParticleNumerics(kernel: .quintic, smoothingLength: box.spacing),
      integration: .verlet)
    return (system, try simulate(simulation, until: .time(left)))
  }

  private static func checks(
    _ m: Int, _ reynolds: Int, until time: Double, hasMirrorPoints: Bool, _ tables: Tables
  ) throws -> [Check] {
    let (system, state) = try settle(m, reynolds, for: time, hasMirrorPoints: hasMirrorPoints)
    let probe = VelocityProbe(state, count: system.particleCount, reach: 3 / Double(m))
    let key = "\(reynolds)"
    var worst = [0.0, 0.0]
    for (y, u) in zip(tables.uAlongXHalf.y, tables.uAlongXHalf.u[key] ?? []) where y > 0 && y < 1 {
      worst[0] = max(worst[0], abs(probe.velocity(0.5, y)[0] - u))
    }
    for (x, v) in zip(tables.vAlongYHalf.x, tables.vAlongYHalf.v[key] ?? []) where x > 0 && x < 1 {
      // Printed as -0.23827, where its neighbours imply about -0.338.
      if reynolds == 400 && x == 0.9063 { continue }
      worst[1] = max(worst[1], abs(probe.velocity(x, 0.5)[1] - v))
    }
    return [
      Check(name: "cavity Re \(reynolds), \(m) x \(m): u on x = 1/2, over the lid's speed", found: worst[0], bar: 0.03),
      Check(name: "cavity Re \(reynolds), \(m) x \(m): v on y = 1/2, over the lid's speed", found: worst[1], bar: 0.03),
    ]
  }
}

/// Velocities between the particles: a plane fitted to the neighbours by weighted least squares.
struct VelocityProbe {
  let state: DenseVector
  let count: Int
  let reach: Double

  init(_ state: DenseVector, count: Int, reach: Double) {
    self.state = state
    self.count = count
    self.reach = reach
  }

  func velocity(_ x: Double, _ y: Double) -> [Double] {
    var a = [Double](repeating: 0, count: 6), b = [Double](repeating: 0, count: 6)
    for i in 0..<count {
      let dx = (state[2 * i] - x) / reach, dy = (state[2 * i + 1] - y) / reach
      let square = dx * dx + dy * dy
      if square >= 1 { continue }
      let weight = (1 - square) * (1 - square)
      let terms = [1, dx, dx * dx, dy, dx * dy, dy * dy]
      for k in 0..<6 { a[k] += weight * terms[k] }
      for axis in 0..<2 {
        let u = weight * state[2 * count + 2 * i + axis]
        b[3 * axis] += u
        b[3 * axis + 1] += u * dx
        b[3 * axis + 2] += u * dy
      }
    }
    // [1, dx, dy] normal equations; the first unknown is the value here, by Cramer's rule.
    func determinant(_ p: Double, _ q: Double, _ r: Double) -> Double {
      p * (a[2] * a[5] - a[4] * a[4]) - a[1] * (q * a[5] - a[4] * r) + a[3] * (q * a[4] - a[2] * r)
    }
    let whole = determinant(a[0], a[1], a[3])
    return (0..<2).map { determinant(b[3 * $0], b[3 * $0 + 1], b[3 * $0 + 2]) / whole }
  }
}
