import FiniteElements
import Foundation
import SmoothedParticles

/// Puts layers of wall particles outside the sides of the box that are walls, on the lattice of the fluid carried on.
struct WallFilling {
  let sides: [Located<Scene.WallSide>]
  let box: Scene.Box
  let lattice: StructuredGrid
  /// m
  let spacing: Double
  /// As deep as the kernel reaches.
  let layers: Int
  /// Sides with room for particles that enter or leave.
  var openSides: [Scene.Side] = []

  private var dimension: Int { box.dimension }

  /// Layers below and above the box along an axis.
  private func margins(_ axis: Int) -> (below: Int, above: Int) {
    func has(_ isUpper: Bool) -> Int {
      sides.contains { $0.side.axis == axis && $0.side.isUpper == isUpper } ? layers : 0
    }
    return (has(false), has(true))
  }

  /// Beyond the walls' own margins: one spacing more than the layers, since a particle goes on a little before it is gone.
  private func openMargin(_ axis: Int, _ isUpper: Bool) -> Double {
    openSides.contains { $0.axis == axis && $0.isUpper == isUpper } ? Double(layers) + 1 : 0
  }

  /// The box that particles may be in: with room for the walls.
  var extent: (lower: [Double], upper: [Double]) {
    let lower = (0..<dimension).map {
      box.origin[$0] - max(Double(margins($0).below), openMargin($0, false)) * spacing
    }
    let upper = (0..<dimension).map {
      box.origin[$0] + box.size.value[$0] + max(Double(margins($0).above), openMargin($0, true)) * spacing
    }
    return (lower, upper)
  }

  func check(_ diagnostics: inout DiagnosticList) {
    var seen: Set<Scene.Side> = []
    for side in sides {
      let axis = Axis.allCases[side.side.axis]
      if axis.rawValue >= dimension {
        diagnostics.add(side.error("\(box.kind) has no \(axis)", remedy: "leave out `\(side.side)`"))
      } else if box.periodic.value.contains(axis) {
        diagnostics.add(
          side.error(
            "a wall at an end of a periodic axis", found: "`\(side.side)` in a box that is periodic along \(axis)",
            remedy: "take \(axis) out of `periodic`, or the wall out of `boundaries`"))
      }
      if !seen.insert(side.side).inserted { diagnostics.add(side.error("the side `\(side.side)` is given twice")) }
      guard let velocity = side.velocity else { continue }
      if velocity.value.count != dimension {
        diagnostics.add(
          velocity.error("`velocity` has \(velocity.value.count) entries in a box of \(dimension) dimensions"))
      } else if axis.rawValue < dimension, velocity.value[axis.rawValue] != 0 {
        diagnostics.add(
          velocity.error("a side of the box slides along itself only", remedy: "make its velocity along \(axis) zero"))
      }
    }
  }

  /// From wall particles at `positions` to their mirror points within the box, m: through the side that they are beyond, and
  /// where they are beyond several through the corner.
  func mirrors(_ positions: [Double]) -> [Double] {
    positions.enumerated().map { k, place in
      let lower = box.origin[k % dimension], upper = lower + box.size.value[k % dimension]
      return 2 * (min(max(place, lower), upper) - place)
    }
  }

  /// Positions in m and velocities in m/s, `[count, dimension]`.
  func fill() -> (positions: [Double], velocities: [Double]) {
    var positions: [Double] = [], velocities: [Double] = []
    let counts = (0..<3).map { $0 < dimension ? Int((box.size.value[$0] / spacing).rounded()) : 1 }
    let room = (0..<3).map { axis -> (below: Int, above: Int) in
      guard axis < dimension else { return (0, 0) }
      let walls = margins(axis)
      return (
        openMargin(axis, false) > 0 ? layers : walls.below, openMargin(axis, true) > 0 ? layers : walls.above
      )
    }
    for k in -room[2].below..<counts[2] + room[2].above {
      for j in -room[1].below..<counts[1] + room[1].above {
        for i in -room[0].below..<counts[0] + room[0].above {
          let place = [i, j, k]
          let outer = sides.last { side in
            let at = place[side.side.axis]
            return side.side.isUpper ? at >= counts[side.side.axis] : at < 0
          }
          guard let outer else { continue }
          for axis in 0..<dimension { positions.append(box.origin[axis] + (Double(place[axis]) + 0.5) * spacing) }
          velocities += outer.velocity?.value ?? [Double](repeating: 0, count: dimension)
        }
      }
    }
    return (positions, velocities)
  }
}
