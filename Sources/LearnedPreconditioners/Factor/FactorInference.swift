/// The network of a learned factor without the tape: registers of one node's or edge's numbers, everything of an edge in one go.
///
/// The same sums as `FactorNetwork`, in another order.
struct FactorInference: Sendable {
  typealias Row = SIMD8<Float>

  private let encoder: Dense
  private let rounds: [(message: Message, update: Dense)]
  private let decoder: Message
  private let entry: (weights: Row, bias: Float)
  private let pivot: (weights: Row, bias: Float)

  /// The rows of a matrix, one register an input, and what is added.
  private struct Dense: Sendable {
    let weights: [Row]
    let bias: Row

    /// bias + x W, or sum + x W.
    @inline(__always) static func product(
      _ x: UnsafePointer<Float>, _ count: Int, _ w: UnsafePointer<Row>, from sum: Row
    ) -> Row {
      // Four chains, which do not wait for each other.
      var (a, b, c, d) = (sum, Row.zero, Row.zero, Row.zero)
      var i = 0
      while i &+ 3 < count {
        a = fused(a, Row(repeating: x[i]), w[i])
        b = fused(b, Row(repeating: x[i &+ 1]), w[i &+ 1])
        c = fused(c, Row(repeating: x[i &+ 2]), w[i &+ 2])
        d = fused(d, Row(repeating: x[i &+ 3]), w[i &+ 3])
        i &+= 4
      }
      while i < count {
        a = fused(a, Row(repeating: x[i]), w[i])
        i &+= 1
      }
      return (a + b) + (c + d)
    }
  }

  private struct Message: Sendable {
    let edge: Dense
    let column: Dense
    let row: Dense
  }

  @inline(__always) private static func fused(_ a: Row, _ b: Row, _ c: Row) -> Row {
    BuildProcessor.fusesMultiplyAdd ? a.addingProduct(b, c) : a + b * c
  }

  init(_ parameters: Tensor<Float>, _ layout: ParameterLayout) {
    precondition(FactorNetwork.width == Row.scalarCount, "a register holds a node")
    let ranges = Dictionary(uniqueKeysWithValues: layout.slots.map { ($0.name, $0.range) })
    func numbers(_ name: String) -> [Float] { ranges[name].map { $0.map { parameters[$0] } } ?? [] }
    func rows(_ values: [Float]) -> [Row] {
      stride(from: 0, to: values.count, by: Row.scalarCount).map { start in
        var row = Row.zero
        for c in 0..<Row.scalarCount { row[c] = values[start + c] }
        return row
      }
    }
    func dense(_ name: String) -> Dense {
      Dense(weights: rows(numbers(name + ".weights")), bias: rows(numbers(name + ".bias"))[0])
    }
    func message(_ name: String) -> Message {
      Message(edge: dense(name + ".edge"), column: dense(name + ".column"), row: dense(name + ".row"))
    }
    func last(_ name: String) -> (Row, Float) { (rows(numbers(name + ".weights"))[0], numbers(name + ".bias")[0]) }
    encoder = dense("encoder")
    rounds = (0..<FactorNetwork.rounds).map { (message("round.\($0).message"), dense("round.\($0).update")) }
    decoder = message("decoder.edge")
    entry = last("decoder.entry")
    pivot = last("decoder.pivot")
  }

  /// The better factor: what `FactorCorrection` makes of the answers, in the same sweep that finds them.
  ///
  /// A column's entries are all that its pivot and what it takes from later rows need, so the root of the one waits beside the
  /// products of the next.
  ///
  /// - Parameters:
  ///   - values: Columns of L₀, which become those of L.
  ///   - inverse: The inverse of the diagonal, likewise.
  ///   - graph: Of the matrix and L₀.
  ///   - scratch: Memory to go on with.
  ///   - dimension: Of the space.
  func better(
    _ values: inout [Float], inverseDiagonal inverse: inout [Double], _ graph: FactorGraph, _ scratch: Scratch,
    dimension: Int
  ) {
    let n = graph.nodeCount
    scratch.grow(to: n)
    let unit = FactorCorrection.unitShift(graph.freeCount, dimension: dimension)
    let nodes = scratch.nodes
    graph.edges.withUnsafeBufferPointer { x in
      graph.rows.withUnsafeBufferPointer { rows in
        graph.starts.withUnsafeBufferPointer { starts in
          graph.nodes.withUnsafeBufferPointer { inputs in
            guard let starts = starts.baseAddress, let inputs = inputs.baseAddress else { return }
            encode(inputs, n, nodes)
            for (round, (message, update)) in rounds.enumerated() {
              let next = round + 1 < rounds.count ? rounds[round + 1].message : decoder
              exchange(message, update, next, n, starts, rows, x, nodes)
            }
            decode(graph, starts, rows, x, nodes, unit: unit, &values, &inverse, scratch.taken)
          }
        }
      }
    }
    withExtendedLifetime(scratch) {}
  }

  /// What `better` takes.
  static func multiplyAdds(nodes: Int, edges: Int) -> Double {
    let width = FactorNetwork.width
    let ofNode = width * (FactorGraph.nodeInputs + width * (6 * FactorNetwork.rounds + 2))
    let ofEdge = (FactorNetwork.rounds + 1) * width * FactorGraph.edgeInputs
    return Double(nodes * ofNode + edges * ofEdge)
  }

  /// Memory of the sweeps, kept from one matrix to the next.
  final class Scratch {
    /// Of each node: its numbers, what an edge hears of it as its row, and the sum of what edges said to it as their row.
    fileprivate var nodes = UnsafeMutablePointer<Row>.allocate(capacity: 0)
    /// What the rows above take from the right side of the rows below, as in `KeptImageDiagonal`.
    fileprivate var taken = UnsafeMutablePointer<Double>.allocate(capacity: 0)
    private var count = 0

    fileprivate func grow(to n: Int) {
      if n > count {
        nodes.deallocate()
        taken.deallocate()
        nodes = .allocate(capacity: 3 * n)
        taken = .allocate(capacity: n)
        count = n
      }
      taken.update(repeating: 0, count: n)
    }

    deinit {
      nodes.deallocate()
      taken.deallocate()
    }
  }

  private func encode(_ inputs: UnsafePointer<Float>, _ n: Int, _ nodes: UnsafeMutablePointer<Row>) {
    let first = rounds.first?.message ?? decoder
    encoder.weights.withUnsafeBufferPointer { w in
      first.row.weights.withUnsafeBufferPointer { r in
        guard let w = w.baseAddress, let r = r.baseAddress else { return }
        for i in 0..<n {
          let at = nodes + 3 &* i
          at[0] = Self.positive(
            Dense.product(inputs + i &* FactorGraph.nodeInputs, FactorGraph.nodeInputs, w, from: encoder.bias))
          at[1] = Dense.product(numbers(at), Row.scalarCount, r, from: .zero)
          at[2] = .zero
        }
      }
    }
  }

  /// A round of messages; `next` is what edges hear with after it.
  private func exchange(
    _ message: Message, _ update: Dense, _ next: Message, _ n: Int, _ starts: UnsafePointer<Int32>,
    _ rows: UnsafeBufferPointer<Int32>, _ x: UnsafeBufferPointer<Float>, _ nodes: UnsafeMutablePointer<Row>
  ) {
    let e4 = message.edge.weights
    let (w0, w1, w2, w3) = (e4[0], e4[1], e4[2], e4[3])
    let constant = message.edge.bias + message.column.bias + message.row.bias
    let width = Row.scalarCount
    message.column.weights.withUnsafeBufferPointer { c in
      update.weights.withUnsafeBufferPointer { u in
        next.row.weights.withUnsafeBufferPointer { r in
          guard let c = c.baseAddress, let u = u.baseAddress, let r = r.baseAddress else { return }
          var e = 0
          for j in 0..<n {
            let end = Int(starts[j &+ 1])
            let at = nodes + 3 &* j
            let column = Dense.product(numbers(at), width, c, from: constant)
            var spoken = Row.zero
            while e < end {
              let row = nodes + 3 &* Int(rows[e])
              let said = Self.positive(Self.sum(column + row[1], x, e, w0, w1, w2, w3))
              spoken += said
              row[2] += said
              e &+= 1
            }
            // What edges hear of this row is of no more use: no later edge ends here.
            at[1] = spoken
            let own = Dense.product(numbers(at), width, u, from: update.bias)
            let asRow = Dense.product(numbers(at + 2), width, u + width, from: .zero)
            let asColumn = Dense.product(numbers(at + 1), width, u + 2 &* width, from: .zero)
            at[0] += Self.positive(own + asRow + asColumn)
            at[1] = Dense.product(numbers(at), width, r, from: .zero)
            at[2] = .zero
          }
        }
      }
    }
  }

  private func decode(
    _ graph: FactorGraph, _ starts: UnsafePointer<Int32>, _ rows: UnsafeBufferPointer<Int32>,
    _ x: UnsafeBufferPointer<Float>, _ nodes: UnsafeMutablePointer<Row>, unit: Double, _ values: inout [Float],
    _ inverse: inout [Double], _ taken: UnsafeMutablePointer<Double>
  ) {
    let e4 = decoder.edge.weights
    let (w0, w1, w2, w3) = (e4[0], e4[1], e4[2], e4[3])
    let constant = decoder.edge.bias + decoder.column.bias + decoder.row.bias
    let n = graph.nodeCount
    decoder.column.weights.withUnsafeBufferPointer { c in
      graph.places.withUnsafeBufferPointer { places in
        graph.weights.withUnsafeBufferPointer { weights in
          graph.image.withUnsafeBufferPointer { image in
            values.withUnsafeMutableBufferPointer { values in
              inverse.withUnsafeMutableBufferPointer { inverse in
                guard let c = c.baseAddress else { return }
                var e = 0
                for j in 0..<n {
                  let first = e, end = Int(starts[j &+ 1])
                  let at = nodes + 3 &* j
                  let column = Dense.product(numbers(at), Row.scalarCount, c, from: constant)
                  var sum = 0.0
                  while e < end {
                    let i = Int(rows[e]), k = Int(places[e])
                    let hidden = Self.positive(Self.sum(column + nodes[3 &* i &+ 1], x, e, w0, w1, w2, w3))
                    let o = Double(Self.total(hidden * entry.weights) + entry.bias)
                    let l = Float(FactorCorrection.entry(Double(values[k]), o))
                    values[k] = l
                    sum += Double(l) * weights[i]
                    e &+= 1
                  }
                  let w = weights[j]
                  let g = Double(Self.total(at[0] * pivot.weights) + pivot.bias)
                  let target = image[j] + FactorCorrection.shift(g, unit: unit) * w
                  let root = (sum * sum + 4 * w * (target - taken[j])).squareRoot()
                  let d = (root - sum) / (2 * w)
                  var old = 1 / inverse[j]
                  // Also refuses what is not a number.
                  if root > 0, d > KeptImageDiagonal.least * old, d.isFinite {
                    inverse[j] = 1 / d
                    old = d
                  }
                  let y = old * w + sum
                  e = first
                  while e < end {
                    taken[Int(rows[e])] += Double(values[Int(places[e])]) * y
                    e &+= 1
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The layer of an edge's own four numbers on what its nodes gave.
  @inline(__always) private static func sum(
    _ start: Row, _ x: UnsafeBufferPointer<Float>, _ e: Int, _ w0: Row, _ w1: Row, _ w2: Row, _ w3: Row
  ) -> Row {
    let at = e &* FactorGraph.edgeInputs
    let first = fused(fused(start, Row(repeating: x[at]), w0), Row(repeating: x[at &+ 1]), w1)
    return first + fused(Row(repeating: x[at &+ 2]) * w2, Row(repeating: x[at &+ 3]), w3)
  }

  @inline(__always) private static func positive(_ x: Row) -> Row { x.replacing(with: 0, where: x .< 0) }

  @inline(__always) private static func total(_ x: Row) -> Float {
    let four = x.lowHalf + x.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The numbers of a register in memory.
  @inline(__always) private func numbers(_ row: UnsafeMutablePointer<Row>) -> UnsafePointer<Float> {
    UnsafeRawPointer(row).assumingMemoryBound(to: Float.self)
  }
}
