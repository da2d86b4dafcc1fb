import InverseDesign
import Scenes

extension UMBridge {
  /// One request to one model.
  struct Call {
    let model: SceneModel
    let request: JSONValue

    /// One vector that the model returns.
    enum Output {
      case row(Int)
      case state(StateOutput)

      var count: Int {
        switch self {
        case .row: 1
        case .state(let output): output.block.count
        }
      }
    }

    /// The rows, or what `config` names.
    func outputs() throws(Refusal) -> [Output] {
      let config = request["config"] ?? .null
      if config == .null { return model.rows.indices.map { .row($0) } }
      guard let members = config.members else {
        throw .invalidInput("config is \(config.kind), expected an object or null")
      }
      for member in members where member.key != "outputs" {
        throw .invalidInput("config has an unknown key \"\(member.key)\"; there is \"outputs\"")
      }
      guard let named = config["outputs"], named != .null else { return model.rows.indices.map { .row($0) } }
      guard let items = named.items, !items.isEmpty else {
        throw .invalidInput("config.outputs is \(named.kind), expected an array of names")
      }
      var outputs: [Output] = []
      for item in items {
        if let row = model.rows.firstIndex(where: { $0.name == item.text }) {
          outputs.append(.row(row))
        } else if let state = model.stateOutputs.first(where: { $0.block.name == item.text }) {
          outputs.append(.state(state))
        } else {
          let names = model.rows.map(\.name) + model.stateOutputs.map(\.block.name)
          throw .invalidInput(
            "config.outputs names \(item.text ?? item.kind); there are \(names.joined(separator: ", "))")
        }
      }
      return outputs
    }

    func evaluate() throws -> [[Double]] {
      let x = try input(), outputs = try outputs()
      let result = try model.evaluate(x)
      return outputs.map { values(of: $0, rows: result.rows, field: result.field, state: result.state) }
    }

    func gradient() throws -> [Double] {
      let x = try input(), outputs = try outputs()
      let output = outputs[try index("outWrt", below: outputs.count)]
      let block = try index("inWrt", below: model.designBlocks.count)
      let seed = try seed("sens", of: output)
      return part(try model.linearize(x).pullback(seed), block)
    }

    func applyJacobian() throws -> [Double] {
      let x = try input(), outputs = try outputs()
      let output = outputs[try index("outWrt", below: outputs.count)]
      let direction = try direction(in: try index("inWrt", below: model.designBlocks.count))
      let wantsState = if case .state = output { true } else { false }
      let change = try model.linearize(x).pushforward(direction, wantsState: wantsState)
      return values(of: output, rows: change.rows, field: change.field, state: change.state)
    }

    func applyHessian() throws -> [Double] {
      let x = try input(), outputs = try outputs()
      let output = outputs[try index("outWrt", below: outputs.count)]
      let first = try index("inWrt1", below: model.designBlocks.count)
      let direction = try direction(in: try index("inWrt2", below: model.designBlocks.count))
      let seed = try seed("sens", of: output)
      return part(try model.hessianVector(x, seed: seed, direction: direction), first)
    }

    // MARK: - Fields

    /// The design, from one array of numbers a block.
    private func input() throws(Refusal) -> DenseVector {
      guard let given = request["input"] else { throw .invalidInput("input is missing") }
      guard let items = given.items else { throw .invalidInput("input is \(given.kind), expected an array of arrays") }
      guard items.count == model.designBlocks.count else {
        throw .invalidInput("input has \(items.count) vectors, expected \(model.designBlocks.count)")
      }
      var design: [Double] = []
      design.reserveCapacity(model.designCount)
      for (index, item) in items.enumerated() {
        let block = model.designBlocks[index]
        guard let numbers = item.numbers else { throw .invalidInput("input \(index) is not an array of numbers") }
        guard numbers.count == block.count else {
          throw .invalidInput("input \(index) (\(block.name)) has \(numbers.count) entries, expected \(block.count)")
        }
        design += numbers
      }
      return DenseVector(design)
    }

    private func index(_ key: String, below count: Int) throws(Refusal) -> Int {
      guard let given = request[key] else { throw .invalidInput("\(key) is missing") }
      guard let index = given.integer, (0..<count).contains(index) else {
        throw .invalidInput("\(key) is not an index from 0 to \(count - 1)")
      }
      return index
    }

    private func vector(_ key: String, count: Int) throws(Refusal) -> [Double] {
      guard let given = request[key] else { throw .invalidInput("\(key) is missing") }
      guard let numbers = given.numbers else { throw .invalidInput("\(key) is not an array of numbers") }
      guard numbers.count == count else {
        throw .invalidInput("\(key) has \(numbers.count) entries, expected \(count)")
      }
      return numbers
    }

    private func direction(in block: Int) throws(Refusal) -> DenseVector {
      let range = range(of: block)
      var direction = DenseVector(zeros: model.designCount)
      direction.elements.replaceSubrange(range, with: try vector("vec", count: range.count))
      return direction
    }

    private func seed(_ key: String, of output: Output) throws -> ResponseSeed {
      let given = try vector(key, count: output.count)
      switch output {
      case .row(let row):
        var weights = [Double](repeating: 0, count: model.rows.count)
        weights[row] = given[0]
        return ResponseSeed(rows: weights)
      case .state(let state):
        var all = DenseVector(zeros: model.stateOutputCount)
        all.elements.replaceSubrange(model.stateRange(of: state), with: given)
        return try model.seed(rows: [], stateVector: all)
      }
    }

    private func range(of block: Int) -> Range<Int> {
      let start = model.designBlocks[..<block].reduce(0) { $0 + $1.count }
      return start..<start + model.designBlocks[block].count
    }

    private func part(_ gradient: DenseVector, _ block: Int) -> [Double] { Array(gradient.elements[range(of: block)]) }

    private func values(of output: Output, rows: [Double], field: DenseVector, state: DenseVector) -> [Double] {
      switch output {
      case .row(let row): [rows[row]]
      case .state(let output): Array((output.place == .field ? field : state).elements[output.range])
      }
    }
  }
}
