/// What a sampler is asked for.
struct SamplerRequest: Sendable {
  /// One for each condition of the family.
  let numbers: [Double]
  /// What the network is shown of the problem; nil where it is shown nothing.
  let sketch: DenseVector?
}
