import InverseDesign
import ModelServer
import Scenes
import TestSupport
import Testing

/// What UM-Bridge's own conformity tests expect of a server, and what its protocol says of errors.
@Suite struct UMBridgeTests {
  static let models: [SceneModel] =
    [("beam", SmallModels.beam), ("drop", SmallModels.drop)].compactMap {
      try? SceneModel(SceneFile.parse($0.1, name: "\($0.0).yaml"))
    }
  let bridge = UMBridge(UMBridgeTests.models)
  private var beam: SceneModel { Self.models[0] }

  private func post(_ endpoint: String, _ json: JSONValue) throws -> (status: Int, json: JSONValue) {
    let reply = bridge.respond(to: endpoint, body: JSONWriter.bytes(json))
    return (reply.status, try JSONReader.read(reply.body))
  }

  /// The keys of an answer, all of them.
  private func keys(_ json: JSONValue) -> [String]? { json.members?.map(\.key) }

  private var input: JSONValue { .array([.numbers(beam.start.elements)]) }

  private func error(_ endpoint: String, _ json: JSONValue) throws -> String {
    let (status, answer) = try post(endpoint, json)
    #expect(keys(answer) == ["error"])
    #expect(answer["error"].flatMap(keys) == ["type", "message"])
    return "\(status) \(answer["error"]?["type"]?.text ?? "")"
  }

  @Test func infoNamesProtocolAndModels() throws {
    #expect(Self.models.count == 2)
    #expect(String(decoding: bridge.info.body, as: UTF8.self) == #"{"protocolVersion":1.0,"models":["beam","drop"]}"#)
  }

  @Test func answersHaveTheirKeysAndNoOthers() throws {
    let name = JSONValue.string("beam")
    let info = try post("ModelInfo", ["name": name])
    #expect(keys(info.json) == ["support"])
    #expect(info.json["support"].flatMap(keys) == ["Evaluate", "Gradient", "ApplyJacobian", "ApplyHessian"])
    let inputs = bridge.respond(to: "InputSizes", body: JSONWriter.bytes(["name": name, "config": .null]))
    #expect(String(decoding: inputs.body, as: UTF8.self) == #"{"inputSizes":[48]}"#)
    let outputs = bridge.respond(to: "OutputSizes", body: JSONWriter.bytes(["name": name]))
    #expect(String(decoding: outputs.body, as: UTF8.self) == #"{"outputSizes":[1,1]}"#)
    let calls: [(String, JSONValue)] = [
      ("Evaluate", ["name": name, "input": input, "config": .null]),
      ("Gradient", ["name": name, "input": input, "outWrt": 0.0, "inWrt": 0.0, "sens": .numbers([1])]),
      ("ApplyJacobian", ["name": name, "input": input, "outWrt": 1.0, "inWrt": 0.0, "vec": input.items?[0] ?? .null]),
      (
        "ApplyHessian",
        [
          "name": name, "input": input, "outWrt": 0.0, "inWrt1": 0.0, "inWrt2": 0.0, "sens": .numbers([1]),
          "vec": input.items?[0] ?? .null, "config": [:],
        ]
      ),
    ]
    for (endpoint, request) in calls {
      let answer = try post(endpoint, request)
      #expect(answer.status == 200, "\(endpoint): \(answer.json)")
      #expect(keys(answer.json) == ["output"])
      #expect(answer.json["output"]?.items?.isEmpty == false)
    }
  }

  @Test func valuesAreThoseOfTheModel() throws {
    let answer = try post("Evaluate", ["name": "beam", "input": input])
    let expected = try beam.evaluate(beam.start).rows
    #expect(answer.json["output"] == .array(expected.map { .numbers([$0]) }))
    let gradient = try post(
      "Gradient", ["name": "beam", "input": input, "outWrt": 0.0, "inWrt": 0.0, "sens": .numbers([1])])
    #expect(gradient.json["output"]?.numbers == (try beam.valueAndGradient(beam.start).gradient.elements))
  }

  @Test func theNameIsJudgedFirst() throws {
    #expect(try error("Evaluate", ["name": "nobody", "input": "nonsense"]) == "400 ModelNotFound")
    #expect(try error("Evaluate", ["input": "nonsense"]) == "400 ModelNotFound")
    #expect(try error("InputSizes", ["name": 3.0]) == "400 ModelNotFound")
  }

  @Test func badFieldsAreInvalidInput() throws {
    var outside = beam.start.elements
    outside[0] = 1.01
    let bad: [JSONValue] = [
      ["name": "beam"], ["name": "beam", "input": "x"], ["name": "beam", "input": .array([])],
      ["name": "beam", "input": .numbers(beam.start.elements)], ["name": "beam", "input": .array([.numbers([1, 2])])],
      ["name": "beam", "input": .array([.numbers(outside)])], ["name": "beam", "input": input, "config": "x"],
      ["name": "beam", "input": input, "config": ["typo": 1.0]],
      ["name": "beam", "input": input, "config": ["outputs": .array(["nothing"])]],
    ]
    for request in bad { #expect(try error("Evaluate", request) == "400 InvalidInput") }
    for (out, into, sens) in [(2.0, 0.0, 1), (-1, 0, 1), (0, 1, 1), (0.5, 0, 1), (0, 0, 2), (0, 0, 0)] {
      let request: JSONValue = [
        "name": "beam", "input": input, "outWrt": .number(out), "inWrt": .number(into),
        "sens": .numbers([Double](repeating: 1, count: sens)),
      ]
      #expect(try error("Gradient", request) == "400 InvalidInput")
    }
    #expect(
      try error("ApplyJacobian", ["name": "beam", "input": input, "outWrt": 0.0, "inWrt": 0.0, "vec": .numbers([1])])
        == "400 InvalidInput")
  }

  @Test(arguments: [
    "", "{", "[]", "null", "{\"name\":\"beam\",\"name\":\"beam\"}", "{\"name\":\"beam\",\"input\":[[NaN]]}",
  ])
  func whatIsNoRequestIsInvalidInput(_ body: String) throws {
    let reply = bridge.respond(to: "Evaluate", body: Array(body.utf8))
    #expect(reply.status == 400)
    #expect(try JSONReader.read(reply.body)["error"]?["type"]?.text == "InvalidInput")
  }

  @Test func partsOfTheStateAreOutputsByName() throws {
    let config: JSONValue = ["outputs": .array(["position", "mean-squared-distance"])]
    let drop = Self.models[1]
    let x = JSONValue.array([.numbers(drop.start.elements)])
    let sizes = try post("OutputSizes", ["name": "drop", "config": config])
    let positions = try #require(drop.stateOutputs.first { $0.block.name == "position" }).block.count
    #expect(sizes.json["outputSizes"]?.numbers == [Double(positions), 1])
    let answer = try post("Evaluate", ["name": "drop", "input": x, "config": config])
    #expect(answer.json["output"]?.items?[0].numbers?.count == positions)
    let sens = JSONValue.numbers([Double](repeating: 1, count: positions))
    let gradient = try post(
      "Gradient", ["name": "drop", "input": x, "outWrt": 0.0, "inWrt": 0.0, "sens": sens, "config": config])
    #expect(gradient.json["output"]?.numbers?.count == 2)
  }
}
