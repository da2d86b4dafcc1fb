/// The minimizer of the quadratic model over the entries that the Cauchy point leaves free, within the bounds.
///
/// Byrd et al. 1995, section 5.1 (direct primal method), with the projection of Morales & Nocedal, ACM Trans. Math.
/// Softw. 38 (2011) 7: the unconstrained minimizer is projected, and only where that is no descent direction is the
/// step cut at the first bound. Nil where the model is too badly conditioned to be solved.
func minimizeOverFreeEntries(
  _ cauchy: CauchyPoint, at x: DenseVector, gradient: DenseVector, bounds: Bounds, hessian: CompactHessian
) -> DenseVector? {
  guard hessian.pairs > 0 else { return cauchy.point }
  let theta = hessian.theta
  let width = hessian.width
  // r = Z'(g + theta (xc - x) - W M c)
  var r = gradient
  r.add(cauchy.point - x, scaledBy: theta)
  hessian.add(multipliedSmall(hessian.middle, cauchy.c), scaledBy: -1, to: &r)
  r.multiplyEntrywise(by: cauchy.free)
  // (I - M W'ZZ'W / theta) v = M W'Z r
  let products = hessian.restrictedProducts(cauchy.free)
  var matrix = [Double](repeating: 0, count: width * width)
  for i in 0..<width {
    for j in 0..<width {
      var total = 0.0
      for k in 0..<width { total += hessian.middle[i * width + k] * products[k * width + j] }
      matrix[i * width + j] = (i == j ? 1 : 0) - total / theta
    }
  }
  guard let inverse = invertedSmall(matrix, width) else { return nil }
  let v = multipliedSmall(inverse, multipliedSmall(hessian.middle, hessian.transposed(r)))
  // d = -r / theta - Z'W v / theta^2
  var d = r.scaled(by: -1 / theta)
  hessian.add(v, scaledBy: -1 / (theta * theta), to: &d)
  d.multiplyEntrywise(by: cauchy.free)
  guard d.dot(d).isFinite else { return nil }
  let projected = bounds.project(cauchy.point + d)
  if (projected - x).dot(gradient) < 0 { return projected }
  var share = 1.0
  for j in d.indices where d[j] != 0 {
    let room = (d[j] > 0 ? bounds.upper[j] : bounds.lower[j]) - cauchy.point[j]
    share = min(share, room / d[j])
  }
  return bounds.project(cauchy.point + d.scaled(by: max(0, share)))
}
