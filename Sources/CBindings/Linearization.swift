import InverseDesign
import Scenes

@c(backsolve_linearize)
public func linearize(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ state: UnsafeMutablePointer<Double>?, _ stateCount: Int,
  _ handle: UnsafeMutablePointer<UInt64>?, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  handle?.pointee = 0
  return callAtDesign(scene, design, designCount, message, capacity) { open, x in
    guard let handle else { throw CallFault.invalid("`linearization` is null") }
    let model = open.model
    let rows = try Output(rows, rowCount, expected: model.rows.count, "rows")
    let state = try Output(state, stateCount, expected: model.stateOutputCount, "state")
    let linearization = try model.linearize(x)
    let result = linearization.evaluation
    objective?.pointee = result.objective
    rows.write(DenseVector(result.rows))
    state.write(model.stateVector(field: result.field, state: result.state))
    handle.pointee = Handles.all.add(OpenLinearization(scene: open, linearization: linearization))
  }
}

@c(backsolve_linearization_close)
public func linearizationClose(_ linearization: UInt64) -> Int32 {
  call(nil, 0) { try Handles.all.closeLinearization(linearization) }
}

@c(backsolve_pullback)
public func pullback(
  _ linearization: UInt64, _ weights: UnsafePointer<Double>?, _ rowCount: Int, _ stateSeed: UnsafePointer<Double>?,
  _ stateCount: Int, _ gradient: UnsafeMutablePointer<Double>?, _ gradientCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  callOnLinearization(linearization, message, capacity) { linearization, model in
    let rows = try vector(weights, rowCount, expected: model.rows.count, "weights", isOptional: true)
    let state = try vector(
      stateSeed, stateCount, expected: model.stateOutputCount, "state_seed", isOptional: true)
    let gradient = try Output(gradient, gradientCount, expected: model.designCount, "gradient", isRequired: true)
    let result = try linearization.pullback(try model.seed(rows: rows.elements, stateVector: state))
    gradient.write(result)
  }
}

@c(backsolve_pushforward)
public func pushforward(
  _ linearization: UInt64, _ direction: UnsafePointer<Double>?, _ directionCount: Int,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ state: UnsafeMutablePointer<Double>?, _ stateCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  callOnLinearization(linearization, message, capacity) { linearization, model in
    let direction = try vector(direction, directionCount, expected: model.designCount, "direction")
    let rows = try Output(rows, rowCount, expected: model.rows.count, "rows")
    let state = try Output(state, stateCount, expected: model.stateOutputCount, "state")
    let change = try linearization.pushforward(direction, wantsState: state.isWanted)
    rows.write(DenseVector(change.rows))
    state.write(model.stateVector(field: change.field, state: change.state))
  }
}
