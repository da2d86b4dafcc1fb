extension CellGrid {
  /// Finds which cells hold fluid and which others, and which a sweep looks at from each cell.
  ///
  /// - Parameter fluid: above zero for particles of fluid, in sorted order.
  func findReach<Scalar: BinaryFloatingPoint>(fluid: UnsafePointer<Scalar>) {
    if reach.count != cellCount {
      reach = [PairPartners](repeating: [], count: cellCount)
      held = reach
    }
    let nx = cells[0], ny = cells[1], nz = cells[2], dimension = box.dimension
    let rx = cutsPerSupport[0]
    let ry = dimension > 1 ? cutsPerSupport[1] : 0, rz = dimension > 2 ? cutsPerSupport[2] : 0
    let wrapsX = box.isPeriodic[0]
    let wrapsY = dimension > 1 && box.isPeriodic[1], wrapsZ = dimension > 2 && box.isPeriodic[2]
    starts.withUnsafeBufferPointer { starts in
      reach.withUnsafeMutableBufferPointer { reach in
        held.withUnsafeMutableBufferPointer { held in
          reach.update(repeating: [])
          held.update(repeating: [])
          for cz in 0..<nz {
            for cy in 0..<ny {
              let row = nx &* (cy &+ ny &* cz)
              for cx in 0..<nx {
                let first = Int(starts[row &+ cx]), last = Int(starts[row &+ cx &+ 1])
                if first == last { continue }
                var found: PairPartners = []
                for place in first..<last { found.formUnion(fluid[place] > 0 ? .fluid : .solid) }
                held[row &+ cx] = found
                for dz in -rz...rz {
                  guard let z = Self.wrapped(cz &+ dz, nz, wrapsZ) else { continue }
                  for dy in -ry...ry {
                    guard let y = Self.wrapped(cy &+ dy, ny, wrapsY) else { continue }
                    let start = nx &* (y &+ ny &* z)
                    let low = cx &- rx, high = cx &+ rx
                    for x in max(low, 0)...min(high, nx &- 1) { reach[start &+ x].formUnion(found) }
                    if wrapsX && low < 0 { for x in max(low &+ nx, 0)..<nx { reach[start &+ x].formUnion(found) } }
                    if wrapsX && high >= nx {
                      for x in 0...min(high &- nx, nx &- 1) { reach[start &+ x].formUnion(found) }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func wrapped(_ index: Int, _ count: Int, _ wraps: Bool) -> Int? {
    if index >= 0 && index < count { return index }
    if !wraps { return nil }
    return index < 0 ? max(index &+ count, 0) : min(index &- count, count &- 1)
  }

  /// Calls `body` with the sorted places of each cell that holds particles.
  @inline(__always)
  func forEachCell(_ body: (_ cell: Int, _ places: Range<Int>) -> Void) {
    for cell in 0..<cellCount where starts[cell] < starts[cell + 1] {
      body(cell, Int(starts[cell])..<Int(starts[cell + 1]))
    }
  }
}
