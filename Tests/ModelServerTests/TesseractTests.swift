import Foundation
import InverseDesign
import ModelServer
import Scenes
import TestSupport
import Testing

/// Tesseract's interface without a network.
@Suite struct TesseractTests {
  let beam = Tesseract(UMBridgeTests.models[0])
  private var model: SceneModel { UMBridgeTests.models[0] }

  private func post(_ endpoint: String, _ json: JSONValue, accept: String? = nil) throws -> (
    status: Int, json: JSONValue
  ) {
    let reply = beam.respond(to: endpoint, accept: accept, body: JSONWriter.bytes(json))
    return (reply.status, try JSONReader.read(reply.body))
  }

  private func encoded(_ values: [Double]) -> JSONValue {
    [
      "object_type": "array", "shape": .array([.whole(values.count)]), "dtype": "float64",
      "data": ["buffer": .string(values.withUnsafeBytes { Data($0) }.base64EncodedString()), "encoding": "base64"],
    ]
  }

  private var inputs: JSONValue { ["density": encoded(model.start.elements)] }

  @Test func arraysMayComeInThreeFormsAndGoInTwo() throws {
    let numbers = JSONValue.numbers(model.start.elements)
    let forms: [JSONValue] = [
      numbers, encoded(model.start.elements),
      [
        "object_type": "array", "shape": .array([.whole(48)]), "dtype": "float64",
        "data": ["buffer": numbers, "encoding": "json"],
      ],
    ]
    let expected = try model.evaluate(model.start)
    for form in forms {
      let answer = try post("apply", ["inputs": ["density": form]])
      #expect(answer.status == 200)
      #expect(answer.json["compliance"]?["data"]?["buffer"]?.number == expected.rows[0])
      #expect(answer.json["displacement"]?["shape"]?.numbers == [65, 2])
      #expect(answer.json["displacement"]?["data"]?["buffer"]?.items?.count == 65)
    }
    let binary = try post("apply", ["inputs": inputs], accept: "application/json+base64; gpu_transport=none")
    let buffer = try #require(binary.json["displacement"]?["data"]?["buffer"]?.text.flatMap { Data(base64Encoded: $0) })
    let values = buffer.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    #expect(values == expected.state.elements)
    #expect(try post("apply", ["inputs": inputs], accept: "application/json; compression=lz4").status == 406)
  }

  @Test func badInputIsToldWhereAndWhy() throws {
    let bad: [(JSONValue, [String])] = [
      ([:], ["body", "inputs"]), (["inputs": [:]], ["body", "inputs", "density"]),
      (["inputs": ["density": .numbers([1])]], ["body", "inputs", "density"]),
      (["inputs": ["density": "x"]], ["body", "inputs", "density"]),
      (["inputs": ["density": encoded(model.start.elements), "more": 1.0]], ["body", "inputs", "more"]),
      (["inputs": ["density": encoded(model.start.elements.map { $0 + 1 })]], ["body", "inputs"]),
    ]
    for (payload, place) in bad {
      let answer = try post("apply", payload)
      #expect(answer.status == 422)
      let detail = answer.json["detail"]?.items?.first
      #expect(detail?["loc"]?.items?.compactMap(\.text) == place, "\(answer.json)")
      #expect(detail?["msg"]?.text?.isEmpty == false)
    }
    #expect(beam.respond(to: "apply", accept: nil, body: Array("{".utf8)).status == 422)
    let names: JSONValue = ["inputs": inputs, "jac_inputs": .array(["density"]), "jac_outputs": .array(["nothing"])]
    #expect(try post("jacobian", names).status == 422)
    let all: JSONValue = ["inputs": inputs, "jac_inputs": .array(["density"]), "jac_outputs": .array([])]
    #expect(try post("jacobian", all).status == 422)
  }

  @Test func productsAreThoseOfTheModel() throws {
    var generator = SeededGenerator(seed: 13)
    let direction = generator.vector(count: 48)
    let change = try model.linearize(model.start).pushforward(direction, wantsState: false)
    let forward = try post(
      "jacobian_vector_product",
      [
        "inputs": inputs, "jvp_inputs": .array(["density"]), "jvp_outputs": .array(["compliance", "volume_fraction"]),
        "tangent_vector": ["density": encoded(direction.elements)],
      ])
    #expect(forward.json["compliance"]?["data"]?["buffer"]?.number == change.rows[0])
    #expect(forward.json.members?.map(\.key) == ["compliance", "volume_fraction"])
    let back = try post(
      "vector_jacobian_product",
      [
        "inputs": inputs, "vjp_inputs": .array(["density"]), "vjp_outputs": .array(["compliance"]),
        "cotangent_vector": ["compliance": 1.0],
      ])
    #expect(
      back.json["density"]?["data"]?["buffer"]?.numbers == (try model.valueAndGradient(model.start).gradient.elements))
  }
}
