/// Values of grid fields at any place.
public struct GridSampler: Sendable {
  public let grid: StructuredGrid

  public init(_ grid: StructuredGrid) { self.grid = grid }

  /// A nodal field, multilinear within each cell; places outside take the nearest place inside.
  ///
  /// - Parameters:
  ///   - values: `[nodeCount, components]`
  ///   - components: per node; as many entries are returned.
  ///   - place: coordinates in m, `dimension` entries.
  public func nodal(_ values: [Double], components: Int, at place: [Double]) -> [Double] {
    let d = grid.dimension
    var base = [Int](repeating: 0, count: d), fraction = [Double](repeating: 0, count: d)
    for axis in 0..<d {
      let t = min(max((place[axis] - grid.origin[axis]) / grid.spacing[axis], 0), Double(grid.cells[axis]))
      base[axis] = min(Int(t), grid.cells[axis] - 1)
      fraction[axis] = t - Double(base[axis])
    }
    var result = [Double](repeating: 0, count: components)
    for corner in 0..<(1 << d) {
      var weight = 1.0, at = base
      for axis in 0..<d {
        let high = corner >> axis & 1
        at[axis] += high
        weight *= high == 1 ? fraction[axis] : 1 - fraction[axis]
      }
      let node = grid.node(at)
      for c in 0..<components { result[c] += weight * values[components * node + c] }
    }
    return result
  }

  /// A cell field, multilinear between the centres, each counted by its weight: with the density as weight, the value
  /// near the rim of a body is that of the body and not of the void beside it. `[cellCount]` both.
  public func cellwise(_ values: [Double], weights: [Double], at place: [Double]) -> Double {
    let d = grid.dimension
    var base = [Int](repeating: 0, count: d), fraction = [Double](repeating: 0, count: d)
    for axis in 0..<d {
      let t = (place[axis] - grid.origin[axis]) / grid.spacing[axis] - 0.5
      let low = t.rounded(.down)
      base[axis] = Int(min(max(low, -1), Double(grid.cells[axis])))
      fraction[axis] = min(max(t - low, 0), 1)
    }
    var sum = 0.0, total = 0.0
    for corner in 0..<(1 << d) {
      var weight = 1.0, at = base
      for axis in 0..<d {
        let high = corner >> axis & 1
        at[axis] = min(max(at[axis] + high, 0), grid.cells[axis] - 1)
        weight *= high == 1 ? fraction[axis] : 1 - fraction[axis]
      }
      let cell = grid.cell(at)
      let counted = (weight + 1e-9) * (max(weights[cell], 0) + 1e-9)
      sum += counted * values[cell]
      total += counted
    }
    return sum / total
  }
}
