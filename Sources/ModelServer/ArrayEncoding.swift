import Foundation
import Scenes

/// How arrays are written: as nested JSON, or as base64 of their bytes (little-endian).
enum ArrayEncoding: Sendable, Equatable {
  case json
  case base64

  struct Fault: Error {
    var problem: String
  }

  /// The best that an Accept header allows; nil where none is.
  init?(accept: String?) {
    guard let accept, !accept.isEmpty else {
      self = .json
      return
    }
    var best: (encoding: ArrayEncoding, quality: Double)?
    for range in accept.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      var quality = 1.0
      var isMet = true
      for parameter in parts.dropFirst() {
        let pair = parameter.split(separator: "=", maxSplits: 1).map(String.init)
        guard pair.count == 2 else { continue }
        switch pair[0] {
        case "q": quality = Double(pair[1]) ?? 0
        case "gpu_transport", "compression": isMet = isMet && pair[1] == "none"
        default: break
        }
      }
      let encoding: ArrayEncoding
      switch parts.first {
      case "application/json", "application/*", "*/*": encoding = .json
      case "application/json+base64": encoding = .base64
      default: continue
      }
      if isMet, quality > 0, quality > best?.quality ?? 0 { best = (encoding, quality) }
    }
    guard let best else { return nil }
    self = best.encoding
  }

  func encode(_ values: [Double], shape: [Int]) -> JSONValue {
    let buffer: JSONValue
    switch self {
    case .json: buffer = Self.nested(values[...], shape[...])
    case .base64:
      let bytes = values.withUnsafeBytes { Data($0) }
      buffer = .string(bytes.base64EncodedString())
    }
    return [
      "object_type": "array", "shape": .array(shape.map { .whole($0) }), "dtype": "float64",
      "data": ["buffer": buffer, "encoding": self == .json ? "json" : "base64"],
    ]
  }

  private static func nested(_ values: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> JSONValue {
    guard let first = shape.first else { return .number(values.first ?? .nan) }
    if shape.count == 1 { return .numbers(Array(values)) }
    let stride = first > 0 ? values.count / first : 0
    return .array(
      (0..<first).map { row in
        let start = values.startIndex + row * stride
        return nested(values[start..<start + stride], shape.dropFirst())
      })
  }

  /// An array of a shape: encoded, or as plain nested numbers.
  static func decode(_ value: JSONValue, shape: [Int]) throws(Fault) -> [Double] {
    let count = shape.reduce(1, *)
    guard case .object = value else { return try flat(value, shape[...]) }
    guard let data = value["data"], let encoding = data["encoding"]?.text, let buffer = data["buffer"] else {
      throw Fault(problem: "expected an array with shape, dtype and data")
    }
    guard let given = value["shape"]?.items, given.map(\.integer) == shape.map({ $0 }) else {
      throw Fault(problem: "wrong shape, expected \(shape)")
    }
    switch encoding {
    case "json", "raw":
      // Either nested as the shape says or one after the other.
      if shape.count != 1, case .numbers(let values) = buffer, values.count == count { return values }
      return try flat(buffer, shape[...])
    case "base64":
      guard data["compression"] ?? .null == .null else { throw Fault(problem: "compressed arrays are not taken") }
      guard let text = buffer.text, let bytes = Data(base64Encoded: text) else {
        throw Fault(problem: "the buffer is not base64")
      }
      return try numbers(bytes, value["dtype"]?.text ?? "", count: count)
    default: throw Fault(problem: "unknown encoding \(encoding.prefix(40)); there are json and base64")
    }
  }

  private static func flat(_ value: JSONValue, _ shape: ArraySlice<Int>) throws(Fault) -> [Double] {
    guard let first = shape.first else {
      guard let number = value.number else { throw Fault(problem: "found \(value.kind), expected a number") }
      return [number]
    }
    if shape.count == 1 {
      guard let numbers = value.numbers else {
        throw Fault(problem: "found \(value.kind), expected an array of numbers")
      }
      guard numbers.count == first else { throw Fault(problem: "found \(numbers.count) entries, expected \(first)") }
      return numbers
    }
    guard let items = value.items, items.count == first else {
      throw Fault(problem: "expected an array of \(first) arrays")
    }
    var result: [Double] = []
    for item in items { result += try flat(item, shape.dropFirst()) }
    return result
  }

  private static func numbers(_ bytes: Data, _ dtype: String, count: Int) throws(Fault) -> [Double] {
    func read<Number: BitwiseCopyable>(_: Number.Type, _ convert: (Number) -> Double) throws(Fault) -> [Double] {
      let size = MemoryLayout<Number>.size
      guard bytes.count == count * size else {
        throw Fault(problem: "the buffer has \(bytes.count) bytes, expected \(count * size)")
      }
      return bytes.withUnsafeBytes { raw in
        (0..<count).map { convert(raw.loadUnaligned(fromByteOffset: $0 * size, as: Number.self)) }
      }
    }
    switch dtype {
    case "float64": return try read(Double.self) { $0 }
    case "float32": return try read(Float.self) { Double($0) }
    case "int64": return try read(Int64.self) { Double($0) }
    case "int32": return try read(Int32.self) { Double($0) }
    default: throw Fault(problem: "dtype \(dtype.prefix(40)) is not taken; there are float64, float32, int64, int32")
    }
  }
}
