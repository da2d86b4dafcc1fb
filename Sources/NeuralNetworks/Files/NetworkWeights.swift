/// The parameters of a network in a `safetensors` file, one array for each slot, with a checksum of the numbers.
public enum NetworkWeights {
  /// - Parameters:
  ///   - parameters: `[layout.count]`.
  ///   - layout: Names and shapes of the arrays.
  ///   - metadata: The scene that trained it, its seed, its data: what a reader wants to know.
  ///   - precision: Of the numbers in the file; the checksum is of the rounded ones.
  ///   - path: Of the file; one that is there is replaced.
  public static func write(
    _ parameters: Tensor<Float>, _ layout: ParameterLayout, metadata: [String: String] = [:],
    precision: SafetensorsFile.Precision = .single, to path: String
  ) throws(FileFailure) {
    precondition(parameters.count == layout.count, "\(parameters.count) parameters for a layout of \(layout.count)")
    let values = parameters.elements.map(precision.rounded)
    let arrays = layout.slots.map { SafetensorsFile.Array($0.name, shape: $0.shape, values: Array(values[$0.range])) }
    var metadata = metadata
    metadata[checksumKey] = checksum(values)
    try SafetensorsFile(arrays, metadata: metadata, precision: precision).write(to: path)
  }

  /// - Throws: `FileFailure` where the file is not a safetensors file, lacks a slot, has one too many or one of another
  ///   shape, holds a number that is not finite, or was changed after it was written.
  public static func read(
    _ path: String, _ layout: ParameterLayout
  ) throws(FileFailure) -> (parameters: Tensor<Float>, metadata: [String: String]) {
    func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }
    let file = try SafetensorsFile.read(path)
    let known = Dictionary(file.arrays.map { ($0.name, $0) }) { first, _ in first }
    var values: [Float] = []
    for slot in layout.slots {
      guard let array = known[slot.name] else {
        throw malformed("weights of another network: there is no '\(slot.name)'")
      }
      guard array.shape == slot.shape else {
        throw malformed(
          "weights of another network: '\(slot.name)' has the shape \(array.shape), expected \(slot.shape)")
      }
      values += array.values
    }
    let names = Set(layout.slots.map(\.name))
    if let extra = file.arrays.first(where: { !names.contains($0.name) }) {
      throw malformed("weights of another network: it has no '\(extra.name)'")
    }
    guard values.allSatisfy(\.isFinite) else { throw malformed("weights that are not finite numbers") }
    if let written = file.metadata[checksumKey], written != checksum(values) {
      throw malformed("damaged weights: their checksum does not hold")
    }
    return (Tensor(values, shape: [values.count]), file.metadata)
  }

  private static let checksumKey = "checksum"

  /// FNV-1a over the bits of the numbers, word by word, in hexadecimal digits.
  static func checksum(_ values: [Float]) -> String {
    FNVHash.digits(of: values.lazy.map(\.bitPattern))
  }
}
