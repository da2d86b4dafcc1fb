/// The function between the layers of a network.
public enum ActivationKind: String, Sendable, Hashable, CaseIterable {
  case relu, silu, gelu, tanh

  public func callAsFunction<S>(_ x: Variable<S>) -> Variable<S> {
    switch self {
    case .relu: x.relu()
    case .silu: x.silu()
    case .gelu: x.gelu()
    case .tanh: x.tanh()
    }
  }
}
