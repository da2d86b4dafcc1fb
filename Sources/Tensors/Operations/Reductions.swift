import DifferentiableCore

extension Variable {
  /// The sum of all entries, as a tensor of one.
  public func sum() -> Variable {
    let total = sumOfEntries(value)
    return tape.record(Tensor([total], shape: [1]), of: [self]) { seed, gradients in
      gradients.add(Tensor(repeating: seed[0], shape: self.shape, pool: self.tape.pool), to: self)
    }
  }

  public func mean() -> Variable { sum().scaled(by: 1 / Scalar(max(1, count))) }

  /// The mean of the squared entries.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func meanSquare() -> Variable {
    let factor = 1 / Scalar(max(1, count))
    let total = sumOfProducts(value, value) * factor
    return tape.record(Tensor([total], shape: [1]), of: [self]) { seed, gradients in
      gradients.add(mapped(self.value, LaneScale(factor: 2 * factor * seed[0]), pool: self.tape.pool), to: self)
    }
  }
}

/// Sums in double, in fixed blocks.
@_specialize(where S == Float)
@_specialize(where S == Double)
func sumOfEntries<S: TensorScalar>(_ x: Tensor<S>) -> S {
  let total = sumInBlocks(count: x.count) { range in
    var sum = 0.0
    for i in range { sum += Double(x.storage.pointer[i]) }
    return sum
  }
  return S(total)
}

@_specialize(where S == Float)
@_specialize(where S == Double)
func sumOfProducts<S: TensorScalar>(_ x: Tensor<S>, _ y: Tensor<S>) -> S {
  let total = sumInBlocks(count: x.count) { range in
    let (p, q) = (x.storage.pointer, y.storage.pointer)
    var sum = 0.0
    for i in range { sum += Double(p[i]) * Double(q[i]) }
    return sum
  }
  return S(total)
}
