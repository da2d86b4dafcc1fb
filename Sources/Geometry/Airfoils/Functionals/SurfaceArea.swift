/// The area that a surface encloses, the gap at its trailing edge closed by a straight line, in square chords.
public struct SurfaceArea: SurfaceFunctional {
  public init() {}

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) -> SurfaceValue {
    let n = surface.count / 2
    var twice = 0.0
    var gradient = wantsGradient ? DenseVector(zeros: surface.count) : .zero
    for i in 0..<n {
      let j = (i + 1) % n
      let (xi, yi, xj, yj) = (surface[2 * i], surface[2 * i + 1], surface[2 * j], surface[2 * j + 1])
      twice += xi * yj - xj * yi
      guard wantsGradient else { continue }
      gradient[2 * i] += yj / 2
      gradient[2 * i + 1] -= xj / 2
      gradient[2 * j] -= yi / 2
      gradient[2 * j + 1] += xi / 2
    }
    return SurfaceValue(value: twice / 2, gradient: gradient)
  }
}
