/// A function of one entry and its slope, both on whole registers.
protocol Activation: Sendable {
  associatedtype S: TensorScalar
  static func value(_ x: S.Lanes) -> S.Lanes
  static func slope(_ x: S.Lanes) -> S.Lanes
}

private struct ActivationValue<A: Activation>: LaneMap {
  typealias S = A.S
  @inline(__always) func callAsFunction(_ x: A.S.Lanes) -> A.S.Lanes { A.value(x) }
}

private struct ActivationPull<A: Activation>: LanePair {
  typealias S = A.S
  @inline(__always) func callAsFunction(_ seed: A.S.Lanes, _ x: A.S.Lanes) -> A.S.Lanes { seed * A.slope(x) }
}

extension TensorScalar {
  /// s(x) = 1 / (1 + e^-x)
  @inline(__always) static func logistic(_ x: Lanes) -> Lanes {
    Lanes(repeating: 1) / (Lanes(repeating: 1) + exponential(-x))
  }
  /// tanh x = 2 s(2 x) - 1
  @inline(__always) static func hyperbolicTangent(_ x: Lanes) -> Lanes {
    fused(Lanes(repeating: -1), Lanes(repeating: 2), logistic(x + x))
  }
}

enum RectifiedLinear<S: TensorScalar>: Activation {
  @inline(__always) static func value(_ x: S.Lanes) -> S.Lanes { S.larger(x, .zero) }
  @inline(__always) static func slope(_ x: S.Lanes) -> S.Lanes { S.isPositive(x) }
}

enum Logistic<S: TensorScalar>: Activation {
  @inline(__always) static func value(_ x: S.Lanes) -> S.Lanes { S.logistic(x) }
  @inline(__always) static func slope(_ x: S.Lanes) -> S.Lanes {
    let s = S.logistic(x)
    return s - s * s
  }
}

enum HyperbolicTangent<S: TensorScalar>: Activation {
  @inline(__always) static func value(_ x: S.Lanes) -> S.Lanes { S.hyperbolicTangent(x) }
  @inline(__always) static func slope(_ x: S.Lanes) -> S.Lanes {
    let t = S.hyperbolicTangent(x)
    return S.Lanes(repeating: 1) - t * t
  }
}

enum SigmoidLinear<S: TensorScalar>: Activation {
  @inline(__always) static func value(_ x: S.Lanes) -> S.Lanes { x * S.logistic(x) }
  @inline(__always) static func slope(_ x: S.Lanes) -> S.Lanes {
    let s = S.logistic(x)
    return s + x * (s - s * s)
  }
}

/// x/2 (1 + tanh u) with u = sqrt(2/pi) (x + 0.044715 x^3): the form with tanh of Hendrycks & Gimpel 2016.
enum GaussianErrorLinear<S: TensorScalar>: Activation {
  @inline(__always) private static func argument(_ x: S.Lanes) -> S.Lanes {
    S.Lanes(repeating: 0.797_884_560_802_865_4) * x
      * S.fused(S.Lanes(repeating: 1), S.Lanes(repeating: 0.044715), x * x)
  }
  @inline(__always) static func value(_ x: S.Lanes) -> S.Lanes {
    let half = S.Lanes(repeating: 0.5)
    return half * x * (S.Lanes(repeating: 1) + S.hyperbolicTangent(argument(x)))
  }
  @inline(__always) static func slope(_ x: S.Lanes) -> S.Lanes {
    let (one, half) = (S.Lanes(repeating: 1), S.Lanes(repeating: 0.5))
    let t = S.hyperbolicTangent(argument(x))
    let inner =
      S.Lanes(repeating: 0.797_884_560_802_865_4) * S.fused(one, S.Lanes(repeating: 3 * 0.044715), x * x)
    return half * (one + t) + half * x * (one - t * t) * inner
  }
}

enum Exponential<S: TensorScalar>: Activation {
  @inline(__always) static func value(_ x: S.Lanes) -> S.Lanes { S.exponential(x) }
  @inline(__always) static func slope(_ x: S.Lanes) -> S.Lanes { S.exponential(x) }
}

extension Variable {
  @inline(__always)
  private func activated<A: Activation>(_: A.Type) -> Variable where A.S == Scalar {
    tape.record(mapped(value, ActivationValue<A>(), pool: tape.pool), of: [self]) { seed, gradients in
      gradients.add(mapped(seed, self.value, ActivationPull<A>(), pool: self.tape.pool), to: self)
    }
  }

  /// max(0, x)
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func relu() -> Variable { activated(RectifiedLinear<Scalar>.self) }

  /// 1 / (1 + e^-x)
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func sigmoid() -> Variable { activated(Logistic<Scalar>.self) }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func tanh() -> Variable { activated(HyperbolicTangent<Scalar>.self) }

  /// x / (1 + e^-x)
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func silu() -> Variable { activated(SigmoidLinear<Scalar>.self) }

  /// The Gaussian error linear unit, in its form with tanh (Hendrycks & Gimpel 2016).
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func gelu() -> Variable { activated(GaussianErrorLinear<Scalar>.self) }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func exp() -> Variable { activated(Exponential<Scalar>.self) }
}
