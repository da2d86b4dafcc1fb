extension Variable {
  /// The convolution (cross-correlation, as networks use the word) over one to three axes.
  ///
  /// - Parameters:
  ///   - weights: `[window…, channels, filters]` for self `[batch, cells…, channels]`.
  ///   - bias: `[filters]`.
  ///   - options: Stride, padding and what lies beyond the border.
  /// - Returns: `[batch, cells…, filters]`.
  public func convolved(
    with weights: Variable, bias: Variable? = nil, _ options: ConvolutionOptions = ConvolutionOptions()
  ) -> Variable {
    let s = ConvolutionShape(input: shape, weights: weights.shape, options: options)
    if let bias { precondition(bias.count == s.filters, "a bias of shape \(bias.shape) for \(s.filters) filters") }
    let pool = tape.pool
    let frame = framed(
      value, batch: s.batch, cells: s.cells, channels: s.channels, padded: s.padded, padding: s.padding,
      spread: [1, 1, 1], border: options.border, pool: pool)
    let out = Tensor<Scalar>(uninitialized: s.outputShape, pool: pool)
    convolve(
      frame.storage.pointer, weights.value.storage.pointer, bias: bias.map { UnsafePointer($0.value.storage.pointer) },
      into: out.storage.pointer, batch: s.batch, channels: s.channels, filters: s.filters, window: s.window,
      stride: s.stride, padded: s.padded, output: s.output, channelStep: s.filters, filterStep: 1, flips: false,
      pool: pool)
    return tape.record(out, of: [self, weights] + (bias.map { [$0] } ?? [])) { seed, gradients in
      if gradients.wants(weights) {
        let gradient = Tensor<Scalar>(uninitialized: weights.shape, pool: pool)
        convolutionWeightGradient(
          frame.storage.pointer, seed: seed.storage.pointer, into: gradient.storage.pointer, batch: s.batch,
          channels: s.channels, filters: s.filters, window: s.window, stride: s.stride, padded: s.padded,
          output: s.output, pool: pool)
        gradients.add(gradient, to: weights)
      }
      if let bias { gradients.add(sumOfRows(seed, columns: s.filters, pool: pool), to: bias) }
      gradients.add(
        convolutionInputGradient(seed, weights.value, s, border: options.border, pool: pool), to: self)
      withExtendedLifetime(frame) {}
    }
  }

  /// The transpose of a convolution with these weights and options: what brings a coarse grid back to a fine one.
  ///
  /// - Parameters:
  ///   - weights: `[window…, filters, channels]` for self `[batch, cells…, channels]`.
  ///   - cells: The cells of the result; a convolution of these must give the cells of self.
  ///   - options: Those of the convolution that this transposes.
  /// - Returns: `[batch, cells…, filters]`.
  public func transposedConvolved(
    with weights: Variable, cells: [Int], _ options: ConvolutionOptions = ConvolutionOptions()
  ) -> Variable {
    let filters = weights.shape[weights.shape.count - 2]
    let s = ConvolutionShape(input: [shape[0]] + cells + [filters], weights: weights.shape, options: options)
    precondition(s.outputShape == shape, "a convolution of \(cells) cells gives \(s.outputShape), not \(shape)")
    let pool = tape.pool
    let out = convolutionInputGradient(value, weights.value, s, border: options.border, pool: pool)
      .reshaped(to: [shape[0]] + cells + [filters])
    return tape.record(out, of: [self, weights]) { seed, gradients in
      let frame = framed(
        seed, batch: s.batch, cells: s.cells, channels: s.channels, padded: s.padded, padding: s.padding,
        spread: [1, 1, 1], border: options.border, pool: pool)
      if gradients.wants(weights) {
        let gradient = Tensor<Scalar>(uninitialized: weights.shape, pool: pool)
        convolutionWeightGradient(
          frame.storage.pointer, seed: self.value.storage.pointer, into: gradient.storage.pointer, batch: s.batch,
          channels: s.channels, filters: s.filters, window: s.window, stride: s.stride, padded: s.padded,
          output: s.output, pool: pool)
        gradients.add(gradient, to: weights)
      }
      if gradients.wants(self) {
        let gradient = Tensor<Scalar>(uninitialized: s.outputShape, pool: pool)
        convolve(
          frame.storage.pointer, weights.value.storage.pointer, bias: nil, into: gradient.storage.pointer,
          batch: s.batch, channels: s.channels, filters: s.filters, window: s.window, stride: s.stride,
          padded: s.padded, output: s.output, channelStep: s.filters, filterStep: 1, flips: false, pool: pool)
        gradients.add(gradient, to: self)
      }
      withExtendedLifetime(frame) {}
    }
  }
}

/// The transpose of a convolution in its input: the seed, spread out by the stride, convolved with the flipped weights.
private func convolutionInputGradient<S: TensorScalar>(
  _ seed: Tensor<S>, _ weights: Tensor<S>, _ s: ConvolutionShape, border: ConvolutionOptions.Border, pool: TensorPool
) -> Tensor<S> {
  // Without a periodic border only the cells that exist are computed; with one the whole frame is, and folded.
  let target = border == .periodic ? s.padded : s.cells
  let before = (0..<3).map { s.window[$0] - 1 - (border == .periodic ? 0 : s.padding[$0]) }
  precondition(before.allSatisfy { $0 >= 0 }, "padding beyond the window")
  let padded = (0..<3).map { target[$0] + s.window[$0] - 1 }
  let frame = framed(
    seed, batch: s.batch, cells: s.output, channels: s.filters, padded: padded, padding: before, spread: s.stride,
    border: .zeros, pool: pool)
  let out = Tensor<S>(uninitialized: [s.batch] + target + [s.channels], pool: pool)
  convolve(
    frame.storage.pointer, weights.storage.pointer, bias: nil, into: out.storage.pointer, batch: s.batch,
    channels: s.filters, filters: s.channels, window: s.window, stride: [1, 1, 1], padded: padded, output: target,
    channelStep: 1, filterStep: s.filters, flips: true, pool: pool)
  withExtendedLifetime((frame, weights)) {}
  guard border == .periodic, s.padded != s.cells else { return out }
  return folded(
    out, batch: s.batch, cells: s.cells, channels: s.channels, padded: s.padded, padding: s.padding, pool: pool)
}
