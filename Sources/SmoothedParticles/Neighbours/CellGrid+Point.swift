extension CellGrid {
  /// Visits the sorted places in the cells that a ball of the support's radius about a point touches, those beyond it among
  /// them, in an order that depends on the positions alone. The point may lie outside the box.
  ///
  /// - Parameters:
  ///   - point: `dimension` coordinates, m.
  ///   - visit: takes a place and, from the point to the box's image that the place is seen in, the shift along each axis, m.
  @inline(__always)
  func visit(around point: UnsafePointer<Double>, _ visit: (_ place: Int, _ shift: SIMD3<Double>) -> Void) {
    var first = SIMD3<Int>(repeating: 0), last = SIMD3<Int>(repeating: 0)
    for axis in 0..<box.dimension {
      let middle = point[axis] - box.lower[axis]
      let low = ((middle - support) * inverseSize[axis]).rounded(.down)
      let high = ((middle + support) * inverseSize[axis]).rounded(.down)
      guard low.isFinite, high.isFinite, abs(low) < 1e9, abs(high) < 1e9 else { return }
      first[axis] = box.isPeriodic[axis] ? Int(low) : max(Int(low), 0)
      last[axis] = box.isPeriodic[axis] ? Int(high) : min(Int(high), cells[axis] - 1)
      if first[axis] > last[axis] { return }
    }
    for z in first.z...last.z {
      let (cz, shiftZ) = image(z, axis: 2)
      for y in first.y...last.y {
        let (cy, shiftY) = image(y, axis: 1)
        for x in first.x...last.x {
          let (cx, shiftX) = image(x, axis: 0)
          let cell = cx + cells[0] * (cy + cells[1] * cz)
          for place in Int(starts[cell])..<Int(starts[cell + 1]) { visit(place, SIMD3(shiftX, shiftY, shiftZ)) }
        }
      }
    }
  }

  /// The cell that an index beyond a periodic end stands for, and how far its image is shifted, m.
  @inline(__always)
  private func image(_ index: Int, axis: Int) -> (cell: Int, shift: Double) {
    let count = cells[axis]
    if index >= 0 && index < count { return (index, 0) }
    let periods = index < 0 ? -((count - 1 - index) / count) : index / count
    return (index - periods * count, Double(periods) * box.length(axis))
  }
}
