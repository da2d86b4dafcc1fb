import DifferentiableCore

/// The lowest frequencies of a grid of cells: those of a spectral convolution.
public struct SpectralModes: Sendable, Hashable {
  /// Frequencies k with |k| < `modes` of each axis; the last axis has no negative ones.
  public let modes: [Int]

  public init(_ modes: [Int]) {
    precondition(modes.allSatisfy { $0 > 0 }, "modes \(modes)")
    self.modes = modes
  }

  /// 2 m - 1 of each axis but the last, m of that.
  public var count: Int { modes.dropLast().reduce(modes[modes.count - 1]) { $0 * (2 * $1 - 1) } }

  /// The place of each mode in the frequencies of these cells, the last axis fastest.
  func places(cells: [Int]) -> [Int] {
    precondition(
      cells.count == modes.count && zip(cells, modes).allSatisfy { 2 * $1 - 1 <= $0 },
      "\(modes) modes of \(cells) cells")
    let extents = cells.dropLast() + [cells[cells.count - 1] / 2 + 1]
    var places = [0]
    for (axis, extent) in extents.enumerated() {
      let m = modes[axis]
      let kept = Array(0..<m) + (axis == cells.count - 1 ? [] : (extent - m + 1..<extent).map { $0 })
      places = places.flatMap { place in kept.map { place * extent + $0 } }
    }
    return places
  }
}

extension Variable {
  /// The convolution with a kernel that is given by its lowest frequencies (Li et al. 2021, "Fourier Neural Operator for
  /// Parametric Partial Differential Equations", sec. 4): it knows nothing of the number of cells.
  ///
  /// - Parameters:
  ///   - weights: `[modes.count, channels, filters, 2]` for self `[batch, cells…, channels]`.
  ///   - modes: The frequencies that are kept.
  /// - Returns: `[batch, cells…, filters]`.
  public func spectrallyConvolved(with weights: Variable, _ modes: SpectralModes) -> Variable {
    let (batch, channels) = (shape[0], shape[shape.count - 1])
    let cells = Array(shape[1..<(shape.count - 1)])
    precondition(
      weights.shape.count == 4 && weights.shape[0] == modes.count && weights.shape[1] == channels
        && weights.shape[3] == 2, "spectral weights of shape \(weights.shape) for \(modes.modes) modes of \(shape)")
    let filters = weights.shape[2]
    let spectrum = fourierTransformed()
    let frequencies = spectrum.count / max(1, batch * channels * 2)
    // Mode by mode, and within a mode one row for each entry of the batch.
    let rows = modes.places(cells: cells).flatMap { place in
      (0..<batch).map { Int32($0 * frequencies + place) }
    }
    let product = spectrum.reshaped(to: [batch * frequencies, 2 * channels]).rows(rows)
      .reshaped(to: [modes.count, batch, channels, 2]).complexBatchedTimes(weights)
    return product.reshaped(to: [modes.count * batch, 2 * filters])
      .segmentSums(rows, count: batch * frequencies)
      .reshaped(to: Array(spectrum.shape.dropLast(2)) + [filters, 2])
      .fourierTransformedBack(cells: cells)
  }
}
