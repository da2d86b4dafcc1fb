import CBindings
import DifferentiableCore
import Foundation
import TestSupport
import Testing

/// The C interface with what a program in another language may hand it by mistake.
@Suite struct CallTests {
  /// A scene in a file, open.
  private static func open(_ text: String) throws -> UInt64 {
    let path = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString).yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var handle: UInt64 = 0
    var message = [CChar](repeating: 0, count: 1000)
    let status = path.withCString { sceneOpen($0, nil, 0, 1, &handle, &message, message.count) }
    #expect(status == 0, "\(Self.text(message))")
    return handle
  }

  /// Up to the zero.
  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @Test func aSceneIsEvaluated() throws {
    let scene = try Self.open(SmallModels.beam)
    var n = 0, rows = 0, states = 0
    #expect(sceneSizes(scene, &n, &rows, &states) == 0)
    #expect(n == 48 && rows == 2 && states == 48 + 130)
    var x = [Double](repeating: 0, count: n)
    #expect(sceneStart(scene, &x, n) == 0)
    var objective = 0.0
    var gradient = [Double](repeating: 0, count: n), values = [Double](repeating: 0, count: rows)
    #expect(valueAndGradient(scene, x, n, &objective, &gradient, n, &values, rows, nil, 0) == 0)
    #expect(objective == values[0] && objective > 0)
    var jacobian = [Double](repeating: 0, count: rows * n)
    #expect(CBindings.jacobian(scene, x, n, nil, 0, &jacobian, rows * n, nil, 0) == 0)
    #expect(Array(jacobian[..<n]) == gradient)
    var linearization: UInt64 = 0
    var state = [Double](repeating: 0, count: states)
    #expect(linearize(scene, x, n, nil, nil, 0, &state, states, &linearization, nil, 0) == 0)
    var back = [Double](repeating: 0, count: n)
    #expect(pullback(linearization, [1, 0], rows, nil, 0, &back, n, nil, 0) == 0)
    #expect(back == gradient)
    // A linearization outlives its scene.
    #expect(sceneClose(scene) == 0)
    #expect(pullback(linearization, [1, 0], rows, nil, 0, &back, n, nil, 0) == 0)
    #expect(linearizationClose(linearization) == 0)
    #expect(linearizationClose(linearization) == 4)
    #expect(sceneClose(scene) == 4)
  }

  @Test func mistakesAreStatuses() throws {
    let scene = try Self.open(SmallModels.beam)
    defer { _ = sceneClose(scene) }
    var objective = 0.0
    var x = [Double](repeating: 0.5, count: 48), gradient = x
    var message = [CChar](repeating: 0, count: 200)
    func status(_ handle: UInt64, _ x: UnsafePointer<Double>?, _ n: Int, _ m: Int) -> Int32 {
      valueAndGradient(handle, x, n, &objective, &gradient, m, nil, 0, &message, message.count)
    }
    #expect(status(scene, x, 48, 48) == 0)
    #expect(status(scene + 1_000_000, x, 48, 48) == 4)
    #expect(status(0, x, 48, 48) == 4)
    #expect(status(scene, nil, 48, 48) == 2)
    for size in [0, 47, 49, -1, .max, .min] {
      #expect(status(scene, x, size, 48) == 2)
      #expect(status(scene, x, 48, size == 0 ? 1 : size) == 2)
    }
    for value in [Double.nan, .infinity, -.infinity, 2, -0.1] {
      x[7] = value
      #expect(status(scene, x, 48, 48) == 2)
      #expect(Self.text(message).contains("entry 7"))
    }
    let raw = UnsafeMutableRawPointer.allocate(byteCount: 49 * 8, alignment: 16)
    defer { raw.deallocate() }
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: 49 * 8)
    #expect(status(scene, UnsafePointer((raw + 3).assumingMemoryBound(to: Double.self)), 48, 48) == 2)
    var handle: UInt64 = 7
    #expect(sceneOpen(nil, nil, 0, 1, &handle, &message, message.count) == 2)
    #expect(handle == 0)
    #expect(sceneOpen("nothing.yaml", nil, 3, 1, &handle, &message, message.count) == 2)
    #expect(sceneOpen("nothing.yaml", nil, -3, 1, &handle, &message, message.count) == 2)
    #expect(sceneOpen([CChar](arrayLiteral: -1, -2, 0), nil, 0, 1, &handle, &message, message.count) == 2)
    #expect(sceneOpen("nothing.yaml", nil, 0, 0, nil, nil, 0) == 2)
    #expect(setThreads(0) == 2)
  }

  @Test func messagesAreCutAtACharacter() {
    for capacity in 0..<40 {
      var message = [CChar](repeating: 1, count: 64)
      var handle: UInt64 = 0
      #expect(sceneOpen("ééé.yaml", nil, 0, 1, &handle, &message, capacity) == 2)
      // Nothing is written beyond what the caller gave.
      #expect(message[capacity...].allSatisfy { $0 == 1 })
      if capacity > 0 {
        #expect(String(validating: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) != nil)
      }
    }
  }

  /// Random calls with random arguments, right ones among them: every one returns, and a right call afterwards is right.
  @Test func randomCallsNeverTrap() throws {
    let scene = try Self.open(SmallModels.beam)
    var generator = SeededGenerator(seed: 12)
    let good = [Double](repeating: 0.5, count: 300)
    var expected = 0.0, linearization: UInt64 = 0
    #expect(linearize(scene, good, 48, &expected, nil, 0, nil, 0, &linearization, nil, 0) == 0)
    let sizes = [0, 1, 2, 47, 48, 48, 48, 49, 96, 178, -1, .max]
    let special = [Double.nan, .infinity, -1, 0, 1, 0.5, 1e300, 1e-300]
    var statuses: [Int32: Int] = [:]
    for _ in 0..<1500 {
      func size() -> Int { sizes.randomElement(using: &generator)! }
      let handle = [scene, linearization, 0, .max, scene, linearization].randomElement(using: &generator)!
      var x = good
      if Bool.random(using: &generator) {
        x[Int.random(in: 0..<48, using: &generator)] = special.randomElement(using: &generator)!
      }
      var out = [Double](repeating: 0, count: 300), more = out
      var objective = 0.0
      let isNull = Int.random(in: 0..<6, using: &generator) == 0
      let status: Int32 = x.withUnsafeBufferPointer { x in
        let x = isNull ? nil : x.baseAddress
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return evaluate(handle, x, size(), &objective, &out, size(), &more, size(), nil, 0)
        case 1: return valueAndGradient(handle, x, size(), &objective, &out, size(), &more, size(), nil, 0)
        case 2: return CBindings.jacobian(handle, x, size(), &out, size(), &more, size(), nil, 0)
        case 3: return pullback(handle, x, size(), x, size(), &out, size(), nil, 0)
        case 4: return pushforward(handle, x, size(), &out, size(), &more, size(), nil, 0)
        case 5: return sceneBounds(handle, &out, &more, size())
        case 6: return sceneDescription(handle, nil, size(), nil)
        default: return hessianVector(handle, x, size(), x, 2, x, size(), &out, size(), nil, 0)
        }
      }
      statuses[status, default: 0] += 1
    }
    #expect(statuses.keys.allSatisfy { [0, 1, 2, 4, 5].contains($0) }, "\(statuses)")
    #expect((statuses[0] ?? 0) > 0 && (statuses[2] ?? 0) > 0 && (statuses[4] ?? 0) > 0)
    var again = 0.0
    #expect(evaluate(scene, good, 48, &again, nil, 0, nil, 0, nil, 0) == 0)
    #expect(again == expected)
  }

  @Test func aCallerMayStopAnOptimization() throws {
    let scene = try Self.open(SmallModels.beam)
    defer { _ = sceneClose(scene) }
    var calls: Int32 = 0
    var iterations: Int32 = 0
    let status = withUnsafeMutablePointer(to: &calls) { calls in
      optimize(
        scene,
        { user, iteration, _, _, _, _, _ in
          user?.assumingMemoryBound(to: Int32.self).pointee += 1
          return iteration == 2 ? 1 : 0
        }, calls, nil, 0, nil, nil, 0, &iterations, nil, 0)
    }
    #expect(status == 0)
    // The loop asks before it tells: one more iteration passes.
    #expect(calls == 3 && iterations == 3)
  }
}
