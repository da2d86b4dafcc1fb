import DifferentiableCore
import Foundation

/// A foil of Kármán and Trefftz with its exact flow: a circle mapped so that its trailing edge has a given angle; with
/// none it is Joukowski's, which ends in a cusp.
///
/// Reference: Milne-Thomson, Theoretical Aerodynamics (1958), chapters 6 and 7; Katz & Plotkin, Low-Speed Aerodynamics
/// (2001), chapter 6.
struct ConformalFoil {
  /// The centre of the circle; it passes through the critical point 1.
  let center: Complex
  /// In radians.
  let edgeAngle: Double

  private var radius: Double { (Complex(1, 0) - center).magnitude }
  private var exponent: Double { 2 - edgeAngle / .pi }

  /// The point of the circle at a turn from the trailing edge, counter-clockwise.
  private func onCircle(_ turn: Double) -> Complex {
    let start = (Complex(1, 0) - center).argument
    return center + Complex(radius * cos(start + turn), radius * sin(start + turn))
  }

  private func mapped(_ zeta: Complex) -> Complex {
    let n = exponent
    let plus = (Complex(1, 0) + zeta.inverse).power(n), minus = (Complex(1, 0) - zeta.inverse).power(n)
    return n * ((plus + minus) / (plus - minus))
  }

  private func slope(_ zeta: Complex) -> Complex {
    let n = exponent
    let plus = (Complex(1, 0) + zeta.inverse).power(n), minus = (Complex(1, 0) - zeta.inverse).power(n)
    let difference = plus - minus
    return 4 * n * n * (plus * minus / ((zeta * zeta - Complex(1, 0)) * difference * difference))
  }

  /// The foremost point's x and the chord, from the foremost point to the trailing edge along x.
  private var extent: (start: Double, chord: Double) {
    var start = Double.infinity
    for k in 1..<20000 { start = min(start, mapped(onCircle(2 * .pi * Double(k) / 20000)).real) }
    return (start, exponent - start)
  }

  /// Nodes at equal turns of the circle, in chords, from the upper trailing edge to the lower one.
  func surface(count: Int) -> DenseVector {
    let (start, chord) = extent
    return DenseVector(
      (0..<count).flatMap { k -> [Double] in
        if k == 0 || k == count - 1 { return [1, 0] }
        let z = mapped(onCircle(2 * .pi * Double(k) / Double(count - 1)))
        return [(z.real - start) / chord, z.imaginary / chord]
      })
  }

  private func circulation(_ angle: Double) -> Double {
    4 * .pi * radius * sin(angle - (Complex(1, 0) - center).argument)
  }

  func lift(at angle: Double) -> Double { 2 * circulation(angle) / extent.chord }

  /// The pressure coefficient at the node of `count`, which is not at the trailing edge.
  func pressure(node: Int, count: Int, angle: Double) -> Double {
    let zeta = onCircle(2 * .pi * Double(node) / Double(count - 1)), fromCenter = zeta - center
    let stream = Complex(cos(angle), -sin(angle)), back = Complex(cos(angle), sin(angle))
    let velocity =
      stream + Complex(0, circulation(angle) / (2 * .pi)) * fromCenter.inverse
      - (radius * radius) * (back / (fromCenter * fromCenter))
    let speed = velocity.magnitude / slope(zeta).magnitude
    return 1 - speed * speed
  }
}

/// As much of complex numbers as conformal maps need.
struct Complex {
  var real: Double, imaginary: Double

  init(_ real: Double, _ imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }
  var argument: Double { atan2(imaginary, real) }
  var inverse: Complex {
    let square = real * real + imaginary * imaginary
    return Complex(real / square, -imaginary / square)
  }
  func power(_ exponent: Double) -> Complex {
    let size = pow(magnitude, exponent), turn = exponent * argument
    return Complex(size * cos(turn), size * sin(turn))
  }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  static func * (a: Double, b: Complex) -> Complex { Complex(a * b.real, a * b.imaginary) }
  static func / (a: Complex, b: Complex) -> Complex { a * b.inverse }
}
