import _Differentiation

/// A load that is proportional to the cells' source coefficients: self-weight, or a heat source in the material.
public protocol SourceLoad: Sendable {
  /// The nodal load of the source coefficients. `[cellCount]` to `[unknownCount]`
  func load(of source: DenseVector) -> DenseVector
  /// The transposed map. `[unknownCount]` to `[cellCount]`
  func pullback(_ lambda: DenseVector) -> DenseVector
}

/// The loads of one load case: a part that is given, and a part that depends on the design.
public struct CellwiseLoad: Sendable {
  /// Nodal forces (N) or heat flows (W). `[unknownCount]`
  public var given: DenseVector
  public var fromSource: (any SourceLoad)?

  public init(given: DenseVector, fromSource: (any SourceLoad)? = nil) {
    self.given = given
    self.fromSource = fromSource
  }

  /// The load at some parameters.
  public func total(_ parameters: CellCoefficients) -> DenseVector {
    guard let fromSource, !parameters.source.isEmpty else { return given }
    return given + fromSource.load(of: parameters.source)
  }
}

/// K(c) u = f(c) for every load case: linear elasticity and steady diffusion, on grids and meshes alike.
///
/// Constrained unknowns keep their given values; their residual is zero.
public struct CellwiseEquations<Stiffness: CellwiseStiffness>: ResidualModel {
  public typealias Parameters = CellCoefficients
  public typealias Jacobian = Stiffness.Operator

  public let stiffness: Stiffness
  public let constrained: ConstrainedUnknowns
  public let loads: [CellwiseLoad]
  public let stateBlocks: [Block]

  /// - Parameters:
  ///   - stiffness: makes the operator of given coefficients.
  ///   - constrained: unknowns with given values.
  ///   - loads: the right-hand sides, one per load case.
  ///   - stateName: name and unit of one column of the state: `("displacement", "m")`.
  public init(
    stiffness: Stiffness, constrained: ConstrainedUnknowns, loads: [CellwiseLoad],
    stateName: (name: String, unit: String)
  ) {
    self.stiffness = stiffness
    self.constrained = constrained
    self.loads = loads
    let shape = [stiffness.domain.nodeCount, stiffness.componentsPerNode]
    stateBlocks =
      loads.count == 1
      ? [Block(stateName.name, shape: shape, unit: stateName.unit)]
      : loads.indices.map { Block("\(stateName.name).\($0)", shape: shape, unit: stateName.unit) }
  }

  public var columnCount: Int { loads.count }
  public var dimension: Int { stiffness.unknownCount }
  public var isLinear: Bool { true }

  public func initialState(_ parameters: CellCoefficients) -> [DenseVector] {
    [DenseVector](repeating: constrained.lift, count: columnCount)
  }

  public func residual(_ state: [DenseVector], _ parameters: CellCoefficients) -> [DenseVector] {
    zip(state, loads).map { u, load in
      var residual = load.total(parameters).scaled(by: -1)
      if u.largestMagnitude != 0 {
        residual.add(stiffness.apply(coefficients: parameters.stiffness, to: u), scaledBy: 1)
      }
      constrained.zero(&residual)
      return residual
    }
  }

  public func jacobian(_ state: [DenseVector], _ parameters: CellCoefficients) throws(SolveFailure) -> Jacobian {
    try stiffness.makeOperator(coefficients: parameters.stiffness, constrained: constrained)
  }

  public func parameterPullback(
    _ lambda: [DenseVector], at state: [DenseVector], _ parameters: CellCoefficients
  ) -> CellCoefficients {
    var gradient = CellCoefficients.zero
    for (column, load) in loads.enumerated() where !lambda[column].isEmpty {
      gradient.stiffness += stiffness.cellEnergies(lambda[column], state[column])
      if let source = load.fromSource, !parameters.source.isEmpty {
        gradient.source -= source.pullback(lambda[column])
      }
    }
    return gradient
  }

  public func parameterPushforward(
    _ direction: CellCoefficients, at state: [DenseVector], _ parameters: CellCoefficients
  ) -> [DenseVector]? {
    zip(state, loads).map { u, load in
      var change = DenseVector(zeros: dimension)
      if !direction.stiffness.isEmpty { change += stiffness.apply(coefficients: direction.stiffness, to: u) }
      if let source = load.fromSource, !direction.source.isEmpty { change -= source.load(of: direction.source) }
      constrained.zero(&change)
      return change
    }
  }

  /// A seed that is a multiple of the load has the same multiple of the state as its adjoint, K being symmetric, as long
  /// as no unknown is held away from zero.
  public func knownAdjoint(
    of seed: DenseVector, column: Int, at state: [DenseVector], _ parameters: CellCoefficients
  ) -> DenseVector? {
    if constrained.hasNonzeroValues { return nil }
    let load = loads[column].total(parameters)
    guard let factor = multiple(seed, of: load) else { return nil }
    return factor == 1 ? state[column] : state[column].scaled(by: factor)
  }

  public func maskConstrained(_ vector: inout DenseVector) { constrained.zero(&vector) }

  /// The number `a` with seed = a * load in every entry that is free, up to one rounding; nil where there is none.
  private func multiple(_ seed: DenseVector, of load: DenseVector) -> Double? {
    seed.withUnsafeBufferPointer { s in
      load.withUnsafeBufferPointer { f in
        constrained.mask.withUnsafeBufferPointer { fixed in
          var factor: Double?
          for i in 0..<s.count where !fixed[i] && (f[i] != 0 || s[i] != 0) {
            if f[i] == 0 { return nil }
            let a = factor ?? s[i] / f[i]
            factor = a
            if abs(s[i] - a * f[i]) > 4 * Double.ulpOfOne * abs(s[i]) { return nil }
          }
          return factor
        }
      }
    }
  }
}
