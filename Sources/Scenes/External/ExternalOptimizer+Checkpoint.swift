import InverseDesign

extension ExternalOptimizer {
  func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[vector: "start"] = state.start
    arrays[integer: "restarts"] = [Int64(state.restarts)]
    arrays[integer: "gradients"] = state.asked.map { $0.needsGradients ? 1 : 0 }
    arrays[real: "asked"] = state.asked.flatMap(\.design.elements)
    arrays[integer: "history.counts"] = state.history.map { Int64($0.values.count) }
    arrays[real: "history.values"] = state.history.flatMap(\.values)
    arrays[real: "history.designs"] = state.history.flatMap(\.design.elements)
    if let best = state.best { arrays[integer: "best"] = [Int64(best)] }
    return arrays
  }

  func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let start = arrays[vector: "start"], start.count == n,
      let gradients = arrays[integer: "gradients"], let asked = arrays[real: "asked"],
      asked.count == gradients.count * n,
      let counts = arrays[integer: "history.counts"], let values = arrays[real: "history.values"],
      let designs = arrays[real: "history.designs"], designs.count == counts.count * n,
      counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, +) == Int64(values.count)
    else { return nil }
    var history: [Entry] = []
    var at = 0
    for (index, count) in counts.enumerated() {
      history.append(
        Entry(
          design: DenseVector(designs[index * n..<(index + 1) * n]), values: Array(values[at..<at + Int(count)])))
      at += Int(count)
    }
    let best = arrays[integer: "best"]?.first.map { Int($0) }
    if let best, !history.indices.contains(best) || history[best].values.isEmpty { return nil }
    return State(
      bounds: bounds, start: start,
      asked: gradients.indices.map {
        Request(DenseVector(asked[$0 * n..<($0 + 1) * n]), needsGradients: gradients[$0] != 0)
      }, history: history, best: best, restarts: Int(arrays[integer: "restarts"]?.first ?? 0))
  }
}
