import Foundation
import NeuralNetworks
import Testing

@Suite("Weight files") struct WeightFileTests {
  static let file = SafetensorsFile(
    [
      .init("first", shape: [2, 3], values: [1, -2, 3.5, 0, 1e-30, 4]), .init("empty", shape: [0], values: []),
      .init("scalar \"quoted\"", shape: [], values: [7]),
    ], metadata: ["scene": "a \\ \"b\"\n", "seed": "3"])

  @Test("What is written is read")
  func roundTrip() throws {
    let read = try SafetensorsFile(bytes: Self.file.bytes)
    #expect(read.metadata == Self.file.metadata)
    #expect(read.arrays.count == 3)
    for array in Self.file.arrays { #expect(read[array.name] == array) }
    #expect(Self.file.bytes.count % 4 == 0)
  }

  /// A file with a header of one's own.
  static func bytes(_ header: String, _ numbers: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + numbers
  }

  @Test("Half, brain and double precision are read")
  func types() throws {
    let header = """
      {"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]},\
      "d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}
      """
    let numbers: [UInt8] = [0x00, 0x3E, 0x01, 0x80, 0x00, 0xFC, 0x20, 0xC1, 0, 0, 0, 0, 0, 0, 0x04, 0x40]
    let read = try SafetensorsFile(bytes: Self.bytes(header, numbers))
    #expect(read["h"]?.values == [1.5, -0x1p-24, -.infinity])
    #expect(read["b"]?.values == [-10])
    #expect(read["d"]?.values == [2.5])
  }

  @Test(
    "What the format does not allow is one error that says what",
    arguments: [
      ([1, 2, 3], "fewer than the 8"), ([255, 255, 255, 255, 255, 255, 255, 255, 0], "a header of"),
      (bytes("[]"), "does not begin"), (bytes("{\"a\":"), "JSON"), (bytes("{\"a\":3}"), "JSON"),
      (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#), "at 0 to 4 of 0"),
      (bytes(#"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#, [0]), "type I8"),
      (bytes(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, [0, 0, 0, 0]), "has 4 bytes"),
      (bytes(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, [0, 0, 0, 0]), "the shape"),
      (bytes(#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#), "the shape"),
      (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, [0, 0, 0, 0, 0, 0, 0, 0]), "expected from 0"),
      (bytes(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}"#), "the offsets"),
      (bytes(#"{"a":{"b":"c"}}"#), "has no type"), (bytes("{}", [1]), "belong to no array"),
    ] as [([UInt8], String)])
  func malformed(_ bytes: [UInt8], _ words: String) {
    let failure = #expect(throws: FileFailure.self) { try SafetensorsFile(bytes: bytes, path: "w.safetensors") }
    let text = failure.map { "\($0)" } ?? ""
    #expect(text.contains(words) && text.contains("w.safetensors"), "\(text)")
  }

  @Test("Any damage is read or refused, never a trap")
  func fuzz() {
    let good = Self.file.bytes
    var generator = SeededGenerator(seed: 12)
    var refused = 0
    for _ in 0..<1500 {
      var bytes = good
      switch generator.next() % 3 {
      case 0: bytes.removeLast(Int(generator.next() % UInt64(bytes.count)))
      case 1: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: Int(generator.next() % UInt64(bytes.count)))
      default:
        for _ in 0...(generator.next() % 4) {
          bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
        }
      }
      do {
        let read = try SafetensorsFile(bytes: bytes)
        #expect(read.arrays.allSatisfy { $0.values.count == $0.shape.reduce(1, *) })
      } catch {
        refused += 1
      }
    }
    #expect(refused > 700)
  }

  @Test("Weights of another network, damaged ones and numbers that are none are refused")
  func weights() throws {
    let path = NSTemporaryDirectory() + "weights-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func layout(_ widths: [Int]) -> ParameterLayout {
      var layout = ParameterLayout()
      _ = MultilayerPerceptron("network", widths: widths, in: &layout)
      return layout
    }
    let own = layout([2, 3, 1])
    let parameters: Tensor<Float> = own.initialParameters(seed: 4)
    try NetworkWeights.write(parameters, own, metadata: ["seed": "4"], to: path)
    let read = try NetworkWeights.read(path, own)
    #expect(read.parameters == parameters && read.metadata["seed"] == "4")

    func refusal(_ layout: ParameterLayout) -> String {
      let failure = #expect(throws: FileFailure.self) { try NetworkWeights.read(path, layout) }
      return failure.map { "\($0)" } ?? ""
    }
    #expect(refusal(layout([2, 4, 1])).contains("'network.0.weights' has the shape [2, 3], expected [2, 4]"))
    #expect(refusal(layout([2, 3, 1, 1])).contains("there is no 'network.2.weights'"))
    #expect(refusal(layout([2, 3])).contains("it has no 'network.1"))
    var bytes = try AtomicFile.read(path)
    bytes[bytes.count - 3] ^= 1
    try AtomicFile.write(bytes, to: path)
    #expect(refusal(own).contains("checksum"))
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
    try AtomicFile.write(bytes, to: path)
    #expect(refusal(own).contains("not finite"))
  }

  @Test func halfPrecisionRoundsToTheNearest() throws {
    let values: [Float] = [0, -1, 0.1, 65504, 1e-7, 6e-8, 1.0009765, -0.33325195, 2047.9999]
    let file = SafetensorsFile([.init("a", shape: [values.count], values: values)], precision: .half)
    let read = try SafetensorsFile(bytes: file.bytes).arrays[0].values
    for (value, back) in zip(values, read) {
      // Eleven digits, or the spacing of the least numbers.
      #expect(abs(value - back) <= max(0x1p-11 * abs(value), 0x1p-25), "\(value) to \(back)")
      #expect(SafetensorsFile.Precision.half.rounded(value) == back)
    }
    #expect(read[8] == 2048 && read[3] == 65504)
    #expect(SafetensorsFile.Precision.half.rounded(1e6) == .infinity)
  }
}
