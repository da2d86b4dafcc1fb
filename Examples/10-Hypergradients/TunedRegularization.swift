import Backsolve
import Foundation
import _Differentiation

/// The conductivity of a plate, found from noisy temperatures. Half of the sensors find it, with a smoothness of
/// weight e^h; the other half says which h is best.
struct TunedRegularization {
  let cells: [Int]
  private let plate: ImplicitModel<CellwiseEquations<GridStiffness>>
  private let seen: DenseVector
  private let sensors: (fit: SymmetricMap, held: SymmetricMap)

  init(cells: [Int] = [12, 12]) throws {
    self.cells = cells
    let grid = StructuredGrid(size: [1, 1], cells: cells)
    let stiffness = GridStiffness.diffusion(grid)
    let rim = grid.nodes { node in node[0] == 0 || node[1] == 0 || node[0] == cells[0] || node[1] == cells[1] }
    let heat = BodyLoad(grid, perVolume: [1]).load(of: DenseVector(repeating: 1, count: grid.cellCount))
    plate = ImplicitModel(
      CellwiseEquations(
        stiffness: stiffness, constrained: ConstrainedUnknowns(of: stiffness, holding: [(rim, [0])]),
        loads: [CellwiseLoad(given: heat)], stateName: ("temperature", "K")),
      solver: CholeskySolver())
    let truth = DenseVector(
      (0..<grid.cellCount).map { cell in
        let c = grid.centroid(ofCell: cell)
        return exp(sin(4 * c[0]) * cos(3 * c[1]))
      })
    var workspace = plate.makeWorkspace()
    let u = try plate.solve(CellCoefficients(stiffness: truth), in: &workspace)
    var random = SeededGenerator(seed: 6)
    let hottest = u.elements.max() ?? 1
    // In units of the noise, 3 % of the hottest place.
    let noise: Double = 0.03 * hottest
    seen = u + DenseVector(u.elements.map { _ in noise * random.normal() })
    let precision: Double = 1 / (noise * noise)
    let fit: [Double] = u.elements.map { _ in random.uniform() < 0.5 ? precision : 0 }
    sensors = (.diagonal(fit), .diagonal(fit.map { precision - $0 }))
  }

  /// [x | h], conductivities e^x, to half the squared misfit of some sensors and e^h times half the roughness.
  private func misfit(_ chosen: SymmetricMap, regularized: Bool) -> Functional {
    let (plate, seen, n) = (plate, seen, cells[0] * cells[1])
    let x = Part(range: 0..<n), weight = Part(range: n..<n + 1), exponential = Exponential()
    let laplacian = SymmetricMap.laplacian(cells: cells)
    let one: DenseVector = [regularized ? 0.5 : 0]
    return Functional("misfit") { z in
      let miss = plate(CellCoefficients(stiffness: exponential(x(z)))) - seen
      let roughness = x(z).dot(laplacian(x(z))) + 0.01 * x(z).dot(x(z))
      return 0.5 * miss.dot(chosen(miss)) + exponential(weight(z)).dot(one) * roughness
    }
  }

  /// The misfit of the sensors that were held out, and its derivative in h.
  func heldOut(_ h: DenseVector, by inverse: ImplicitSolve) throws(SolveFailure) -> (
    value: Double, gradient: DenseVector
  ) {
    let start = DenseVector(zeros: cells[0] * cells[1])
    // Roughness has curvatures up to 4, the data up to some thousand.
    let problem = InnerFunctional(
      objective: misfit(sensors.fit, regularized: true), start: start, step: 1 / (200 + 5 * exp(h[0])))
    return try problem.outer(misfit(sensors.held, regularized: false), at: h, by: inverse)
  }
}
