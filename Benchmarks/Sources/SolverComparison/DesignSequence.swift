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
  let systems: [(matrix: GridOperator, load: DenseVector)]

  init(_ start: GridSystem, steps: Int) throws {
    let simp = SIMP(penalty: 3)
    var systems: [(matrix: GridOperator, load: DenseVector)] = []
    _ = try GridSystem.designRun(
      start.stiffness, start.constrained, start.load, volume: 0.12, radius: 1.5, steps
    ) { field in
      let matrix = try start.stiffness.makeOperator(
        coefficients: try simp.apply(field), constrained: start.constrained)
      systems.append((matrix, start.load))
    }
    self.systems = systems
  }
}
