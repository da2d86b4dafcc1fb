import DifferentiableCore
import SmoothedParticles

/// Finds tools that reach out of the box, or into the fluid at the start, before anything is simulated with them.
struct ToolCheck: Sendable {
  let tools: [(name: String, particles: Range<Int>)]
  let dimension: Int
  /// Of the box with the room for its walls, m.
  let lower: [Double]
  let upper: [Double]
  /// m
  let spacing: Double
  let fluidCount: Int
  /// Where the places of walls begin in the parameters.
  let wallStart: Int

  init?(_ tools: [PlacedTool], _ system: ParticleSystem, spacing: Double) {
    guard !tools.isEmpty, let walls = system.parameterBlocks.range(of: "wall-position") else { return nil }
    self.tools = tools.map { ($0.name, $0.particles) }
    dimension = system.dimension
    lower = system.box.lower
    upper = system.box.upper
    self.spacing = spacing
    // Particles kept for an inlet are nowhere yet.
    fluidCount = system.particleCount - (system.openFlow?.parked ?? 0)
    wallStart = walls.lowerBound
  }

  /// - Throws: `SolveFailure` of kind `.diverged` that names the tool and the place.
  func check(_ parameters: DenseVector) throws(SolveFailure) {
    var occupied: [SIMD3<Int32>: [Int]] = [:]
    for i in 0..<fluidCount { occupied[cell(i * dimension, parameters), default: []].append(i * dimension) }
    for tool in tools {
      for particle in tool.particles {
        let place = wallStart + particle * dimension
        for axis in 0..<dimension {
          let x = parameters[place + axis]
          guard x.isFinite, x > lower[axis], x < upper[axis] else {
            throw SolveFailure(
              .diverged,
              "\(tool.name) reaches out of the box at \(words(place, parameters)) at 0 s; a smaller `limit` or a larger box keeps it inside"
            )
          }
        }
        if let fluid = neighbour(of: place, occupied, parameters) {
          throw SolveFailure(
            .diverged,
            "\(tool.name) overlaps the fluid at \(words(fluid, parameters)) at 0 s; place it or the fluid elsewhere")
        }
      }
    }
  }

  /// Where a fluid particle begins that is nearer than half a spacing.
  private func neighbour(of place: Int, _ occupied: [SIMD3<Int32>: [Int]], _ parameters: DenseVector) -> Int? {
    let middle = cell(place, parameters)
    for dz in dimension == 3 ? Int32(-1)...1 : 0...0 {
      for dy in Int32(-1)...1 {
        for dx in Int32(-1)...1 {
          for fluid in occupied[middle &+ SIMD3(dx, dy, dz)] ?? [] {
            var square = 0.0
            for axis in 0..<dimension {
              let away = parameters[fluid + axis] - parameters[place + axis]
              square += away * away
            }
            if square < 0.25 * spacing * spacing { return fluid }
          }
        }
      }
    }
    return nil
  }

  private func cell(_ place: Int, _ parameters: DenseVector) -> SIMD3<Int32> {
    var cell = SIMD3<Int32>.zero
    for axis in 0..<dimension {
      let index = (parameters[place + axis] / (0.5 * spacing)).rounded(.down)
      cell[axis] = abs(index) < 1e9 ? Int32(index) : .max / 2
    }
    return cell
  }

  private func words(_ place: Int, _ parameters: DenseVector) -> String {
    let entries = (0..<dimension).map { NumberFormat.significant(parameters[place + $0], digits: 4) }
    return "(" + entries.joined(separator: ", ") + ") m"
  }
}
