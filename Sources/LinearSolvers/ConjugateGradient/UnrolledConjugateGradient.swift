/// Some iterations of preconditioned conjugate gradients as a function that has a derivative: by how much they reduce the
/// energy of the error.
///
/// Of x with residual r = b - A x and error e the energy is eᵀ A e; every iteration takes (r·z)² / (p·A p) of it, whatever the
/// solution is (Hestenes & Stiefel 1952, theorem 6:1). The derivative is with respect to the first residual, hence to the
/// start, and to the preconditioner. It is the derivative of the iteration as it is, so it holds for a training objective
/// that counts solver steps (Arisaka & Li, arXiv:2302.02855).
public struct UnrolledConjugateGradient<Operator: LinearOperator> {
  /// What the iterations take from the energy of the error.
  public private(set) var gain = 0.0
  /// The gain of each iteration.
  public private(set) var gains: [Double] = []

  private let matrix: Operator
  private let apply: (DenseVector) -> DenseVector
  private var steps: [Step] = []

  private struct Step {
    let residual, image, previous, direction, product: DenseVector
    /// r·z, p·A p and the r·z of the step before, which is 0 in the first.
    let form, curvature, formBefore: Double
  }

  /// - Parameters:
  ///   - matrix: A.
  ///   - residual: b - A x at the start.
  ///   - iterations: How many; fewer are taken where the residual vanishes or the preconditioner is not positive.
  ///   - preconditioner: z = M⁻¹ r.
  public init(
    _ matrix: Operator, residual: DenseVector, iterations: Int, preconditioner: @escaping (DenseVector) -> DenseVector
  ) {
    self.matrix = matrix
    apply = preconditioner
    var r = residual
    var p = DenseVector(zeros: r.count)
    var before = 0.0
    for _ in 0..<iterations {
      let z = apply(r)
      let form = r.dot(z)
      guard form > 0, form.isFinite else { break }
      let previous = p
      p.scale(by: before == 0 ? 0 : form / before)
      p.add(z, scaledBy: 1)
      let q = matrix.apply(p)
      let curvature = p.dot(q)
      guard curvature > 0, curvature.isFinite else { break }
      steps.append(
        Step(
          residual: r, image: z, previous: previous, direction: p, product: q, form: form, curvature: curvature,
          formBefore: before))
      gains.append(form * form / curvature)
      gain += form * form / curvature
      r.add(q, scaledBy: -form / curvature)
      before = form
    }
  }

  /// The gradient of seed · gain with respect to the first residual.
  ///
  /// - Parameters:
  ///   - seed: Of the scalar that is pulled back.
  ///   - eachApplication: Gets z and y of every application z = M⁻¹ r: the gradient with respect to M is the sum of -y zᵀ.
  ///     Both have one entry an unknown.
  public func pullback(
    _ seed: Double, eachApplication: (_ z: DenseVector, _ y: DenseVector) -> Void = { _, _ in }
  ) -> DenseVector {
    guard let first = steps.first else { return .zero }
    var ofResidual = DenseVector(zeros: first.residual.count)
    var ofDirection = ofResidual
    var ofForm = 0.0
    for step in steps.reversed() {
      let (form, s) = (step.form, step.curvature)
      // r⁺ = r - (form / s) q, and the gain form² / s.
      let ofLength = -ofResidual.dot(step.product)
      var ofProduct = ofResidual.scaled(by: -form / s)
      ofForm += ofLength / s + 2 * seed * form / s
      let ofCurvature = -(ofLength * form + seed * form * form) / (s * s)
      ofDirection.add(step.product, scaledBy: ofCurvature)
      ofProduct.add(step.direction, scaledBy: ofCurvature)
      ofDirection.add(matrix.apply(ofProduct), scaledBy: 1)
      // p = z + (form / before) p⁻
      var ofImage = ofDirection
      var ofFormBefore = 0.0
      if step.formBefore > 0 {
        let slope = ofDirection.dot(step.previous)
        ofForm += slope / step.formBefore
        ofFormBefore = -slope * form / (step.formBefore * step.formBefore)
        ofDirection.scale(by: form / step.formBefore)
      }
      // form = r·z and z = M⁻¹ r, M symmetric.
      ofResidual.add(step.image, scaledBy: ofForm)
      ofImage.add(step.residual, scaledBy: ofForm)
      let y = apply(ofImage)
      eachApplication(step.image, y)
      ofResidual.add(y, scaledBy: 1)
      ofForm = ofFormBefore
    }
    return ofResidual
  }
}
