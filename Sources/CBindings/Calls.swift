import InverseDesign
import Scenes

/// What a call returns; the header documents each.
enum Status {
  static let ok: Int32 = 0
  static let solveFailed: Int32 = 1
  static let invalidInput: Int32 = 2
  static let machine: Int32 = 3
  static let wrongHandle: Int32 = 4
  static let bufferTooSmall: Int32 = 5
  static let cancelled: Int32 = 130
}

/// A mistake in how a function was called.
struct CallFault: Error {
  var status: Int32
  var message: String

  static func invalid(_ message: String) -> CallFault { CallFault(status: Status.invalidInput, message: message) }

  static func wrongHandle(_ handle: UInt64, _ kind: String) -> CallFault {
    CallFault(status: Status.wrongHandle, message: "\(handle) is no open \(kind)")
  }
}

/// Where a caller wants to be told what went wrong.
struct MessageBuffer {
  let start: UnsafeMutablePointer<CChar>?
  let capacity: Int

  /// Cut to what fits, at a character, with a zero at its end.
  func write(_ text: String) {
    guard let start, capacity > 0 else { return }
    var length = 0
    for character in text {
      let bytes = character.utf8.count
      if length + bytes >= capacity { break }
      for byte in character.utf8 {
        start[length] = CChar(bitPattern: byte)
        length += 1
      }
    }
    start[length] = 0
  }
}

/// Runs a call; whatever it throws becomes a status and a message.
func call(_ message: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ body: () throws -> Void) -> Int32 {
  func failed(_ status: Int32, _ text: String) -> Int32 {
    MessageBuffer(start: message, capacity: capacity).write(text)
    return status
  }
  do {
    try body()
    return Status.ok
  } catch let fault as CallFault {
    return failed(fault.status, fault.message)
  } catch let fault as SceneFault {
    switch fault {
    case .invalidInput(let text): return failed(Status.invalidInput, text)
    case .failed(let failure): return failed(status(of: failure), failure.description)
    }
  } catch let failure as SolveFailure {
    return failed(status(of: failure), failure.description)
  } catch let errors as SceneErrors {
    return failed(Status.invalidInput, errors.description)
  } catch let failure as CommandFailure {
    let status = failure.code == .machine ? Status.machine : Status.invalidInput
    return failed(status, failure.description)
  } catch {
    return failed(Status.machine, "\(error)")
  }
}

/// A call that solves at a design of a scene; closing or cancelling the scene meanwhile is in order.
func callAtDesign(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ count: Int, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int, _ body: (OpenScene, _ x: DenseVector) throws -> Void
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.scene(scene)
    let x = try vector(design, count, expected: open.model.designCount, "design")
    try open.cancellable { try body(open, x) }
  }
}

/// A call that works on a linearization.
func callOnLinearization(
  _ linearization: UInt64, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int,
  _ body: (SceneLinearization, SceneModel) throws -> Void
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.linearization(linearization)
    try open.scene.cancellable { try body(open.linearization, open.scene.model) }
  }
}

private func status(of failure: SolveFailure) -> Int32 {
  failure.kind == .cancelled ? Status.cancelled : Status.solveFailed
}

/// A vector that the caller owns, of exactly the size expected; empty where it may be left out and is.
func vector(
  _ start: UnsafePointer<Double>?, _ count: Int, expected: Int, _ name: String, isOptional: Bool = false
) throws(CallFault) -> DenseVector {
  if isOptional, start == nil, count == 0 { return .zero }
  guard count == expected else { throw .invalid("`\(name)` has \(count) entries, expected \(expected)") }
  if count == 0 { return .zero }
  guard let start else { throw .invalid("`\(name)` is null") }
  guard UInt(bitPattern: start) % UInt(MemoryLayout<Double>.alignment) == 0 else {
    throw .invalid("`\(name)` is not aligned for doubles")
  }
  return DenseVector(UnsafeBufferPointer(start: start, count: count))
}

/// Memory of a caller for a result, checked before anything is computed. Null with a size of zero means that the caller
/// does not want it.
struct Output {
  private let start: UnsafeMutablePointer<Double>?
  private let count: Int

  /// - Throws: where the memory has another size than the result, is null or not aligned; and where it is not wanted but
  ///   is all that the call is for.
  init(
    _ start: UnsafeMutablePointer<Double>?, _ count: Int, expected: Int, _ name: String, isRequired: Bool = false
  ) throws(CallFault) {
    (self.start, self.count) = (start, count)
    if start == nil, count == 0, !isRequired { return }
    guard count == expected else { throw .invalid("`\(name)` has room for \(count) entries, expected \(expected)") }
    guard let start else { throw .invalid("`\(name)` is null") }
    guard UInt(bitPattern: start) % UInt(MemoryLayout<Double>.alignment) == 0 else {
      throw .invalid("`\(name)` is not aligned for doubles")
    }
  }

  var isWanted: Bool { start != nil }

  /// Writes what is made only where it is wanted, from an offset on.
  func write(_ make: @autoclosure () -> DenseVector, at offset: Int = 0) {
    guard let start else { return }
    let values = make()
    precondition(offset + values.count <= count, "a result of \(values.count) entries, room for \(count - offset)")
    values.withUnsafeBufferPointer {
      if let base = $0.baseAddress { (start + offset).update(from: base, count: $0.count) }
    }
  }
}

/// A text that the caller owns.
func text(_ start: UnsafePointer<CChar>?, _ name: String) throws(CallFault) -> String {
  guard let start else { throw .invalid("`\(name)` is null") }
  guard let text = String(validatingCString: start) else { throw .invalid("`\(name)` is not UTF-8") }
  return text
}
