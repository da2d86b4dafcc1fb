import Scenes

extension Tesseract {
  /// `GET /openapi.json`: the endpoints, and the arrays that go in and out with their shapes.
  var schema: JSONValue {
    func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }
    func operation(_ endpoint: String) -> JSONValue.Member {
      let isGet = endpoint == "health"
      var members: [JSONValue.Member] = [.init("operationId", .string(endpoint))]
      if !isGet {
        let request: JSONValue = endpoint == "apply" ? reference("Apply_InputSchema") : ["type": "object"]
        members.append(
          .init("requestBody", ["required": true, "content": ["application/json": ["schema": request]]]))
      }
      let response: JSONValue = endpoint == "apply" ? reference("Apply_OutputSchema") : ["type": "object"]
      members.append(
        .init(
          "responses",
          [
            "200": ["description": "done", "content": ["application/json": ["schema": response]]],
            "422": ["description": "the input does not fit; detail says where and why"],
            "500": ["description": "the solve failed; detail says what was tried"],
          ]))
      return .init("/\(endpoint)", .object([.init(isGet ? "get" : "post", .object(members))]))
    }
    let paths = (Self.endpoints + ["health"]).map(operation)
    return [
      "openapi": "3.1.0",
      "info": [
        "title": .string(model.name), "version": .string(Version.backsolve), "description": .string(model.title),
      ],
      "paths": .object(paths),
      "components": [
        "schemas": [
          "Apply_InputSchema": [
            "type": "object", "required": ["inputs"].asJSON, "properties": ["inputs": arrays(inputs)],
            "differentiable_arrays": differentiable(inputs),
          ],
          "Apply_OutputSchema": arrays(outputs),
        ]
      ],
      "x-supported-output-formats": ["json", "json+base64"].asJSON,
      "x-supported-gpu-transports": ["none"].asJSON,
      "x-supported-compressions": ["none"].asJSON,
    ]
  }

  private func arrays(_ ports: [Port]) -> JSONValue {
    [
      "type": "object", "additionalProperties": false, "required": ports.map(\.name).asJSON,
      "properties": .object(
        ports.map { port in
          .init(
            port.name,
            [
              "type": "object", "title": .string(port.block.name),
              "description": .string("SI unit: \(port.block.unit)"),
              "properties": [
                "shape": ["const": .array(port.block.shape.map { .whole($0) })], "dtype": ["const": "float64"],
              ],
            ])
        }),
      "differentiable_arrays": differentiable(ports),
    ]
  }

  private func differentiable(_ ports: [Port]) -> JSONValue {
    .object(
      ports.map {
        .init($0.name, ["shape": .array($0.block.shape.map { .whole($0) }), "dtype": "float64"])
      })
  }
}

extension [String] {
  fileprivate var asJSON: JSONValue { .array(map { .string($0) }) }
}
