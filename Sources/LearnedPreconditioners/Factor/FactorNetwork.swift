/// Message passing on the graph of a matrix that answers one number for each entry of its factor and one for each pivot.
///
/// In each round an edge speaks by a layer of its inputs and its two nodes; a node hears the sums of the edges that end and
/// of those that begin in it, apart, since elimination has an order. Edges keep no state, so that what an edge costs is two
/// rows of its nodes, which are multiplied once a node. The last layers start at zero: the factor as it is.
struct FactorNetwork: Sendable {
  static let width = 8
  static let rounds = 1

  let layout: ParameterLayout
  let encoder: Linear
  let messages: [Message]
  let updates: [Linear]
  let edgeHidden: Message
  let edgeOutput: Linear
  let nodeOutput: Linear

  /// x W + s W' + r W'': of an edge and its column's and its row's node.
  struct Message: Sendable {
    let edge: Linear
    let column: Linear
    let row: Linear

    init(_ name: String, _ width: Int, in layout: inout ParameterLayout) {
      edge = Linear(name + ".edge", FactorGraph.edgeInputs, to: width, in: &layout)
      column = Linear(name + ".column", width, to: width, in: &layout)
      row = Linear(name + ".row", width, to: width, in: &layout)
    }

    func callAsFunction<S>(
      _ edges: Variable<S>, _ nodes: Variable<S>, _ columns: [Int32], _ rows: [Int32], _ p: BoundParameters<S>
    ) -> Variable<S> {
      (edge(edges, p) + column(nodes, p).rows(columns) + row(nodes, p).rows(rows)).relu()
    }
  }

  init() {
    let width = Self.width
    var layout = ParameterLayout()
    encoder = Linear("encoder", FactorGraph.nodeInputs, to: width, in: &layout)
    var messages: [Message] = [], updates: [Linear] = []
    for round in 0..<Self.rounds {
      messages.append(Message("round.\(round).message", width, in: &layout))
      updates.append(Linear("round.\(round).update", 3 * width, to: width, in: &layout))
    }
    self.messages = messages
    self.updates = updates
    edgeHidden = Message("decoder.edge", width, in: &layout)
    edgeOutput = Linear("decoder.entry", width, to: 1, startsAtZero: true, in: &layout)
    nodeOutput = Linear("decoder.pivot", width, to: 1, startsAtZero: true, in: &layout)
    self.layout = layout
  }

  /// - Parameters:
  ///   - nodes: `[nodeCount, nodeInputs]`.
  ///   - edges: `[edgeCount, edgeInputs]`.
  ///   - columns: Where each edge begins.
  ///   - rows: Where it ends.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: `[edgeCount, 1]` and `[nodeCount, 1]`.
  func callAsFunction<S>(
    nodes: Variable<S>, edges: Variable<S>, columns: [Int32], rows: [Int32], _ p: BoundParameters<S>
  ) -> (entries: Variable<S>, pivots: Variable<S>) {
    let count = nodes.shape[0]
    var h = encoder(nodes, p).relu()
    for (message, update) in zip(messages, updates) {
      let spoken = message(edges, h, columns, rows, p)
      let heard = [spoken.segmentSums(rows, count: count), spoken.segmentSums(columns, count: count)]
      h = h + update(.joined([h] + heard), p).relu()
    }
    return (edgeOutput(edgeHidden(edges, h, columns, rows, p), p), nodeOutput(h, p))
  }
}
