import InverseDesign
import Scenes

extension Tesseract {
  func inputObject(_ payload: JSONValue) throws(Invalid) -> JSONValue {
    guard case .object = payload else { throw Invalid(["body"], "expected an object", type: "model_attributes_type") }
    guard let given = payload["inputs"] else { throw Invalid(["body", "inputs"], "Field required", type: "missing") }
    guard case .object(let members) = given else {
      throw Invalid(["body", "inputs"], "expected an object", type: "model_attributes_type")
    }
    for member in members where !inputs.contains(where: { $0.name == member.key }) {
      throw Invalid(
        ["body", "inputs", member.key],
        "there is no such input; there are \(inputs.map(\.name).joined(separator: ", "))",
        type: "extra_forbidden")
    }
    return given
  }

  func design(_ payload: JSONValue) throws(Invalid) -> DenseVector {
    let given = try inputObject(payload)
    var values: [Double] = []
    values.reserveCapacity(model.designCount)
    for port in inputs {
      guard let array = given[port.name] else {
        throw Invalid(["body", "inputs", port.name], "Field required", type: "missing")
      }
      values += try decode(array, shape: port.block.shape, at: ["body", "inputs", port.name])
    }
    return DenseVector(values)
  }

  func ports(_ key: String, _ payload: JSONValue, among all: [Port]) throws(Invalid) -> [Port] {
    guard let given = payload[key] else { throw Invalid(["body", key], "Field required", type: "missing") }
    guard let names = given.items else { throw Invalid(["body", key], "expected a list of names") }
    var found: [Port] = []
    for name in names {
      guard let port = all.first(where: { $0.name == name.text }) else {
        throw Invalid(
          ["body", key], "\(name.text ?? name.kind) is not one of \(all.map(\.name).joined(separator: ", "))",
          type: "literal_error")
      }
      if found.contains(where: { $0.name == port.name }) { throw Invalid(["body", key], "\(port.name) comes twice") }
      found.append(port)
    }
    if found.isEmpty { throw Invalid(["body", key], "expected at least one name", type: "too_short") }
    return found
  }

  /// One array for each port, and no others.
  func arrays(_ key: String, _ payload: JSONValue, for ports: [Port]) throws(Invalid) -> [[Double]] {
    guard let given = payload[key], let members = given.members else {
      throw Invalid(["body", key], "expected an object of arrays", type: "missing")
    }
    guard Set(members.map(\.key)) == Set(ports.map(\.name)) else {
      throw Invalid(["body", key], "expected exactly the keys \(ports.map(\.name).joined(separator: ", "))")
    }
    var result: [[Double]] = []
    for port in ports {
      result.append(try decode(given[port.name] ?? .null, shape: port.block.shape, at: ["body", key, port.name]))
    }
    return result
  }

  private func decode(_ value: JSONValue, shape: [Int], at place: [String]) throws(Invalid) -> [Double] {
    do throws(ArrayEncoding.Fault) {
      return try ArrayEncoding.decode(value, shape: shape)
    } catch {
      throw Invalid(place, error.problem)
    }
  }
}
