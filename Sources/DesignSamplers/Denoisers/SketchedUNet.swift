/// A U-Net that is shown fields beside the noisy design: what is asked is then said where it matters, and a problem unlike
/// those learned from is still recognized (Mazé & Ahmed, "Diffusion models beat GANs on topology optimization", 2023, show
/// fields of the uniform body; here they are a sketch of the answer).
///
/// A condition is a row of the numbers asked and then of the fields, each `cells` long.
public struct SketchedUNet: DenoisingNetwork {
  public let net: UNet
  /// As of a design, without the channel.
  public let cells: [Int]
  public let fields: Int
  public var layout: ParameterLayout { net.layout }
  public var conditions: Int { net.options.conditions + fields * cells.reduce(1, *) }

  /// - Parameters:
  ///   - options: Of a net that denoises designs alone; it is given `fields` inputs more.
  ///   - cells: Along each axis, slowest first.
  ///   - fields: How many are shown.
  public init(_ options: UNet.Options, cells: [Int], fields: Int = 1) {
    precondition(cells.count == options.axes && fields > 0, "\(fields) fields on \(cells) for \(options.axes) axes")
    var options = options
    options.inputs += fields
    net = UNet(options)
    self.cells = cells
    self.fields = fields
  }

  public func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> {
    guard let condition else { preconditionFailure("a sketched network without its condition") }
    let numbers = net.options.conditions, size = cells.reduce(1, *), batch = x.shape[0]
    let shown = (0..<fields).map { field in
      condition.columns(numbers + field * size..<numbers + (field + 1) * size).reshaped(to: [batch] + cells + [1])
    }
    let asked = numbers > 0 ? condition.columns(0..<numbers) : nil
    return net(.joined([x] + shown), times: times, condition: asked, p)
  }
}
