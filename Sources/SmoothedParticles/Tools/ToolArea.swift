import DifferentiableCore

/// The area of a polygon, or that under a height field in the plane above its lowest possible height, in m².
public struct ToolArea: FieldFunctional {
  private enum Kind: Sendable {
    case polygon(LinearNodes)
    case ground(HeightField, width: Double)
  }

  private let kind: Kind

  public init(of polygon: PolygonTool) { kind = .polygon(polygon.outline) }

  /// - Precondition: in the plane.
  public init(of ground: HeightField) {
    precondition(ground.dimension == 2)
    kind = .ground(ground, width: ground.width)
  }

  public func value(_ field: DenseVector) -> Double {
    switch kind {
    case .polygon(let outline):
      let corners = outline.apply(field), count = corners.count / 2
      return abs(
        (0..<count).reduce(0.0) { sum, i in
          let j = (i + 1) % count
          return sum + 0.5 * (corners[2 * i] * corners[2 * j + 1] - corners[2 * j] * corners[2 * i + 1])
        })
    case .ground(let ground, let width):
      let heights = ground.heights(field), last = heights.count - 1
      return width / Double(last)
        * heights.indices.reduce(0) { $0 + ($1 == 0 || $1 == last ? 0.5 : 1) * (heights[$1] - ground.lowest) }
    }
  }

  public func gradient(_ field: DenseVector) -> DenseVector {
    switch kind {
    case .polygon(let outline):
      let corners = outline.apply(field), count = corners.count / 2
      var seed = DenseVector(zeros: corners.count), twice = 0.0
      for i in 0..<count {
        let next = (i + 1) % count, before = (i + count - 1) % count
        twice += corners[2 * i] * corners[2 * next + 1] - corners[2 * next] * corners[2 * i + 1]
        seed[2 * i] = 0.5 * (corners[2 * next + 1] - corners[2 * before + 1])
        seed[2 * i + 1] = 0.5 * (corners[2 * before] - corners[2 * next])
      }
      return outline.pullback(twice < 0 ? seed.scaled(by: -1) : seed, at: field)
    case .ground(let ground, let width):
      let last = field.count - 1, slopes = ground.slopes(field)
      return DenseVector(
        slopes.enumerated().map { width / Double(last) * ($0 == 0 || $0 == last ? 0.5 : 1) * $1 })
    }
  }
}
