import InverseDesign
import Scenes

/// UM-Bridge 1.0 over the models of some scenes: what each endpoint answers, apart from any network.
///
/// Inputs are the blocks of the design. Outputs are the rows, one number each, in the order of the scene; with
/// `"config": {"outputs": ["displacement", ...]}` they are the outputs named, rows or parts of the state.
///
/// Protocol: Seelinger et al., UM-Bridge: Uncertainty quantification and modeling bridge, JOSS 8 (2023).
public struct UMBridge: Sendable {
  public static let endpoints = [
    "ModelInfo", "InputSizes", "OutputSizes", "Evaluate", "Gradient", "ApplyJacobian", "ApplyHessian",
  ]

  let models: [SceneModel]
  let deepest: Int

  public init(_ models: [SceneModel], deepest: Int = 16) {
    self.models = models
    self.deepest = deepest
  }

  /// `GET /Info`.
  public var info: Reply {
    Reply(json: ["protocolVersion": 1.0, "models": .array(models.map { .string($0.name) })])
  }

  /// A POST to one of the endpoints.
  public func respond(to endpoint: String, body: some Collection<UInt8>) -> Reply {
    do {
      let request: JSONValue
      do {
        request = try JSONReader.read(body, deepest: deepest)
      } catch {
        throw Refusal.invalidInput("the request is not JSON: \(error)")
      }
      guard case .object = request else {
        throw Refusal.invalidInput("the request is \(request.kind), expected an object")
      }
      // The name is judged first, then what is asked of the model, then the rest.
      let model = try model(named: request["name"])
      let call = Call(model: model, request: request)
      switch endpoint {
      case "ModelInfo":
        return Reply(
          json: ["support": ["Evaluate": true, "Gradient": true, "ApplyJacobian": true, "ApplyHessian": true]])
      case "InputSizes": return Reply(json: ["inputSizes": .array(model.designBlocks.map { .whole($0.count) })])
      case "OutputSizes": return Reply(json: ["outputSizes": .array(try call.outputs().map { .whole($0.count) })])
      case "Evaluate": return Reply(json: ["output": .array(try call.evaluate().map { .numbers($0) })])
      case "Gradient": return Reply(json: ["output": .numbers(try call.gradient())])
      case "ApplyJacobian": return Reply(json: ["output": .numbers(try call.applyJacobian())])
      case "ApplyHessian": return Reply(json: ["output": .numbers(try call.applyHessian())])
      default: throw Refusal(status: 404, type: "UnsupportedFeature", message: "there is no endpoint \(endpoint)")
      }
    } catch let refusal as Refusal {
      return .error(refusal.status, refusal.type, refusal.message)
    } catch let fault as SceneFault {
      return Self.reply(to: fault)
    } catch {
      return .error(500, "InvalidOutput", "\(error)")
    }
  }

  private func model(named name: JSONValue?) throws(Refusal) -> SceneModel {
    let found = name?.text.flatMap { name in models.first { $0.name == name } }
    if let found { return found }
    let asked = name.map { $0.text ?? $0.kind } ?? "without a name"
    throw Refusal(
      status: 400, type: "ModelNotFound",
      message: "model \(asked) not found; there are \(models.map(\.name).joined(separator: ", "))")
  }

  static func reply(to fault: SceneFault) -> Reply {
    switch fault {
    case .invalidInput(let message): .error(400, "InvalidInput", message)
    case .failed(let failure):
      failure.kind == .unsupported
        ? .error(400, "UnsupportedFeature", failure.description) : .error(500, "InvalidOutput", failure.description)
    }
  }

  /// A request that is answered with an error.
  struct Refusal: Error {
    var status: Int
    var type: String
    var message: String
    static func invalidInput(_ message: String) -> Refusal {
      Refusal(status: 400, type: "InvalidInput", message: message)
    }
  }
}
