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

private func status(of failure: SolveFailure) -> Int32 {
  failure.kind == .cancelled ? Status.cancelled : Status.solveFailed
}

/// A vector that the caller owns, of exactly the size expected.
func vector(_ start: UnsafePointer<Double>?, _ count: Int, expected: Int, _ name: String) throws(CallFault)
  -> DenseVector
{
  guard count == expected else { throw .invalid("`\(name)` has \(count) entries, expected \(expected)") }
  if count == 0 { return .zero }
  guard let start else { throw .invalid("`\(name)` is null") }
  guard UInt(bitPattern: start) % UInt(MemoryLayout<Double>.alignment) == 0 else {
    throw .invalid("`\(name)` is not aligned for doubles")
  }
  return DenseVector(UnsafeBufferPointer(start: start, count: count))
}

/// Writes into memory that the caller owns. Null with a size of zero means that the caller does not want it.
func write(
  _ values: DenseVector, to start: UnsafeMutablePointer<Double>?, _ count: Int, _ name: String
) throws(CallFault) {
  guard count == values.count else {
    throw .invalid("`\(name)` has room for \(count) entries, expected \(values.count)")
  }
  guard let start else { throw .invalid("`\(name)` is null") }
  values.withUnsafeBufferPointer { if let base = $0.baseAddress { start.update(from: base, count: count) } }
}

/// Checks an output before anything is computed; true where the caller wants it.
func wants(_ start: UnsafeMutablePointer<Double>?, _ count: Int, expected: Int, _ name: String) throws(CallFault)
  -> Bool
{
  if start == nil, count == 0 { return false }
  guard let start else { throw .invalid("`\(name)` is null") }
  guard count == expected else { throw .invalid("`\(name)` has room for \(count) entries, expected \(expected)") }
  guard UInt(bitPattern: start) % UInt(MemoryLayout<Double>.alignment) == 0 else {
    throw .invalid("`\(name)` is not aligned for doubles")
  }
  return true
}

/// A text that the caller owns.
func text(_ start: UnsafePointer<CChar>?, _ name: String) throws(CallFault) -> String {
  guard let start else { throw .invalid("`\(name)` is null") }
  guard let text = String(validatingCString: start) else { throw .invalid("`\(name)` is not UTF-8") }
  return text
}
