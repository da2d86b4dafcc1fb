import Foundation

/// Random airfoils as CST designs: data for models of what airfoils look like.
///
/// A third each of NACA four-digit foils, NACA five-digit foils (both fitted) and smooth random changes of the weights of
/// such foils. What crosses itself or is not `thickness` thick is drawn again.
public struct FoilFamily: Sendable {
  public let cst: CST
  /// Of the largest thickness, in chords.
  public var thickness = 0.05...0.24
  /// Deviation of the random part of the weights, in chords.
  public var change = 0.04
  private let stations: ChordStations

  /// - Parameters:
  ///   - cst: The parameterization.
  ///   - stations: Those of `cst`.
  public init(_ cst: CST, stations: ChordStations) {
    precondition(cst.surface.base.count == 2 * stations.nodeCount, "stations of another parameterization")
    self.cst = cst
    self.stations = stations
  }

  /// - Parameters:
  ///   - index: Of the foil; the same index and seed give the same foil, whatever else is drawn.
  ///   - seed: Of the family.
  /// - Throws: `SolveFailure` where no foil of a hundred draws is allowed.
  public func foil(_ index: Int, seed: UInt64) throws(SolveFailure) -> DenseVector {
    var generator = SeededGenerator(seed: seed, generation: index)
    for _ in 0..<100 {
      let design = try draw(&generator)
      let thickness = Self.thickness(of: cst.apply(design))
      if thickness.least > 0, self.thickness.contains(thickness.most) { return design }
    }
    throw SolveFailure(.unsupported, "a hundred random foils in a row cross themselves or are of another thickness")
  }

  private func draw(_ generator: inout SeededGenerator) throws(SolveFailure) -> DenseVector {
    func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * generator.uniform() }
    let kind = Int(3 * generator.uniform())
    let isFive = kind == 1 || kind == 2 && generator.uniform() < 0.5
    let thick = uniform(thickness.lowerBound, thickness.upperBound)
    let surface =
      isFive
      ? NACA5(stations: stations).apply([uniform(0, 0.6), uniform(0.05, 0.25), thick])
      : NACA4(stations: stations).apply([uniform(0, 0.07), uniform(0.2, 0.6), thick])
    var design = try CSTFit(surface, by: cst, stations: stations).design
    guard kind == 2 else { return design }
    // The weights of a side change together: neighbours by half of each other's change.
    let n = cst.weightsPerSide
    let trend = change * (generator.uniform() - 0.5)
    for side in 0..<2 where !cst.isRoundAtNose {
      var last = 0.0
      for i in 0..<n {
        last = 0.5 * last + change * (generator.uniform() - 0.5) * 2
        design[side * n + i] += last + trend
      }
    }
    return design
  }

  /// The least vertical thickness between the ends and the largest, in chords, of a surface that was written down at
  /// `ChordStations`.
  public static func thickness(of surface: DenseVector) -> (least: Double, most: Double) {
    let nodes = surface.count / 2
    var (least, most) = (Double.infinity, 0.0)
    for i in 1..<nodes / 2 {
      let thickness = surface[2 * i + 1] - surface[2 * (nodes - 1 - i) + 1]
      least = min(least, thickness)
      most = max(most, thickness)
    }
    return (least, most)
  }
}
