import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let rollouts: [GradientCase] = {
    let chain = PendulumChain()
    let observers: [any Observer] = [ChainEnergy(.throughout), ChainEnergy(.instant(0.33)), ChainEnergy(.end)]
    let kept = Rollout(chain, until: .steps(20), observers: observers.filter { $0.moment == .throughout })
    let mean = DesignChain(
      field: TransformChain([]), parameters: PassedOn(), model: kept,
      rows: [.state(name: "mean energy", ObservedNumber(0, of: kept, factor: 0.5))])
    return [
      GradientCase(
        "rollout: a mean as a row of a design", at: chain.sample,
        value: { try mean.makeSession().evaluate($0, gradientsOf: []).values[0] },
        gradient: { x in try #require(try mean.makeSession().evaluate(x, gradientsOf: [0]).gradients[0]) }),
      GradientCase("rollout: final state", Rollout(chain, until: .steps(30)), at: chain.sample),
      GradientCase(
        "rollout: costs, every state kept", Rollout(chain, until: .time(1.2), observers: observers), at: chain.sample),
      GradientCase(
        "rollout: costs, three states kept",
        Rollout(chain, until: .time(1.2), observers: observers, checkpoints: .budget(bytes: 3 * 64)), at: chain.sample),
    ]
  }()

  @Test(arguments: rollouts)
  func rollout(_ row: GradientCase) throws { try row.check() }
}

/// The design itself as parameters.
private struct PassedOn: ParameterMap {
  func parameters(of field: DenseVector) -> DenseVector { field }
  func pullback(_ seed: DenseVector, at field: DenseVector) -> DenseVector { seed }
}
