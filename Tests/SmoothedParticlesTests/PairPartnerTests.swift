import DifferentiableCore
import Testing

@testable import SmoothedParticles

/// Sums that look at fluid or at solids alone, beside those that look at everything.
@Suite("Partners of pairs")
struct PairPartnerTests {
  /// Σ W over the neighbours of one kind, told to look at those alone or at all.
  private struct KindSum: PairPass {
    typealias Lanes = PairDoubles
    typealias Dimension = Plane
    struct Center { var sum = PairDoubles.zero }

    let kernel: KernelLanes<PairDoubles>
    let weight: UnsafePointer<Double>
    let partners: PairPartners
    let sums: UnsafeMutablePointer<Double>

    func isCenter(_ place: Int) -> Bool { true }
    func partners(_ place: Int) -> PairPartners { partners }
    func center(_ place: Int) -> Center { Center() }
    func add(_ first: Int, _ separation: Separation<PairDoubles, Plane>, to center: inout Center) {
      center.sum = center.sum + kernel.value(separation.r) * PairDoubles.load(weight + first)
    }
    func finish(_ center: Center, _ place: Int) { sums[place] = center.sum.total }
  }

  @Test("leaving out the others changes no bit, and no partner is missed", arguments: [false, true])
  func sameSums(isPeriodic: Bool) throws {
    let support = 0.25, count = 160
    let box = ParticleBox(lower: [0, 0], upper: [2, 1], isPeriodic: [isPeriodic, false])
    let grid = CellGrid(box: box, support: support, lanes: PairDoubles.count)
    var generator = SeededGenerator(seed: 3)
    // Fluid in a part of the box, solids everywhere.
    let isFluid = (0..<count).map { $0 < 60 }
    let positions = isFluid.flatMap { [generator.uniform() * ($0 ? 0.8 : 2), generator.uniform() * ($0 ? 0.5 : 1)] }
    try grid.sort(positions, count: count)
    let sorted = SortedVectors<Double>(count: count, dimension: 2)
    let fluid = SortedField<Double>(count: count), solid = SortedField<Double>(count: count)
    sorted.gather(positions, order: grid.order, count: count, dimension: 2, origin: [0, 0])
    for s in 0..<count {
      fluid.pointer[s] = isFluid[Int(grid.order[s])] ? 1 : 0
      solid.pointer[s] = 1 - fluid.pointer[s]
    }
    grid.findReach(fluid: fluid.values)
    let kernel = KernelLanes<PairDoubles>(.wendlandC2, smoothingLength: support / 2, dimension: 2)
    let places = SortedPositions<PairDoubles>(x: sorted.x.values, y: sorted.y.values, z: sorted.z.values)
    for (kind, weight) in [(PairPartners.fluid, fluid), (.solid, solid)] {
      func sums(_ partners: PairPartners) -> [Double] {
        let found = SortedField<Double>(count: count)
        grid.sweep(
          places, KindSum(kernel: kernel, weight: weight.values, partners: partners, sums: found.pointer))
        return (0..<count).map { found.pointer[$0] }
      }
      let everything = sums(.everything)
      #expect(sums(kind) == everything)
      if kind == .fluid { #expect(everything.contains(0)) }
      grid.forEachCell { cell, places in
        for s in places where everything[s] > 0 { #expect(grid.reach[cell].contains(kind)) }
      }
    }
  }
}
