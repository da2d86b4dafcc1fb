import InverseDesign
import Scenes

@c(backsolve_version)
public func version() -> UnsafePointer<CChar> { versionText.start }

/// Lives as long as the process.
private struct VersionText: @unchecked Sendable {
  let start: UnsafePointer<CChar>
}
private let versionText: VersionText = {
  let bytes = Array(Version.backsolve.utf8CString)
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
  copy.initialize(from: bytes, count: bytes.count)
  return VersionText(start: UnsafePointer(copy))
}()

@c(backsolve_abi_version)
public func abiVersion() -> Int32 { 1 }

@c(backsolve_set_threads)
public func setThreads(_ count: Int32) -> Int32 {
  guard (1...1024).contains(count) else { return Status.invalidInput }
  Threads.limit(to: Int(count))
  return Status.ok
}

@c(backsolve_scene_open)
public func sceneOpen(
  _ path: UnsafePointer<CChar>?, _ overrides: UnsafePointer<UnsafePointer<CChar>?>?, _ overrideCount: Int,
  _ iteration: Int32, _ handle: UnsafeMutablePointer<UInt64>?, _ message: UnsafeMutablePointer<CChar>?,
  _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    guard let handle else { throw CallFault.invalid("`scene` is null") }
    handle.pointee = 0
    guard (0...10_000).contains(overrideCount) else { throw CallFault.invalid("there are \(overrideCount) overrides") }
    guard iteration >= 1 else { throw CallFault.invalid("`iteration` is \(iteration), expected at least 1") }
    var texts: [String] = []
    for k in 0..<overrideCount {
      guard let overrides else { throw CallFault.invalid("`overrides` is null") }
      texts.append(try text(overrides[k], "overrides[\(k)]"))
    }
    let file = try SceneFile.load(try text(path, "path"), overrides: texts)
    handle.pointee = Handles.all.add(OpenScene(try SceneModel(file, iteration: Int(iteration))))
  }
}

@c(backsolve_scene_close)
public func sceneClose(_ scene: UInt64) -> Int32 { call(nil, 0) { try Handles.all.closeScene(scene) } }

@c(backsolve_scene_cancel)
public func sceneCancel(_ scene: UInt64) -> Int32 { call(nil, 0) { try Handles.all.scene(scene).cancel() } }

@c(backsolve_scene_sizes)
public func sceneSizes(
  _ scene: UInt64, _ design: UnsafeMutablePointer<Int>?, _ rows: UnsafeMutablePointer<Int>?,
  _ state: UnsafeMutablePointer<Int>?
) -> Int32 {
  call(nil, 0) {
    let model = try Handles.all.scene(scene).model
    design?.pointee = model.designCount
    rows?.pointee = model.rows.count
    state?.pointee = model.stateOutputCount
  }
}

/// JSON; what it holds is in the header.
@c(backsolve_scene_description)
public func sceneDescription(
  _ scene: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) -> Int32 {
  call(nil, 0) {
    let bytes = Array(try Handles.all.scene(scene).model.descriptionJSON.utf8CString)
    needed?.pointee = bytes.count
    guard let buffer, capacity >= bytes.count else {
      throw CallFault(status: Status.bufferTooSmall, message: "the description takes \(bytes.count) bytes")
    }
    bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { buffer.update(from: base, count: bytes.count) } }
  }
}

@c(backsolve_scene_bounds)
public func sceneBounds(
  _ scene: UInt64, _ lower: UnsafeMutablePointer<Double>?, _ upper: UnsafeMutablePointer<Double>?, _ count: Int
) -> Int32 {
  call(nil, 0) {
    let model = try Handles.all.scene(scene).model
    let lower = try Output(lower, count, expected: model.designCount, "lower", isRequired: true)
    let upper = try Output(upper, count, expected: model.designCount, "upper", isRequired: true)
    lower.write(model.bounds.lower)
    upper.write(model.bounds.upper)
  }
}

@c(backsolve_scene_start)
public func sceneStart(_ scene: UInt64, _ design: UnsafeMutablePointer<Double>?, _ count: Int) -> Int32 {
  call(nil, 0) {
    let start = try Handles.all.scene(scene).model.start
    try Output(design, count, expected: start.count, "design", isRequired: true).write(start)
  }
}
