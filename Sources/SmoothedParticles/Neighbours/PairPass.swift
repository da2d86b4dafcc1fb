/// Kinds of particles; as a byte in fields of them.
struct PairPartners: OptionSet, Sendable {
  let rawValue: UInt8

  static let fluid = PairPartners(rawValue: 1)
  static let solid = PairPartners(rawValue: 2)
  static let everything: PairPartners = [.fluid, .solid]
}

/// A sum over the neighbours of each particle.
///
/// One particle (the center) meets several neighbours at a time. The sweep gives the separation with the center; a pass
/// reads whatever else it needs from its own sorted arrays. Neighbours beyond the support, and the center itself, are
/// not masked out: they must contribute nothing by themselves, which every term with a factor of W or dW/dr does.
protocol PairPass: SendableMetatype {
  associatedtype Lanes: PairLanes
  associatedtype Dimension: SpaceDimension
  /// The center's own values, broadcast, and the sums so far.
  associatedtype Center

  /// False where the particle in this sorted place needs no sum.
  func isCenter(_ place: Int) -> Bool
  /// Which neighbours may contribute; the sweep may leave out others. Other than `everything` only on a grid that knows
  /// what its cells hold.
  func partners(_ place: Int) -> PairPartners
  func center(_ place: Int) -> Center
  /// Adds the neighbours in sorted places `first..<first + Lanes.count`.
  func add(_ first: Int, _ separation: Separation<Lanes, Dimension>, to center: inout Center)
  func finish(_ center: Center, _ place: Int)
}

extension PairPass {
  @inline(__always) func partners(_ place: Int) -> PairPartners { .everything }
}

/// From the neighbours to the center: e = x_i - x_j and r = |e|, which is never zero.
struct Separation<L: PairLanes, D: SpaceDimension> {
  var e: LaneVector<L, D>
  var r: L
}

/// The sorted coordinates that a sweep runs on; padded so that a full vector can be loaded at the last particle.
struct SortedPositions<L: PairLanes> {
  var x: UnsafePointer<L.Scalar>
  var y: UnsafePointer<L.Scalar>
  var z: UnsafePointer<L.Scalar>
}
