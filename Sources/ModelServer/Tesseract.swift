import InverseDesign
import Scenes

/// Tesseract's HTTP interface over one scene: what each endpoint answers, apart from any network.
///
/// Inputs are the blocks of the design, outputs the rows (arrays of shape `[]`) and the parts of the state, all float64 and
/// differentiable. Names become identifiers: `volume-fraction` is `volume_fraction`. Arrays come and go as JSON or base64,
/// by the Accept header.
///
/// Interface: Tesseract Core 1.15, https://docs.pasteurlabs.ai/projects/tesseract-core.
public struct Tesseract: Sendable {
  public static let endpoints = [
    "apply", "jacobian", "jacobian_vector_product", "vector_jacobian_product", "abstract_eval",
  ]
  /// A Jacobian costs an adjoint solve for each entry of its outputs.
  static let mostJacobianRows = 2000

  struct Port: Sendable {
    var name: String
    var block: Block
    /// Where it lies among the designs, the rows, or the state outputs.
    var range: Range<Int>
    var isRow: Bool
  }

  let model: SceneModel
  let inputs: [Port]
  let outputs: [Port]
  private let deepest: Int

  public init(_ model: SceneModel, deepest: Int = 16) {
    self.model = model
    self.deepest = deepest
    var start = 0
    inputs = model.designBlocks.map { block in
      defer { start += block.count }
      return Port(name: Self.identifier(block.name), block: block, range: start..<start + block.count, isRow: false)
    }
    var names = UniqueNames()
    outputs =
      model.rows.enumerated().map { index, row in
        Port(
          name: names.unique(Self.identifier(row.name)), block: Block(row.name, shape: []), range: index..<index + 1,
          isRow: true)
      }
      + model.stateOutputs.map { output in
        Port(
          name: names.unique(Self.identifier(output.block.name)), block: output.block,
          range: model.stateRange(of: output), isRow: false)
      }
  }

  static func identifier(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  public func respond(to endpoint: String, accept: String?, body: some Collection<UInt8>) -> Reply {
    guard let encoding = ArrayEncoding(accept: accept) else {
      return Reply(
        status: 406,
        json: ["detail": "no encoding that is accepted; there are application/json and application/json+base64"])
    }
    do {
      let payload: JSONValue
      do {
        payload = try JSONReader.read(body, deepest: deepest)
      } catch {
        throw Invalid(["body"], "\(error)", type: "json_invalid")
      }
      let json: JSONValue
      switch endpoint {
      case "apply": json = try apply(payload, encoding)
      case "jacobian": json = try jacobian(payload, encoding)
      case "jacobian_vector_product": json = try jacobianVector(payload, encoding)
      case "vector_jacobian_product": json = try vectorJacobian(payload, encoding)
      case "abstract_eval": json = try abstractEval(payload)
      default: return Reply(status: 404, json: ["detail": "Not Found"])
      }
      return Reply(json: json)
    } catch let invalid as Invalid {
      return invalid.reply
    } catch SceneFault.invalidInput(let message) {
      return Invalid(["body", "inputs"], message).reply
    } catch {
      return Reply(status: 500, json: ["detail": .string("\(error)")])
    }
  }

  /// Input that does not fit: 422 with a list of details, as Pydantic gives it.
  struct Invalid: Error {
    var place: [String]
    var message: String
    var type: String
    init(_ place: [String], _ message: String, type: String = "value_error") {
      self.place = place
      self.message = message
      self.type = type
    }
    var reply: Reply {
      Reply(
        status: 422,
        json: [
          "detail": .array([
            ["type": .string(type), "loc": .array(place.map { .string($0) }), "msg": .string(message), "input": .null]
          ])
        ])
    }
  }

  // MARK: - Endpoints

  private func apply(_ payload: JSONValue, _ encoding: ArrayEncoding) throws -> JSONValue {
    let result = try model.evaluate(try design(payload))
    return named(
      outputs, rows: result.rows, state: model.stateVector(field: result.field, state: result.state), encoding)
  }

  private func vectorJacobian(_ payload: JSONValue, _ encoding: ArrayEncoding) throws -> JSONValue {
    let x = try design(payload)
    let wanted = try ports("vjp_inputs", payload, among: inputs)
    let seeded = try ports("vjp_outputs", payload, among: outputs)
    let vectors = try arrays("cotangent_vector", payload, for: seeded)
    var weights = [Double](repeating: 0, count: model.rows.count)
    var state = DenseVector(zeros: model.stateOutputCount)
    var seedsState = false
    for (port, vector) in zip(seeded, vectors) {
      if port.isRow {
        weights[port.range.lowerBound] = vector[0]
      } else {
        state.elements.replaceSubrange(port.range, with: vector)
        seedsState = true
      }
    }
    let seed = try model.seed(rows: weights, stateVector: seedsState ? state : .zero)
    let gradient = try model.linearize(x).pullback(seed)
    return .object(
      wanted.map { .init($0.name, encoding.encode(Array(gradient.elements[$0.range]), shape: $0.block.shape)) })
  }

  private func jacobianVector(_ payload: JSONValue, _ encoding: ArrayEncoding) throws -> JSONValue {
    let x = try design(payload)
    let moved = try ports("jvp_inputs", payload, among: inputs)
    let wanted = try ports("jvp_outputs", payload, among: outputs)
    let vectors = try arrays("tangent_vector", payload, for: moved)
    var direction = DenseVector(zeros: model.designCount)
    for (port, vector) in zip(moved, vectors) { direction.elements.replaceSubrange(port.range, with: vector) }
    let wantsState = wanted.contains { !$0.isRow }
    let change = try model.linearize(x).pushforward(direction, wantsState: wantsState)
    let state = wantsState ? model.stateVector(field: change.field, state: change.state) : .zero
    return named(wanted, rows: change.rows, state: state, encoding)
  }

  private func jacobian(_ payload: JSONValue, _ encoding: ArrayEncoding) throws -> JSONValue {
    let x = try design(payload)
    let moved = try ports("jac_inputs", payload, among: inputs)
    let wanted = try ports("jac_outputs", payload, among: outputs)
    let count = wanted.reduce(0) { $0 + $1.range.count }
    guard count <= Self.mostJacobianRows else {
      throw Invalid(
        ["body", "jac_outputs"],
        "these outputs have \(count) entries, each an adjoint solve; at most \(Self.mostJacobianRows) are computed")
    }
    let linearization = try model.linearize(x)
    var members: [JSONValue.Member] = []
    for port in wanted {
      var columns = moved.map { _ in [Double]() }
      for entry in port.range {
        var weights = [Double](repeating: 0, count: model.rows.count)
        var state = DenseVector.zero
        if port.isRow {
          weights[entry] = 1
        } else {
          state = DenseVector(zeros: model.stateOutputCount)
          state[entry] = 1
        }
        let gradient = try linearization.pullback(try model.seed(rows: weights, stateVector: state))
        for (index, input) in moved.enumerated() { columns[index] += gradient.elements[input.range] }
      }
      members.append(
        .init(
          port.name,
          .object(
            zip(moved, columns).map { input, values in
              .init(input.name, encoding.encode(values, shape: port.block.shape + input.block.shape))
            })))
    }
    return .object(members)
  }

  private func abstractEval(_ payload: JSONValue) throws -> JSONValue {
    let given = try inputObject(payload)
    for port in inputs {
      guard let array = given[port.name], let shape = array["shape"]?.items else {
        throw Invalid(["body", "inputs", port.name], "expected an object with shape and dtype")
      }
      guard shape.map(\.integer) == port.block.shape.map({ $0 }) else {
        throw Invalid(["body", "inputs", port.name], "wrong shape, expected \(port.block.shape)")
      }
    }
    return .object(
      outputs.map {
        .init(
          $0.name, ["shape": .array($0.block.shape.map { .whole($0) }), "dtype": "float64"])
      })
  }

  private func named(_ ports: [Port], rows: [Double], state: DenseVector, _ encoding: ArrayEncoding) -> JSONValue {
    .object(
      ports.map { port in
        let values = port.isRow ? [rows[port.range.lowerBound]] : Array(state.elements[port.range])
        return .init(port.name, encoding.encode(values, shape: port.block.shape))
      })
  }
}
