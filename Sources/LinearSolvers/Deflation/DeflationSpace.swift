/// A space in which a system is solved exactly, so that conjugate gradients iterate on what is left.
///
/// Source: Saad, Yeung, Erhel and Guyomarc'h, A deflated version of the conjugate gradient algorithm, SIAM J. Sci. Comput.
/// 21 (2000). The basis W is made orthonormal in the inner product of A, so that Wᵀ A W is the identity.
struct DeflationSpace {
  private var basis: [DenseVector] = []
  /// A times the basis.
  private var images: [DenseVector] = []

  var isEmpty: Bool { basis.isEmpty }
  var count: Int { basis.count }

  /// What is left of a vector after the others are taken out counts as nothing below this part of it.
  private static let smallestRemainder = 1e-7

  /// The space that some vectors span; those that depend on the earlier ones add nothing.
  init(_ a: some LinearOperator, spannedBy vectors: [DenseVector]) {
    for vector in vectors where vector.isFinite && vector.largestMagnitude > 0 {
      var w = vector
      var image = a.apply(w)
      let before = w.dot(image)
      for _ in 0..<2 {
        for (other, otherImage) in zip(basis, images) {
          let factor = w.dot(otherImage)
          w.add(other, scaledBy: -factor)
          image.add(otherImage, scaledBy: -factor)
        }
      }
      let square = w.dot(image)
      guard square > Self.smallestRemainder * Self.smallestRemainder * before else { continue }
      basis.append(w.scaled(by: 1 / square.squareRoot()))
      images.append(image.scaled(by: 1 / square.squareRoot()))
    }
  }

  /// Moves x so that its residual r is orthogonal to the space.
  func correct(_ x: inout DenseVector, residual r: inout DenseVector) {
    for (w, image) in zip(basis, images) {
      let factor = w.dot(r)
      x.add(w, scaledBy: factor)
      r.add(image, scaledBy: -factor)
    }
  }

  /// Makes a direction A-orthogonal to the space.
  func orthogonalize(_ z: inout DenseVector) {
    for (w, image) in zip(basis, images) { z.add(w, scaledBy: -image.dot(z)) }
  }
}
