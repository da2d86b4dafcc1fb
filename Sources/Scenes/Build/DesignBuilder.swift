import Foundation
import FieldIO
import FiniteElements
import InverseDesign

/// A density design made ready: the maps by iteration, and what holds in every one.
struct BuiltDesign: Sendable {
  var start: DenseVector
  var fieldMap: @Sendable (Int) -> any Transform
  var material: @Sendable (Int) -> any PointwiseTransform
  var voidCells: [Bool]
  /// The iteration from which nothing changes any more.
  var continuationEnd: Int
}

/// Turns the design of a scene into transforms.
struct DesignBuilder {
  let sceneDomain: SceneDomain
  let resolver: SelectionResolver
  /// Stiffness of the solid: Pa, or W/(m K).
  let modulus: Double

  private var domain: any Domain { sceneDomain.domain }

  /// Cells that the design holds solid and void.
  func passiveCells(_ design: Scene.DensityDesign, _ diagnostics: inout DiagnosticList) -> (solid: [Int], void: [Int])?
  {
    var isComplete = true
    func cells(_ selection: Located<Scene.Selection>?) -> [Int] {
      guard let selection else { return [] }
      guard let cells = resolver.resolve(selection, as: .cells, &diagnostics) else {
        isComplete = false
        return []
      }
      return cells
    }
    var solid = cells(design.solid), void = cells(design.void)
    if let mask = design.mask {
      guard let values = readMask(mask, &diagnostics) else { return nil }
      solid += values.indices.filter { values[$0] == 1 }
      void += values.indices.filter { values[$0] == 0 }
    }
    let both = Set(solid).intersection(void)
    if !both.isEmpty, let selection = design.void ?? design.solid {
      diagnostics.add(
        selection.error(
          "\(both.count) cells are held both solid and void",
          remedy: "make the two regions disjoint, with `not` for instance"))
      return nil
    }
    return isComplete ? (Set(solid).sorted(), Set(void).sorted()) : nil
  }

  private func readMask(_ file: SceneFilePath, _ diagnostics: inout DiagnosticList) -> [Double]? {
    do {
      let array = try NPYFile(bytes: try AtomicFile.read(file.path), path: file.path)
      if array.values.count == domain.cellCount { return array.values }
      diagnostics.add(
        SceneDiagnostic(
          mark: file.mark, problem: "the mask does not fit the domain", found: "\(array.values.count) entries",
          expected: "\(domain.cellCount), one per cell"))
    } catch {
      diagnostics.add(SceneDiagnostic(mark: file.mark, problem: "the mask cannot be read: \(error)"))
    }
    return nil
  }

  /// The density of a file; one of a coarser grid is interpolated where the ratio of cells is whole along each axis. Nil after
  /// reporting what is wrong with it.
  func start(_ file: SceneFilePath, _ diagnostics: inout DiagnosticList) -> DenseVector? {
    guard let array = file.array(&diagnostics) else { return nil }
    guard array.values.allSatisfy({ (0...1).contains($0) }) else {
      diagnostics.add(
        SceneDiagnostic(
          mark: file.mark, problem: "`\(file.written)` is not a density", found: "numbers outside of 0 to 1",
          expected: "numbers from 0 (void) to 1 (solid)"))
      return nil
    }
    let count = domain.cellCount
    if array.values.count == count { return DenseVector(array.values) }
    if case .grid(let grid) = sceneDomain {
      // Without extents, as in `design-variables.npy`, the ratio is the same along all axes.
      let refinement =
        array.shape.count == grid.dimension
        ? GridRefinement(from: array.shape.reversed(), to: grid.cells)
        : GridRefinement(fromCount: array.values.count, to: grid.cells)
      if let refinement, let start = try? refinement.apply(DenseVector(array.values)) { return start }
    }
    diagnostics.add(
      SceneDiagnostic(
        mark: file.mark, problem: "`\(file.written)` is not a design of this scene",
        found: "\(array.values.count) entries",
        expected: "\(count), one per cell, or those of a grid whose cells divide this one's"))
    return nil
  }

  /// - Parameter volumeBound: the bound of the volume constraint, where there is one.
  func build(
    _ design: Scene.DensityDesign, passive: (solid: [Int], void: [Int]), volumeBound: Double?,
    _ diagnostics: inout DiagnosticList
  ) -> BuiltDesign? {
    var voidCells = [Bool](repeating: false, count: domain.cellCount)
    for cell in passive.void { voidCells[cell] = true }
    if passive.void.count + passive.solid.count >= domain.cellCount {
      diagnostics.add(
        (design.void ?? design.solid)?.error("no cell is left to design")
          ?? SceneDiagnostic(mark: .builtIn, problem: "the mask leaves no cell to design"))
      return nil
    }
    var stages: [any Transform] = []
    for axis in design.symmetry?.value ?? [] {
      guard let grid = grid(axis, design.symmetry!.mark, "symmetry", &diagnostics) else { return nil }
      stages.append(MirrorSymmetry(on: grid, across: axis.rawValue))
    }
    if let extrusion = design.extrusion {
      guard let grid = grid(extrusion.value, extrusion.mark, "extrusion", &diagnostics) else { return nil }
      stages.append(Extrusion(on: grid, along: extrusion.value.rawValue))
    }
    if let filter = design.filter {
      guard let stage = filterStage(filter, voidCells, &diagnostics) else { return nil }
      stages.append(stage)
    }
    let hold =
      passive.solid.isEmpty && passive.void.isEmpty ? nil : PassiveRegions(solid: passive.solid, void: passive.void)
    let before = stages
    let projection = design.projection?.value
    let fieldMap: @Sendable (Int) -> any Transform = { iteration in
      var chain = before
      if case .heaviside(let step)? = projection {
        chain.append(HeavisideProjection(beta: Self.beta(step, iteration), eta: step.threshold))
      }
      if let hold { chain.append(hold) }
      return chain.count == 1 ? chain[0] : TransformChain(chain)
    }
    let interpolation = design.interpolation.value
    let modulus = modulus
    var end = 0
    if case .heaviside(let step)? = projection, let continuation = step.continuation {
      var beta = step.beta, steps = 0
      while beta < continuation.maximum, steps < 10_000 {
        beta *= continuation.factor
        steps += 1
      }
      if beta >= continuation.maximum { end = steps * continuation.every }
    }
    if let continuation = interpolation.law.continuation {
      let steps = ((interpolation.law.penalty - continuation.start) / continuation.step).rounded(.up)
      end = max(end, Int(min(max(0, steps), 1e6)) * continuation.every)
    }
    return BuiltDesign(
      start: DenseVector(repeating: design.start?.value ?? volumeBound ?? 0.5, count: domain.cellCount),
      fieldMap: fieldMap,
      material: { iteration in
        let law = interpolation.law
        let penalty = Self.penalty(law, iteration)
        if case .ramp = interpolation {
          return RAMP(penalty: penalty, modulus: modulus, minimumModulusRatio: law.minimumModulusRatio)
        }
        return SIMP(penalty: penalty, modulus: modulus, minimumModulusRatio: law.minimumModulusRatio)
      }, voidCells: voidCells, continuationEnd: end)
  }

  private static func beta(_ step: Scene.Heaviside, _ iteration: Int) -> Double {
    guard let continuation = step.continuation else { return step.beta }
    var beta = step.beta
    for _ in 0..<min((iteration - 1) / continuation.every, 10_000) where beta < continuation.maximum {
      beta *= continuation.factor
    }
    return min(beta, max(step.beta, continuation.maximum))
  }

  private static func penalty(_ law: Scene.Interpolation.Law, _ iteration: Int) -> Double {
    guard let continuation = law.continuation else { return law.penalty }
    return min(law.penalty, continuation.start + continuation.step * Double((iteration - 1) / continuation.every))
  }

  private func grid(_ axis: Axis, _ mark: SourceMark, _ word: String, _ diagnostics: inout DiagnosticList)
    -> StructuredGrid?
  {
    guard case .grid(let grid) = sceneDomain else {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: "`\(word)` needs a grid", remedy: "leave it out on a mesh"))
      return nil
    }
    guard axis.rawValue < grid.dimension else {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: "a flat domain has no z"))
      return nil
    }
    return grid
  }

  private func filterStage(_ filter: Located<Scene.Filter>, _ voidCells: [Bool], _ diagnostics: inout DiagnosticList)
    -> (any Transform)?
  {
    switch filter.value {
    case .cone(let radius):
      let metres = metres(radius)
      // Past this the stencil alone would be larger than the design.
      let extent = zip(resolver.low, resolver.high).map { $1 - $0 }.max() ?? 0
      guard metres <= extent else {
        diagnostics.add(
          filter.error(
            "the filter radius is larger than the domain", found: "\(metres) m", expected: "at most \(extent) m"))
        return nil
      }
      return ConeFilter(
        over: domain, radius: metres, designCells: voidCells.contains(true) ? voidCells.map { !$0 } : nil)
    case .helmholtz(let radius):
      do throws(SolveFailure) {
        switch sceneDomain {
        case .grid(let grid): return try HelmholtzFilter(grid, radius: metres(radius))
        case .mesh(let mesh): return try HelmholtzFilter(mesh, radius: metres(radius))
        }
      } catch {
        diagnostics.add(filter.error("the filter cannot be set up: \(error)"))
        return nil
      }
    }
  }

  /// A radius in cells is in units of the smallest edge of a grid cell, on a mesh of the mean cell size.
  private func metres(_ radius: Scene.Radius) -> Double {
    switch radius {
    case .meters(let metres): return metres
    case .cells(let count):
      if case .grid(let grid) = sceneDomain { return count * (grid.spacing.min() ?? 1) }
      let volumes = domain.cellVolumes
      return count * pow(volumes.sum / Double(volumes.count), 1 / Double(domain.dimension))
    }
  }
}

extension Scene.Interpolation {
  /// The numbers of the law, whichever it is.
  var law: Law {
    switch self {
    case .simp(let law), .ramp(let law): law
    }
  }
}
