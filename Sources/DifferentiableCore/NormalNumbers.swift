#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension SeededGenerator {
  /// A number of the normal distribution with mean zero and deviation one (Box & Muller 1958; the second of each pair is
  /// left, so that the state of the generator is all there is).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
