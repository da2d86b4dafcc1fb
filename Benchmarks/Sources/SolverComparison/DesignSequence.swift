import Backsolve

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// x to some power.
func raised(_ x: Double, _ power: Double) -> Double { pow(x, power) }

/// The systems of every step of a design run from uniform: compliance by optimality criteria, 12 % volume, SIMP with p = 3 and
/// a void of 1e-9, a filter of 1.5 cells.
struct DesignSequence {
  private(set) var systems: [(matrix: GridOperator, load: DenseVector)] = []

  init(_ start: GridSystem, _ grid: StructuredGrid, steps: Int) throws {
    let filter = ConeFilter(over: grid, radius: 1.5), simp = SIMP(penalty: 3)
    let share = 0.12
    let solver = MultigridCG(MultigridOptions(relativeTolerance: 1e-6))
    var density = DenseVector(repeating: share, count: grid.cellCount)
    for _ in 0..<steps {
      let physical = try filter.apply(density)
      let matrix = try start.stiffness.makeOperator(
        coefficients: try simp.apply(physical), constrained: start.constrained)
      systems.append((matrix, start.load))
      let u = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [start.load], from: nil).solutions[0]
      let energies = start.stiffness.cellEnergies(u, u)
      let gain = try filter.pullback(
        DenseVector((0..<physical.count).map { 3 * physical[$0] * physical[$0] * energies[$0] }), at: density)
      var (low, high) = (0.0, 1e9 * (gain.elements.max() ?? 1))
      var next = density
      for _ in 0..<80 {
        let multiplier = 0.5 * (low + high)
        for cell in 0..<density.count {
          let wanted = density[cell] * (max(gain[cell], 0) / multiplier).squareRoot()
          next[cell] = min(max(wanted, density[cell] - 0.2, 0), density[cell] + 0.2, 1)
        }
        if next.elements.reduce(0, +) > share * Double(next.count) { low = multiplier } else { high = multiplier }
      }
      density = next
    }
  }
}
