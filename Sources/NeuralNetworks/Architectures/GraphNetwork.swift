/// A graph: which node each edge leaves and which it enters.
public struct Graph: Sendable, Hashable {
  public let nodeCount: Int
  public let senders: [Int32]
  public let receivers: [Int32]

  /// - Parameters:
  ///   - nodeCount: How many nodes there are.
  ///   - senders: One node for each edge, in `0..<nodeCount`.
  ///   - receivers: As many, and as the senders are.
  public init(nodeCount: Int, senders: [Int32], receivers: [Int32]) {
    precondition(senders.count == receivers.count, "\(senders.count) senders and \(receivers.count) receivers")
    precondition(
      (senders + receivers).allSatisfy { $0 >= 0 && $0 < nodeCount },
      "an edge to a node beyond the \(nodeCount) there are")
    self.nodeCount = nodeCount
    self.senders = senders
    self.receivers = receivers
  }

  public var edgeCount: Int { senders.count }
}

/// A graph network that encodes nodes and edges, passes messages, and decodes both (Battaglia et al. 2018, algorithm 1
/// without a global part; the form of Sanchez-Gonzalez et al. 2020).
///
/// In each round an edge is updated from itself and its two nodes, and a node from itself and the sum of the edges that
/// enter it; both are residual.
public struct GraphNetwork: Sendable {
  public struct Options: Sendable, Hashable {
    public var nodeInputs = 1
    public var edgeInputs = 1
    public var nodeOutputs = 1
    /// 0 for a network that answers for nodes alone.
    public var edgeOutputs = 0
    /// Numbers that a node and an edge carry between rounds.
    public var width = 32
    public var rounds = 3
    public init() {}
  }

  public let options: Options
  public let layout: ParameterLayout
  let nodeEncoder: MultilayerPerceptron
  let edgeEncoder: MultilayerPerceptron
  let rounds: [Round]
  let nodeDecoder: MultilayerPerceptron
  let edgeDecoder: MultilayerPerceptron?

  struct Round: Sendable {
    let edges: MultilayerPerceptron
    let nodes: MultilayerPerceptron
    let edgeNormalization: LayerNormalization
    let nodeNormalization: LayerNormalization
  }

  public init(_ options: Options = Options()) {
    let width = options.width
    var layout = ParameterLayout()
    nodeEncoder = MultilayerPerceptron("encoder.nodes", widths: [options.nodeInputs, width, width], in: &layout)
    edgeEncoder = MultilayerPerceptron("encoder.edges", widths: [options.edgeInputs, width, width], in: &layout)
    rounds = (0..<options.rounds).map { i in
      Round(
        edges: MultilayerPerceptron("round.\(i).edges", widths: [3 * width, width, width], in: &layout),
        nodes: MultilayerPerceptron("round.\(i).nodes", widths: [2 * width, width, width], in: &layout),
        edgeNormalization: LayerNormalization("round.\(i).edge-normalization", width: width, in: &layout),
        nodeNormalization: LayerNormalization("round.\(i).node-normalization", width: width, in: &layout))
    }
    nodeDecoder = MultilayerPerceptron("decoder.nodes", widths: [width, width, options.nodeOutputs], in: &layout)
    edgeDecoder =
      options.edgeOutputs > 0
      ? MultilayerPerceptron("decoder.edges", widths: [width, width, options.edgeOutputs], in: &layout) : nil
    self.options = options
    self.layout = layout
  }

  /// - Parameters:
  ///   - nodes: `[nodeCount, nodeInputs]`.
  ///   - edges: `[edgeCount, edgeInputs]`.
  ///   - graph: Which edges lie between which nodes.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: `[nodeCount, nodeOutputs]`, and `[edgeCount, edgeOutputs]` where edges are asked for.
  public func callAsFunction<S>(
    nodes: Variable<S>, edges: Variable<S>, of graph: Graph, _ p: BoundParameters<S>
  ) -> (nodes: Variable<S>, edges: Variable<S>?) {
    precondition(
      nodes.shape[0] == graph.nodeCount && edges.shape[0] == graph.edgeCount,
      "nodes \(nodes.shape) and edges \(edges.shape) for a graph of \(graph.nodeCount) and \(graph.edgeCount)")
    var v = nodeEncoder(nodes, p)
    var e = edgeEncoder(edges, p)
    for round in rounds {
      let heard: Variable<S> = .joined([e, v.rows(graph.senders), v.rows(graph.receivers)])
      e = e + round.edgeNormalization(round.edges(heard, p), p)
      let sums = e.segmentSums(graph.receivers, count: graph.nodeCount)
      v = v + round.nodeNormalization(round.nodes(.joined([v, sums]), p), p)
    }
    return (nodeDecoder(v, p), edgeDecoder?(e, p))
  }
}
