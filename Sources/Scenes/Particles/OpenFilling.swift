import FiniteElements
import Foundation
import SmoothedParticles

/// Fills the room beyond inlets and outlets, on the lattice of the fluid carried on.
struct OpenFilling {
  struct Opening {
    var declared: Located<Scene.OpenSide>
    var name: String
    var kind: OpenBoundary.Kind
  }

  let openings: [Opening]
  let scene: Scene
  let box: Scene.Box
  let lattice: StructuredGrid
  /// m
  let spacing: Double
  let layers: Int

  private var dimension: Int { box.dimension }

  init(
    _ scene: Scene, _ physics: Scene.SmoothedParticles, box: Scene.Box, lattice: StructuredGrid, layers: Int
  ) {
    self.scene = scene
    self.box = box
    self.lattice = lattice
    self.layers = layers
    spacing = physics.spacing.value
    openings =
      physics.inlets.enumerated().map { Opening(declared: $1, name: $1.name ?? "inlet \($0 + 1)", kind: .inlet) }
      + physics.outlets.enumerated().map { Opening(declared: $1, name: $1.name ?? "outlet \($0 + 1)", kind: .outlet) }
  }

  func check(_ physics: Scene.SmoothedParticles, _ diagnostics: inout DiagnosticList) {
    var taken = physics.boundaries.map(\.side)
    for opening in openings {
      let side = opening.declared.side, axis = Axis.allCases[side.axis]
      if axis.rawValue >= dimension {
        diagnostics.add(opening.declared.error("a flat box has no z", remedy: "leave out `\(side)`"))
      } else if box.periodic.value.contains(axis) {
        diagnostics.add(
          opening.declared.error(
            "\(opening.name) is at an end of a periodic axis", remedy: "take \(axis) out of `periodic`"))
      }
      if taken.contains(side) {
        diagnostics.add(
          opening.declared.error(
            "the side `\(side)` of \(opening.name) is a wall or open already",
            remedy: "take it out of `boundaries`, or close a part of it with `opening`"))
      }
      taken.append(side)
      let gravity = physics.gravity?.value ?? []
      if let surface = opening.declared.surface, dimension < 2 || gravity.count != dimension || !(gravity[1] < 0) {
        diagnostics.add(
          surface.error("a `surface` beyond \(opening.name) needs `gravity` that points down", remedy: "leave it out"))
      }
    }
  }

  /// Particles beyond the openings.
  struct Filled {
    /// `[count, dimension]` each, in m and m/s.
    var positions: [Double] = []
    var velocities: [Double] = []
    /// What is closed of the sides.
    var walls: [Double] = []
    var boundaries: [OpenBoundary] = []
    /// Of each inlet, among these particles.
    var inlets: [(name: String, axis: Int, particles: Range<Int>)] = []
    /// Particles that enter in a second.
    var entering = 0.0
  }

  /// - Parameters:
  ///   - velocity: of the fluid at the start in a cell of the lattice, nil where there is none.
  ///   - inflow: what designs may change of the inlets.
  func fill(velocity: [Int: [Double]], _ inflow: InflowHistories, _ diagnostics: inout DiagnosticList) -> Filled {
    let resolver = SelectionResolver(.grid(lattice), regions: scene.regions)
    var filled = Filled()
    for opening in openings {
      let side = opening.declared.side
      guard side.axis < dimension else { continue }
      let edge = side.isUpper ? lattice.cells[side.axis] - 1 : 0
      var open: Set<Int>?
      if let selection = opening.declared.opening {
        guard let cells = resolver.resolve(selection, as: .cells, called: "particles", &diagnostics) else { continue }
        open = Set(cells.filter { index($0)[side.axis] == edge })
        if open?.isEmpty == true {
          diagnostics.add(
            selection.error("the opening of \(opening.name) does not touch the side `\(side)`"))
          continue
        }
      }
      let first = filled.positions.count / dimension
      let outward = side.isUpper ? 1.0 : -1.0
      for cell in 0..<lattice.cellCount where index(cell)[side.axis] == edge {
        let isOpen = open?.contains(cell) ?? true
        var flow = [Double](repeating: 0, count: dimension)
        if opening.kind == .inlet {
          flow[side.axis] = -outward * (opening.declared.speed?.value ?? 0)
        } else if isOpen {
          guard let beside = velocity[cell] else { continue }
          flow = beside
        }
        for layer in 1...layers {
          var place = lattice.centroid(ofCell: cell)
          place[side.axis] += outward * Double(layer) * spacing
          if isOpen {
            filled.positions += place
            filled.velocities += flow
          } else {
            filled.walls += place
          }
        }
        if isOpen, opening.kind == .inlet {
          filled.entering += (inflow.fastest[opening.name] ?? abs(flow[side.axis])) / spacing
        }
      }
      let end = filled.positions.count / dimension
      if opening.kind == .inlet { filled.inlets.append((opening.name, side.axis, first..<end)) }
      var boundary = OpenBoundary(
        opening.name, opening.kind, axis: side.axis, isUpper: side.isUpper,
        plane: lattice.origin[side.axis] + (side.isUpper ? lattice.size[side.axis] : 0),
        depth: Double(layers) * spacing)
      boundary.opening = open.map(corners)
      boundary.history = opening.kind == .inlet ? inflow.histories[opening.name] : nil
      boundary.surface = opening.declared.surface?.value
      filled.boundaries.append(boundary)
    }
    return filled
  }

  /// Of the cells, m.
  private func corners(_ cells: Set<Int>) -> (lower: [Double], upper: [Double]) {
    let places = cells.map { lattice.centroid(ofCell: $0) }
    return (
      (0..<dimension).map { axis in places.reduce(.infinity) { min($0, $1[axis]) } - 0.5 * spacing },
      (0..<dimension).map { axis in places.reduce(-.infinity) { max($0, $1[axis]) } + 0.5 * spacing }
    )
  }

  private func index(_ cell: Int) -> [Int] {
    let nx = lattice.cells[0], ny = lattice.cells[1]
    return [cell % nx, cell / nx % ny, cell / (nx * ny)]
  }
}
