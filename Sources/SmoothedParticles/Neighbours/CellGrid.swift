import DifferentiableCore

/// Particles sorted into the cells of a box, so that the neighbours of a particle lie in a few contiguous runs.
///
/// Cells are finer than the support (`cutsPerSupport` a support on each axis): the runs hold fewer strangers. Sorting is
/// stable, so that the order, and with it every sum over neighbours, depends on the positions alone.
final class CellGrid {
  let box: ParticleBox
  let support: Double
  let cells: [Int]
  let cutsPerSupport: [Int]
  let inverseSize: [Double]
  let cellCount: Int

  /// `order[s]` is the particle in sorted place s.
  private(set) var order: [Int32] = []
  /// First sorted place of each cell, and one more.
  private(set) var starts: [Int32]
  private var cellOf: [Int32] = []
  /// What each cell holds, and what lies within the reach of a sweep from it, once `findReach` was called.
  var held: [PairPartners] = []
  var reach: [PairPartners] = []
  /// Particles in cells; those left out come after them in `order`.
  private(set) var sortedCount = 0

  /// - Parameters:
  ///   - box: what is divided.
  ///   - support: radius of the kernel's support, m.
  ///   - lanes: how many neighbours the sums take at a time.
  init(box: ParticleBox, support: Double, lanes: Int = 8) {
    self.box = box
    self.support = support
    let dimension = box.dimension
    // Measured: finer rows leave vectors half empty, unless those are short.
    let wanted = lanes < 8 && dimension == 2 ? [3, 2, 1] : [2, 1, 1]
    var cells = [1, 1, 1], cuts = [1, 1, 1], inverse = [0.0, 0.0, 0.0]
    for axis in 0..<dimension {
      var cut = wanted[axis]
      func count(_ cut: Int) -> Int { max(1, Int(box.length(axis) * Double(cut) / support)) }
      while cut > 1 && box.isPeriodic[axis] && count(cut) < 2 * cut + 1 { cut -= 1 }
      cells[axis] = min(count(cut), 1 << 20)
      cuts[axis] = cut
    }
    // A box far larger than its particles must not cost memory: cells may be coarser than asked for.
    while cells[0] * cells[1] * cells[2] > 1 << 25, let axis = (0..<3).max(by: { cells[$0] < cells[$1] }) {
      cells[axis] /= 2
    }
    for axis in 0..<dimension { inverse[axis] = Double(cells[axis]) / box.length(axis) }
    self.cells = cells
    cutsPerSupport = cuts
    inverseSize = inverse
    cellCount = cells[0] * cells[1] * cells[2]
    starts = [Int32](repeating: 0, count: cellCount + 1)
  }

  /// Sorts `count` particles. `position` holds `dimension` coordinates a particle, inside the box.
  ///
  /// - Parameter isAbsent: leaves particles out of the cells, wherever they are; nil leaves out none.
  /// - Throws: `SolveFailure` with the first particle outside, called what `name` says.
  func sort(
    _ position: UnsafePointer<Double>, count: Int, isAbsent: ((Int) -> Bool)? = nil,
    name: (Int) -> String = { "particle \($0)" }
  ) throws(SolveFailure) {
    if order.count != count {
      order = [Int32](repeating: 0, count: count)
      cellOf = [Int32](repeating: 0, count: count)
    }
    let dimension = box.dimension
    let lower = box.lower + [0, 0], nx = cells[0], ny = cells[1], nz = cells[2]
    let ix = inverseSize[0], iy = inverseSize[1], iz = inverseSize[2]
    var outside = -1, absent = 0
    starts.withUnsafeMutableBufferPointer { starts in
      cellOf.withUnsafeMutableBufferPointer { cellOf in
        order.withUnsafeMutableBufferPointer { order in
          starts.update(repeating: 0)
          let lx = lower[0], ly = lower[1], lz = lower[2]
          for i in 0..<count {
            if let isAbsent, isAbsent(i) {
              cellOf[i] = -1
              absent &+= 1
              continue
            }
            let p = position + i &* dimension
            let x = (p[0] - lx) * ix
            let y = dimension > 1 ? (p[1] - ly) * iy : 0
            let z = dimension > 2 ? (p[2] - lz) * iz : 0
            // A NaN fails each comparison, and so counts as outside.
            guard x >= 0 && x <= Double(nx) && y >= 0 && y <= Double(ny) && z >= 0 && z <= Double(nz) else {
              outside = i
              return
            }
            let cx = min(Int(x), nx &- 1), cy = min(Int(y), ny &- 1), cz = min(Int(z), nz &- 1)
            let cell = cx &+ nx &* (cy &+ ny &* cz)
            cellOf[i] = Int32(truncatingIfNeeded: cell)
            starts[cell] &+= 1
          }
          var next: Int32 = 0
          for cell in 0..<starts.count {
            let held = starts[cell]
            starts[cell] = next
            next &+= held
          }
          var last = count &- absent
          for i in 0..<count {
            let cell = Int(cellOf[i])
            if cell < 0 {
              order[last] = Int32(truncatingIfNeeded: i)
              last &+= 1
              continue
            }
            let place = starts[cell]
            starts[cell] = place &+ 1
            order[Int(place)] = Int32(truncatingIfNeeded: i)
          }
          // Every start now is the next cell's; shift back.
          for cell in stride(from: starts.count - 1, to: 0, by: -1) { starts[cell] = starts[cell - 1] }
          starts[0] = 0
        }
      }
    }
    sortedCount = count - absent
    if outside >= 0 {
      let place = (0..<dimension).map { String(format4(position[outside * dimension + $0])) }.joined(separator: ", ")
      throw SolveFailure(.diverged, "\(name(outside)) left the domain, at (\(place)) m")
    }
  }
}

private func format4(_ value: Double) -> String { value.isFinite ? "\((value * 1e4).rounded() / 1e4)" : "\(value)" }
