/// What a convolution does besides its weights: how far the window moves, what lies beyond the border.
public struct ConvolutionOptions: Sendable, Hashable {
  public enum Border: String, Sendable, Hashable {
    /// Zeros beyond the border.
    case zeros
    /// The other side beyond the border: the domain is periodic.
    case periodic
  }

  /// Cells from one window to the next, along every axis.
  public var stride: Int
  /// Cells added on each side of every axis; half the window keeps the size. nil for half the window.
  public var padding: Int?
  public var border: Border

  public init(stride: Int = 1, padding: Int? = nil, border: Border = .zeros) {
    self.stride = stride
    self.padding = padding
    self.border = border
  }
}

/// The sizes of one convolution over one to three axes, brought to three: missing axes have one cell.
struct ConvolutionShape {
  let batch: Int
  let channels: Int
  let filters: Int
  /// Cells of the input, of the window, cells added on each side, cells of the padded input and of the output.
  let cells: [Int]
  let window: [Int]
  let padding: [Int]
  let stride: [Int]
  let padded: [Int]
  let output: [Int]
  let axes: Int

  /// - Parameters:
  ///   - input: `[batch, cells…, channels]`.
  ///   - weights: `[window…, channels, filters]`.
  init(input: [Int], weights: [Int], options: ConvolutionOptions) {
    axes = input.count - 2
    precondition((1...3).contains(axes), "a convolution of an input of shape \(input)")
    precondition(weights.count == axes + 2, "weights of shape \(weights) for an input of shape \(input)")
    precondition(weights[axes] == input[axes + 1], "weights of shape \(weights) for an input of shape \(input)")
    let missing = [Int](repeating: 1, count: 3 - axes)
    batch = input[0]
    channels = weights[axes]
    filters = weights[axes + 1]
    cells = missing + input[1...axes]
    window = missing + weights[..<axes]
    let axes = axes
    padding = window.enumerated().map { axis, w in axis < 3 - axes ? 0 : options.padding ?? (w / 2) }
    stride = (0..<3).map { $0 < 3 - axes ? 1 : options.stride }
    padded = zip(cells, padding).map { $0 + 2 * $1 }
    output = zip(padded, zip(window, stride)).map { ($0 - $1.0) / $1.1 + 1 }
    precondition(zip(padded, window).allSatisfy { $0 >= $1 }, "a window of \(window) over \(padded) cells")
  }

  var taps: Int { window.reduce(1, *) }
  /// The shape of the output: `[batch, cells…, filters]`.
  var outputShape: [Int] { [batch] + output[(3 - axes)...] + [filters] }
}
