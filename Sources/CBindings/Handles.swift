import Scenes
import Synchronization

/// What the numbers that other languages hold stand for. A number is never given twice, so that one which was closed is
/// known as such for good.
final class Handles: Sendable {
  static let all = Handles()

  private struct Contents {
    var last: UInt64 = 0
    var scenes: [UInt64: OpenScene] = [:]
    var linearizations: [UInt64: OpenLinearization] = [:]
  }
  private let contents = Mutex(Contents())

  func add(_ scene: OpenScene) -> UInt64 {
    contents.withLock {
      $0.last += 1
      $0.scenes[$0.last] = scene
      return $0.last
    }
  }

  func add(_ linearization: OpenLinearization) -> UInt64 {
    contents.withLock {
      $0.last += 1
      $0.linearizations[$0.last] = linearization
      return $0.last
    }
  }

  func scene(_ handle: UInt64) throws(CallFault) -> OpenScene {
    guard let scene = contents.withLock({ $0.scenes[handle] }) else { throw CallFault.wrongHandle(handle, "scene") }
    return scene
  }

  func linearization(_ handle: UInt64) throws(CallFault) -> OpenLinearization {
    guard let found = contents.withLock({ $0.linearizations[handle] }) else {
      throw CallFault.wrongHandle(handle, "linearization")
    }
    return found
  }

  /// Calls that are running keep what they work with.
  func closeScene(_ handle: UInt64) throws(CallFault) {
    guard contents.withLock({ $0.scenes.removeValue(forKey: handle) }) != nil else {
      throw CallFault.wrongHandle(handle, "scene")
    }
  }

  func closeLinearization(_ handle: UInt64) throws(CallFault) {
    guard contents.withLock({ $0.linearizations.removeValue(forKey: handle) }) != nil else {
      throw CallFault.wrongHandle(handle, "linearization")
    }
  }
}

/// A scene that another language holds.
final class OpenScene: Sendable {
  let model: SceneModel
  private let flag = Mutex(CancellationFlag())

  init(_ model: SceneModel) { self.model = model }

  /// Runs what `cancel` ends.
  func cancellable<Value>(_ body: () throws -> Value) rethrows -> Value {
    try CancellationFlag.$current.withValue(flag.withLock { $0 }, operation: body)
  }

  /// Ends the calls that are running; later ones are not affected.
  func cancel() {
    flag.withLock {
      $0.raise()
      $0 = CancellationFlag()
    }
  }
}

/// A linearization that another language holds.
struct OpenLinearization: Sendable {
  let scene: OpenScene
  let linearization: SceneLinearization
}
