import DifferentiableCore

extension Variable {
  /// The discrete Fourier transform over the cells: `[batch, cells…, channels]` to
  /// `[batch, cells…, last / 2 + 1, channels, 2]`, X[k] = sum over x of value[x] e^(-2 pi i k x / n).
  ///
  /// Of the last axis it keeps the frequencies that a real signal does not repeat.
  public func fourierTransformed() -> Variable {
    let (cells, channels) = (cellExtents, shape[shape.count - 1])
    let pool = tape.pool
    let out = frequencies(value, cells: cells, channels: channels, pool: pool)
    return tape.record(out, of: [self]) { seed, gradients in
      // Re sum over the kept k of s[k] e^(2 pi i k x / n): the transform back counts the pairs twice.
      var halves = seed
      scaleFrequencies(&halves, last: cells[cells.count - 1], channels: channels, all: 1, pairs: 0.5)
      gradients.add(cellValues(halves, cells: cells, channels: channels, pool: pool), to: self)
    }
  }

  /// The real signal that has these frequencies: the inverse of `fourierTransformed`.
  ///
  /// - Parameter cells: The cells of the result, since an even and an odd number may have as many frequencies.
  public func fourierTransformedBack(cells: [Int]) -> Variable {
    let channels = shape[shape.count - 2]
    precondition(
      shape == [shape[0]] + cells.dropLast() + [cells[cells.count - 1] / 2 + 1, channels, 2],
      "frequencies of shape \(shape) for \(cells) cells")
    let pool = tape.pool
    let factor = 1 / Scalar(cells.reduce(1, *))
    let sum = cellValues(value, cells: cells, channels: channels, pool: pool)
    return tape.record(mapped(sum, LaneScale(factor: factor), pool: pool), of: [self]) { seed, gradients in
      var out = frequencies(seed, cells: cells, channels: channels, pool: pool)
      scaleFrequencies(&out, last: cells[cells.count - 1], channels: channels, all: factor, pairs: 2)
      gradients.add(out, to: self)
    }
  }

  /// The cells of `[batch, cells…, channels]`.
  private var cellExtents: [Int] {
    precondition((3...5).contains(shape.count), "no Fourier transform of the shape \(shape)")
    return Array(shape[1..<(shape.count - 1)])
  }
}

private func frequencies<S: TensorScalar>(
  _ x: Tensor<S>, cells: [Int], channels: Int, pool: TensorPool
) -> Tensor<S> {
  let batch = x.shape[0]
  let extents = cells.dropLast() + [cells[cells.count - 1] / 2 + 1]
  let out = Tensor<S>(uninitialized: [batch] + extents + [channels, 2], pool: pool)
  let plan = FourierPlan<S>.of(cells: cells, channels: channels, .toFrequencies)
  let (size, sizeOut) = (x.count / max(1, batch), out.count / max(1, batch))
  let shared = UncheckedShared((x: x.storage.pointer, out: out.storage.pointer))
  concurrentlyForEach(piece: batch) { n in
    plan.run(from: shared.value.x + n * size, to: shared.value.out + n * sizeOut)
  }
  withExtendedLifetime(x) {}
  return out
}

/// The sums over frequencies, without the factor of the inverse.
private func cellValues<S: TensorScalar>(
  _ frequencies: Tensor<S>, cells: [Int], channels: Int, pool: TensorPool
) -> Tensor<S> {
  let batch = frequencies.shape[0]
  // FFTW overwrites what it transforms back.
  let copy = mapped(frequencies, LaneScale(factor: 1), pool: pool)
  let out = Tensor<S>(uninitialized: [batch] + cells + [channels], pool: pool)
  let plan = FourierPlan<S>.of(cells: cells, channels: channels, .toCells)
  let (size, sizeOut) = (copy.count / max(1, batch), out.count / max(1, batch))
  let shared = UncheckedShared((x: copy.storage.pointer, out: out.storage.pointer))
  concurrentlyForEach(piece: batch) { n in
    plan.run(from: shared.value.x + n * size, to: shared.value.out + n * sizeOut)
  }
  withExtendedLifetime(copy) {}
  return out
}

/// Frequencies times `all`, and those that stand for a pair (k, -k) of the last axis times `pairs` as well.
@_specialize(where S == Float)
@_specialize(where S == Double)
private func scaleFrequencies<S: TensorScalar>(_ x: inout Tensor<S>, last: Int, channels: Int, all: S, pairs: S) {
  x.makeUnique()
  let kept = last / 2 + 1
  let (width, p) = (2 * channels, x.storage.pointer)
  for row in 0..<(x.count / max(1, width)) {
    let k = row % kept
    let isAlone = k == 0 || 2 * k == last
    let factor = isAlone ? all : all * pairs
    for c in 0..<width { p[row &* width &+ c] *= factor }
  }
}
