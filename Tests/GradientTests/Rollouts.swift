import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let rollouts: [GradientCase] = {
    let chain = PendulumChain()
    let observers: [any Observer] = [ChainEnergy(.throughout), ChainEnergy(.instant(0.33)), ChainEnergy(.end)]
    return [
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
