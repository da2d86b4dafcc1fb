import FiniteElements
import Foundation
import SmoothedParticles

/// Fills the fluids of a scene with particles, at the centres of a lattice's cells.
struct FluidFilling {
  let scene: Scene
  let physics: Scene.SmoothedParticles
  /// On a line one row in the plane.
  let lattice: StructuredGrid
  let dimension: Int
  /// As deep as the kernel reaches.
  let wallLayers: Int
  /// Of each solid; nil where it is a region.
  let shapes: [SolidShape?]

  /// `[particleCount, dimension]` each, in m and m/s.
  struct Filled {
    var positions: [Double] = []
    var velocities: [Double] = []
    /// kg/m³; nil where all begin at the rest density.
    var densities: [Double]?
    /// `[wallCount, dimension]`, in m and m/s.
    var wallPositions: [Double] = []
    var wallVelocities: [Double] = []
    /// m³ (m² in the plane)
    var wallVolumes: [Double] = []
    /// `[wallCount, dimension]`, m; from solids with a shape to their mirror points, and zero in those that are regions.
    var wallMirrors: [Double] = []
    /// The fluids' particles, in order.
    var fluids: [(name: String, particles: Range<Int>)] = []
    /// The solids' particles among the walls.
    var solids: [(name: String, particles: Range<Int>)] = []
    var bodies: [RigidBody] = []
    /// How the fluid moves in a cell of the lattice at the start.
    var velocityInCell: [Int: [Double]] = [:]
  }

  func fill(_ diagnostics: inout DiagnosticList) -> Filled {
    let resolver = SelectionResolver(.grid(lattice), regions: scene.regions)
    var owner = [Int32](repeating: -1, count: lattice.cellCount)
    var filled = Filled()
    checkIsOneFluid(&diagnostics)
    for (index, fluid) in physics.fluids.enumerated() {
      guard isWithinBox(fluid.region, "the fluid", &diagnostics),
        let all = resolver.resolve(fluid.region, as: .cells, called: "particles", &diagnostics),
        let places = outsideShapes(all, of: fluid.mark, name(index), &diagnostics),
        isFree(places, of: name(index), fluid.mark, Int32(index), &owner, &diagnostics),
        velocityFits(fluid, &diagnostics)
      else { continue }
      var generator = SeededGenerator(seed: UInt64(fluid.value.jitter?.seed ?? scene.seed))
      let reach = (fluid.value.jitter?.amplitude ?? 0) * physics.spacing.value
      let first = filled.positions.count / dimension
      filled.fluids.append((name(index), first..<first + places.count))
      for place in places {
        var position = Array(lattice.centroid(ofCell: place).prefix(dimension))
        if reach > 0 { for axis in 0..<dimension { position[axis] += reach * (2 * generator.uniform() - 1) } }
        filled.positions += position
        let flow = velocity(fluid.value.velocity?.value, at: position)
        filled.velocities += flow
        if !physics.outlets.isEmpty { filled.velocityInCell[place] = flow }
      }
    }
    fillDensities(&filled, &diagnostics)
    for (index, solid) in physics.solids.enumerated() {
      let name = solid.name ?? "solid \(index + 1)"
      var positions: [Double] = [], volumes: [Double] = [], mirrors: [Double]?
      if let form = solid.shape {
        guard let shape = shapes[index], let layers = layers(of: shape, form.mark, name, &diagnostics) else { continue }
        positions = layers.positions
        volumes = layers.volumes
        mirrors = layers.mirrors
      } else if let region = solid.region {
        guard let places = resolver.resolve(region, as: .cells, called: "particles", &diagnostics),
          isFree(places, of: name, solid.mark, Int32(physics.fluids.count + index), &owner, &diagnostics)
        else { continue }
        positions = places.flatMap { lattice.centroid(ofCell: $0).prefix(dimension) }
        volumes = [Double](repeating: cellVolume, count: places.count)
      }
      let velocity = entries(solid.velocity, &diagnostics)
      let first = filled.wallVolumes.count
      filled.solids.append((name, first..<first + volumes.count))
      filled.wallPositions += positions
      filled.wallVolumes += volumes
      filled.wallMirrors += mirrors ?? [Double](repeating: 0, count: positions.count)
      for _ in volumes { filled.wallVelocities += velocity }
    }
    for (index, body) in physics.bodies.enumerated() {
      if let filling = rigidBody(body, index, resolver, &owner, &diagnostics) { filled.bodies.append(filling) }
    }
    return filled
  }

  /// Reports a solid with a shape that a body lies in.
  private func isOutsideShapes(
    _ cells: [Int], _ mark: SourceMark, _ name: String, _ diagnostics: inout DiagnosticList
  ) -> Bool {
    for (index, shape) in shapes.enumerated() {
      guard let shape else { continue }
      let shared = cells.count { !shape.keeps(0, from: lattice.centroid(ofCell: $0)) }
      if shared == 0 { continue }
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "\(name) overlaps \(self.name(physics.fluids.count + index))",
          found: "\(shared) particles in both", remedy: "move one of them"))
      return false
    }
    return true
  }

  private var cellVolume: Double { pow(physics.spacing.value, Double(dimension)) }

  /// Cells whose middle keeps half a spacing from every shape; nil after reporting that none is left.
  private func outsideShapes(
    _ cells: [Int], of mark: SourceMark, _ name: String, _ diagnostics: inout DiagnosticList
  ) -> [Int]? {
    let shapes = shapes.compactMap(\.self)
    if shapes.isEmpty { return cells }
    let gap = physics.spacing.value / 2 * (1 - 1e-9)
    let left = cells.filter { cell in
      let place = lattice.centroid(ofCell: cell)
      return shapes.allSatisfy { $0.keeps(gap, from: place) }
    }
    if !left.isEmpty { return left }
    diagnostics.add(SceneDiagnostic(mark: mark, problem: "\(name) lies inside a solid, which leaves no particle of it"))
    return nil
  }

  private func layers(
    of shape: SolidShape, _ mark: SourceMark, _ name: String, _ diagnostics: inout DiagnosticList
  ) -> BodyFittedLayers? {
    let layers = BodyFittedLayers(
      shape, spacing: physics.spacing.value, layers: wallLayers,
      within: (lattice.origin, zip(lattice.origin, lattice.size).map { $0 + $1 }))
    let places = layers.positions
    if places.isEmpty {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: "\(name) has no room for a particle in the box"))
      return nil
    }
    for k in places.indices {
      let axis = k % dimension, start = lattice.origin[axis], end = start + lattice.size[axis]
      if places[k] < start || places[k] > end {
        diagnostics.add(
          SceneDiagnostic(
            mark: mark, problem: "\(name) reaches outside the box along \(Axis.allCases[axis])",
            found: "\(places[k]) m", expected: "within \(start) to \(end) m"))
        return nil
      }
    }
    return layers
  }

  private func rigidBody(
    _ body: Located<Scene.Body>, _ index: Int, _ resolver: SelectionResolver, _ owner: inout [Int32],
    _ diagnostics: inout DiagnosticList
  ) -> RigidBody? {
    let order = physics.fluids.count + physics.solids.count + index, name = name(order)
    guard isWithinBox(body.region, "the body", &diagnostics),
      let places = resolver.resolve(body.region, as: .cells, called: "particles", &diagnostics),
      isFree(places, of: name, body.mark, Int32(order), &owner, &diagnostics),
      isOutsideShapes(places, body.mark, name, &diagnostics)
    else { return nil }
    let velocity = entries(body.velocity, &diagnostics), turns = dimension == 2 ? 1 : 3
    if let spin = body.angularVelocity, spin.value.count != turns {
      diagnostics.add(
        spin.error(
          "`angular-velocity` has \(spin.value.count) entries in a box of \(dimension) dimensions",
          expected: "\(turns)"))
      return nil
    }
    return RigidBody(
      name, filling: places.flatMap { lattice.centroid(ofCell: $0) }, dimension: dimension,
      cellVolume: pow(physics.spacing.value, Double(dimension)), density: body.density, velocity: velocity,
      angularVelocity: body.angularVelocity?.value)
  }

  /// Of a fluid, after them of a solid, after them of a body.
  private func name(_ index: Int) -> String {
    let solid = index - physics.fluids.count, body = solid - physics.solids.count
    if body >= 0 { return physics.bodies[body].name ?? "body \(body + 1)" }
    if solid >= 0 { return physics.solids[solid].name ?? "solid \(solid + 1)" }
    return physics.fluids[index].name ?? "fluid \(index + 1)"
  }

  // MARK: - Pressure at the start

  private func fillDensities(_ filled: inout Filled, _ diagnostics: inout DiagnosticList) {
    guard let surface = physics.fluids.first(where: { $0.surface != nil })?.value.surface else { return }
    guard case .weaklyCompressible(let scheme) = physics.scheme, let gravity = physics.gravity?.value,
      gravity.count == dimension
    else {
      diagnostics.add(
        surface.error("`surface` needs the scheme `weakly-compressible`, and `gravity` that gives the fluid its weight")
      )
      return
    }
    var densities: [Double] = []
    for (fluid, filling) in zip(physics.fluids, filled.fluids) {
      for i in filling.particles {
        let depth = fluid.surface.map { max(0, $0.value - filled.positions[i * dimension + 1]) } ?? 0
        densities.append(
          scheme.equationOfState.density(
            atPressure: -gravity[1] * fluid.restDensity * depth, restDensity: fluid.restDensity,
            soundSpeed: scheme.soundSpeed))
      }
    }
    filled.densities = densities
  }

  // MARK: - Velocity

  private func velocity(_ velocity: Scene.InitialVelocity?, at position: [Double]) -> [Double] {
    switch velocity {
    case nil: return [Double](repeating: 0, count: dimension)
    case .constant(let value): return value
    case .wave(let speed, let periods):
      let phase = 2 * Double.pi * Double(periods) * (position[0] - lattice.origin[0]) / lattice.size[0]
      return [speed * sin(phase), 0, 0].prefix(dimension) + []
    case .stretching(let rate):
      return (0..<dimension).map { axis in
        let middle = lattice.origin[axis] + lattice.size[axis] / 2
        return axis > 1 ? 0 : (axis == 0 ? rate : -rate) * (position[axis] - middle)
      }
    case .taylorGreen(let speed):
      let size = lattice.size
      let phase = (0..<dimension).map { 2 * Double.pi * ((position[$0] - lattice.origin[$0]) / size[$0]) }
      // Free of divergence in a box of any shape.
      let u = -speed * cos(phase[0]) * sin(phase[1])
      let v = speed * (size[1] / size[0]) * sin(phase[0]) * cos(phase[1])
      if dimension == 2 { return [u, v] }
      let layer = cos(phase[2])
      return [u * layer, v * layer, 0]
    }
  }

  /// Of a solid; zero where it has none or a wrong one.
  private func entries(_ velocity: Located<[Double]>?, _ diagnostics: inout DiagnosticList) -> [Double] {
    guard let velocity else { return [Double](repeating: 0, count: dimension) }
    if velocity.value.count == dimension { return velocity.value }
    diagnostics.add(
      velocity.error("`velocity` has \(velocity.value.count) entries in a box of \(dimension) dimensions"))
    return [Double](repeating: 0, count: dimension)
  }

  private func velocityFits(_ fluid: Located<Scene.Fluid>, _ diagnostics: inout DiagnosticList) -> Bool {
    if dimension == 1, let velocity = fluid.velocity {
      switch velocity.value {
      case .taylorGreen, .stretching:
        diagnostics.add(velocity.error("a line has no second axis", expected: "a velocity, or `wave`"))
        return false
      case .constant, .wave: break
      }
    }
    guard let velocity = fluid.velocity, case .constant(let entries) = velocity.value, entries.count != dimension
    else { return true }
    diagnostics.add(velocity.error("`velocity` has \(entries.count) entries in a box of \(dimension) dimensions"))
    return false
  }

  // MARK: - Checks

  private func checkIsOneFluid(_ diagnostics: inout DiagnosticList) {
    if case .compressible = physics.scheme { return checkIsGas(&diagnostics) }
    if let pressure = physics.fluids.first(where: { $0.pressure != nil })?.value.pressure {
      diagnostics.add(
        pressure.error("`pressure` is for a gas", remedy: "take the scheme `compressible`, or leave it out"))
    }
    let first = physics.fluids[0]
    for (index, fluid) in physics.fluids.enumerated().dropFirst()
    where fluid.restDensity != first.restDensity || fluid.viscosity != first.viscosity {
      diagnostics.add(
        fluid.error(
          "\(name(index)) is another fluid than \(name(0))",
          remedy: "give all the same `rest-density` and `viscosity`"))
    }
  }

  /// Each gas has its own density and pressure; none has what the scheme does not know.
  private func checkIsGas(_ diagnostics: inout DiagnosticList) {
    for (index, fluid) in physics.fluids.enumerated() {
      if fluid.pressure == nil {
        diagnostics.add(fluid.error("\(name(index)) is a gas without `pressure`", remedy: "add it, in Pa"))
      }
      if fluid.viscosity != 0 {
        diagnostics.add(
          fluid.error("the scheme `compressible` knows no `viscosity`", remedy: "leave it out of \(name(index))"))
      }
    }
  }

  private func isFree(
    _ places: [Int], of name: String, _ mark: SourceMark, _ index: Int32, _ owner: inout [Int32],
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    if let taken = places.first(where: { owner[$0] >= 0 }) {
      let shared = places.count { owner[$0] >= 0 }
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "\(name) overlaps \(self.name(Int(owner[taken])))", found: "\(shared) particles in both",
          remedy: "take one region out of the other: `not: {...}`"))
      return false
    }
    for place in places { owner[place] = index }
    return true
  }

  /// A shape that reaches over an end of the box is a mistake, not a way to cut it.
  private func isWithinBox(
    _ region: Located<Scene.Selection>, _ what: String, _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let (low, high) = reach(of: region.value), low.count <= dimension else { return true }
    for axis in low.indices {
      let start = lattice.origin[axis], end = start + lattice.size[axis], slack = 1e-9 * lattice.size[axis]
      if low[axis] < start - slack || high[axis] > end + slack {
        diagnostics.add(
          region.error(
            "\(what) reaches outside the box along \(Axis.allCases[axis])",
            found: "\(low[axis]) to \(high[axis]) m", expected: "within \(start) to \(end) m"))
        return false
      }
    }
    return true
  }

  /// The extent of a shape, in m along the first axes; nil where it has none of its own.
  private func reach(of selection: Scene.Selection) -> (low: [Double], high: [Double])? {
    switch selection {
    case .ball(let center, let radius): return (center.map { $0 - radius }, center.map { $0 + radius })
    case .polygon(let corners):
      return (
        (0..<2).map { axis in corners.map { $0[axis] }.min() ?? 0 },
        (0..<2).map { axis in corners.map { $0[axis] }.max() ?? 0 }
      )
    case .box(let from, let to):
      func metres(_ coordinate: Scene.Coordinate, _ axis: Int) -> Double? {
        guard axis < dimension else { return nil }
        switch coordinate {
        case .meters(let x): return x
        case .minimum: return lattice.origin[axis]
        case .middle: return lattice.origin[axis] + lattice.size[axis] / 2
        case .maximum: return lattice.origin[axis] + lattice.size[axis]
        }
      }
      let a = from.enumerated().compactMap { metres($1, $0) }, b = to.enumerated().compactMap { metres($1, $0) }
      return (zip(a, b).map(min), zip(a, b).map(max))
    default: return nil
    }
  }
}
