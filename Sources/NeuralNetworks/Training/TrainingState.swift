/// Where a training run stands: everything a bit-exact resume needs.
public struct TrainingState: Sendable, Equatable {
  /// Steps taken.
  public internal(set) var step = 0
  /// Where the next gradient is taken, `[count]`.
  public internal(set) var parameters: Tensor<Float>
  /// The exponential moving average of the parameters, where one is kept.
  public internal(set) var average: Tensor<Float>?
  var memory: OptimizerMemory
  /// The loss of every step.
  public internal(set) var losses: [Float] = []

  /// Writes a checkpoint; the file before it stays until this one is complete.
  public func write(to path: String, method: String) throws(FileFailure) {
    var arrays = NamedArrays()
    arrays[text: "kind"] = Self.kind
    arrays[text: "method"] = method
    arrays[integer: "step"] = [Int64(step)]
    arrays[real: "parameters"] = parameters.elements.map(Double.init)
    if let average { arrays[real: "average"] = average.elements.map(Double.init) }
    arrays[real: "losses"] = losses.map(Double.init)
    arrays.merge(memory.save(), prefix: "memory/")
    try AtomicFile.write(arrays.encoded(), to: path)
  }

  /// Takes up the run that wrote `path`.
  ///
  /// - Throws: `FileFailure` where the file is not a checkpoint of training, is damaged, or is of another network or
  ///   method than this state.
  public func resumed(from path: String, method: String) throws(FileFailure) -> TrainingState {
    func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }
    let arrays: NamedArrays
    do { arrays = try NamedArrays(decoding: AtomicFile.read(path)) } catch let failure as FileFailure {
      throw failure
    } catch { throw malformed("\(error)") }
    guard arrays[text: "kind"] == Self.kind else { throw malformed("a checkpoint, but not of training") }
    guard let found = arrays[text: "method"], found == method else {
      throw malformed("a checkpoint of the method \(arrays[text: "method"] ?? "?"); this run trains with \(method)")
    }
    guard let known = arrays[real: "parameters"], known.count == parameters.count else {
      throw malformed(
        "a checkpoint of \(arrays[real: "parameters"]?.count ?? 0) parameters; this network has \(parameters.count)")
    }
    guard let step = arrays[integer: "step"]?.first, step >= 0, let losses = arrays[real: "losses"],
      losses.count == Int(step), let memory = memory.restored(from: arrays.withPrefix("memory/"))
    else { throw malformed("a checkpoint that lacks a part of the run") }
    let average = arrays[real: "average"]
    guard (average?.count ?? known.count) == known.count, (average == nil) == (self.average == nil) else {
      throw malformed("a checkpoint with another average than this run keeps")
    }
    var result = self
    result.step = Int(step)
    result.parameters = Tensor(known.map { Float($0) }, shape: [known.count])
    result.average = average.map { Tensor($0.map { Float($0) }, shape: [known.count]) }
    result.losses = losses.map { Float($0) }
    result.memory = memory
    return result
  }

  private static let kind = "training"
}
