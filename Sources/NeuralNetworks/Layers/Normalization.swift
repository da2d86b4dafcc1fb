/// Group normalization with a scale and a shift for each channel; the number of groups divides the channels.
public struct GroupNormalization: Sendable {
  let scale: ParameterSlot
  let shift: ParameterSlot
  let groups: Int

  public init(_ name: String, channels: Int, groups: Int, in layout: inout ParameterLayout) {
    precondition(groups > 0 && channels % groups == 0, "\(channels) channels in \(groups) groups")
    scale = layout.slot(name + ".scale", [channels], .constant(1))
    shift = layout.slot(name + ".shift", [channels], .constant(0))
    self.groups = groups
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    x.groupNormalized(groups: groups, scale: p[scale], shift: p[shift])
  }
}

/// Layer normalization over the last axis.
public struct LayerNormalization: Sendable {
  let scale: ParameterSlot
  let shift: ParameterSlot

  public init(_ name: String, width: Int, in layout: inout ParameterLayout) {
    scale = layout.slot(name + ".scale", [width], .constant(1))
    shift = layout.slot(name + ".shift", [width], .constant(0))
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    x.layerNormalized(scale: p[scale], shift: p[shift])
  }
}
