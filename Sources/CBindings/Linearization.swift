import InverseDesign
import Scenes

@_cdecl("backsolve_linearize")
public func linearize(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ state: UnsafeMutablePointer<Double>?, _ stateCount: Int,
  _ handle: UnsafeMutablePointer<UInt64>?, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    guard let handle else { throw CallFault.invalid("`linearization` is null") }
    handle.pointee = 0
    let open = try Handles.all.scene(scene)
    let model = open.model
    let x = try vector(design, designCount, expected: model.designCount, "design")
    let wantsRows = try wants(rows, rowCount, expected: model.rows.count, "rows")
    let wantsState = try wants(state, stateCount, expected: model.stateOutputCount, "state")
    let linearization = try CancellationFlag.$current.withValue(open.cancellation) { try model.linearize(x) }
    let result = linearization.evaluation
    objective?.pointee = result.objective
    if wantsRows { try write(DenseVector(result.rows), to: rows, rowCount, "rows") }
    if wantsState {
      try write(model.stateVector(field: result.field, state: result.state), to: state, stateCount, "state")
    }
    handle.pointee = Handles.all.add(OpenLinearization(scene: open, linearization: linearization))
  }
}

@_cdecl("backsolve_linearization_close")
public func linearizationClose(_ linearization: UInt64) -> Int32 {
  call(nil, 0) { try Handles.all.closeLinearization(linearization) }
}

@_cdecl("backsolve_pullback")
public func pullback(
  _ linearization: UInt64, _ weights: UnsafePointer<Double>?, _ rowCount: Int, _ stateSeed: UnsafePointer<Double>?,
  _ stateCount: Int, _ gradient: UnsafeMutablePointer<Double>?, _ gradientCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.linearization(linearization)
    let model = open.scene.model
    let rows =
      weights == nil && rowCount == 0
      ? DenseVector.zero : try vector(weights, rowCount, expected: model.rows.count, "weights")
    let state =
      stateSeed == nil && stateCount == 0
      ? DenseVector.zero : try vector(stateSeed, stateCount, expected: model.stateOutputCount, "state_seed")
    _ = try wants(gradient, gradientCount, expected: model.designCount, "gradient")
    let seed = try model.seed(rows: rows.elements, stateVector: state)
    let result = try CancellationFlag.$current.withValue(open.scene.cancellation) {
      try open.linearization.pullback(seed)
    }
    try write(result, to: gradient, gradientCount, "gradient")
  }
}

@_cdecl("backsolve_pushforward")
public func pushforward(
  _ linearization: UInt64, _ direction: UnsafePointer<Double>?, _ directionCount: Int,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ state: UnsafeMutablePointer<Double>?, _ stateCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.linearization(linearization)
    let model = open.scene.model
    let d = try vector(direction, directionCount, expected: model.designCount, "direction")
    let wantsRows = try wants(rows, rowCount, expected: model.rows.count, "rows")
    let wantsState = try wants(state, stateCount, expected: model.stateOutputCount, "state")
    let change = try CancellationFlag.$current.withValue(open.scene.cancellation) {
      try open.linearization.pushforward(d, wantsState: wantsState)
    }
    if wantsRows { try write(DenseVector(change.rows), to: rows, rowCount, "rows") }
    if wantsState {
      try write(model.stateVector(field: change.field, state: change.state), to: state, stateCount, "state")
    }
  }
}
