import DifferentiableCore

/// The length of the line that a tool follows, in m.
public struct ToolLength: FieldFunctional {
  /// Design variables to nodes, `[count, 2]` in m.
  public let line: any Transform

  public init(of tool: any LineTool) { line = tool.line }

  public func value(_ field: DenseVector) -> Double {
    guard let nodes = try? line.apply(field) else { return .nan }
    var length = 0.0
    for k in stride(from: 2, to: nodes.count, by: 2) {
      let x = nodes[k] - nodes[k - 2], y = nodes[k + 1] - nodes[k - 1]
      length += (x * x + y * y).squareRoot()
    }
    return length
  }

  public func gradient(_ field: DenseVector) -> DenseVector {
    guard let nodes = try? line.apply(field) else { return DenseVector(repeating: .nan, count: field.count) }
    var seed = DenseVector(zeros: nodes.count)
    for k in stride(from: 2, to: nodes.count, by: 2) {
      let x = nodes[k] - nodes[k - 2], y = nodes[k + 1] - nodes[k - 1], length = (x * x + y * y).squareRoot()
      // Where two nodes meet the length has a kink; zero lies between its derivatives.
      if length == 0 { continue }
      seed[k] += x / length
      seed[k + 1] += y / length
      seed[k - 2] -= x / length
      seed[k - 1] -= y / length
    }
    return (try? line.pullback(seed, at: field)) ?? DenseVector(repeating: .nan, count: field.count)
  }
}
