/// A block of parameters on a tape: what layers read, slot by slot.
public struct BoundParameters<Scalar: TensorScalar> {
  public let tape: Tape<Scalar>
  private let layout: ParameterLayout
  private let variables: [Variable<Scalar>]

  /// - Parameters:
  ///   - parameters: `[layout.count]`.
  ///   - layout: What lies where in them.
  ///   - tape: Records what is done with them.
  ///   - isTracked: Whether derivatives reach the parameters.
  public init(
    _ parameters: Tensor<Scalar>, _ layout: ParameterLayout, on tape: Tape<Scalar>, isTracked: Bool = true
  ) {
    precondition(parameters.count == layout.count, "\(parameters.count) parameters for a layout of \(layout.count)")
    self.tape = tape
    self.layout = layout
    variables = parameters.withUnsafeBufferPointer { block in
      layout.slots.map { slot in
        let value = Tensor(block[slot.range], shape: slot.shape, pool: tape.pool)
        return isTracked ? tape.input(value) : tape.constant(value)
      }
    }
  }

  public subscript(slot: ParameterSlot) -> Variable<Scalar> {
    let variable = variables[slot.index]
    precondition(variable.shape == slot.shape, "the slot \(slot.name) is of another layout")
    return variable
  }

  /// The gradient of the whole block, `[layout.count]`.
  public func gradient(_ gradients: Gradients<Scalar>) -> Tensor<Scalar> {
    var result = Tensor<Scalar>(zeros: [layout.count], pool: tape.pool)
    result.withUnsafeMutableBufferPointer { block in
      for (slot, variable) in zip(layout.slots, variables) {
        gradients[variable].withUnsafeBufferPointer { part in
          guard let from = part.baseAddress, let to = block.baseAddress else { return }
          (to + slot.range.lowerBound).update(from: from, count: part.count)
        }
      }
    }
    return result
  }
}
