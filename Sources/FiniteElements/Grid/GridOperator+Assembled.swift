import Synchronization

/// The assembler of a grid, made when first needed: matrix-free solvers never pay for it.
final class GridAssembly: Sendable {
  private let made = Mutex<CellwiseAssembler?>(nil)

  func assembler(_ grid: StructuredGrid, components: Int, cellMatrix: [Double]) -> CellwiseAssembler {
    made.withLock { kept in
      if let kept { return kept }
      let assembler = CellwiseAssembler(
        connectivity: CellConnectivity(grid), matrices: CellMatrices(components: components, rowMajor: [cellMatrix]))
      kept = assembler
      return assembler
    }
  }
}

extension GridOperator: AssemblableOperator {
  public func assembled() -> SymmetricSparseMatrix {
    stiffness.assembly
      .assembler(stiffness.grid, components: stiffness.componentsPerNode, cellMatrix: stiffness.cellMatrix)
      .assemble(coefficients: coefficients, constrained: constrained.mask)
  }
}

/// What is cached does not tell two stiffnesses apart.
extension GridAssembly: Hashable {
  static func == (a: GridAssembly, b: GridAssembly) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}
