import InverseDesign
import Scenes

@_cdecl("backsolve_evaluate")
public func evaluate(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ state: UnsafeMutablePointer<Double>?, _ stateCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.scene(scene)
    let model = open.model
    let x = try vector(design, designCount, expected: model.designCount, "design")
    let wantsRows = try wants(rows, rowCount, expected: model.rows.count, "rows")
    let wantsState = try wants(state, stateCount, expected: model.stateOutputCount, "state")
    let result = try CancellationFlag.$current.withValue(open.cancellation) { try model.evaluate(x) }
    objective?.pointee = result.objective
    if wantsRows { try write(DenseVector(result.rows), to: rows, rowCount, "rows") }
    if wantsState {
      try write(model.stateVector(field: result.field, state: result.state), to: state, stateCount, "state")
    }
  }
}

@_cdecl("backsolve_value_and_gradient")
public func valueAndGradient(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ gradient: UnsafeMutablePointer<Double>?, _ gradientCount: Int, _ rows: UnsafeMutablePointer<Double>?,
  _ rowCount: Int, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.scene(scene)
    let model = open.model
    let x = try vector(design, designCount, expected: model.designCount, "design")
    let wantsGradient = try wants(gradient, gradientCount, expected: model.designCount, "gradient")
    let wantsRows = try wants(rows, rowCount, expected: model.rows.count, "rows")
    let (result, slope) = try CancellationFlag.$current.withValue(open.cancellation) { try model.valueAndGradient(x) }
    objective?.pointee = result.objective
    if wantsGradient { try write(slope, to: gradient, gradientCount, "gradient") }
    if wantsRows { try write(DenseVector(result.rows), to: rows, rowCount, "rows") }
  }
}

/// The rows with their Jacobian, row after row.
@_cdecl("backsolve_jacobian")
public func jacobian(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ rows: UnsafeMutablePointer<Double>?,
  _ rowCount: Int, _ jacobian: UnsafeMutablePointer<Double>?, _ jacobianCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.scene(scene)
    let model = open.model
    let x = try vector(design, designCount, expected: model.designCount, "design")
    let wantsRows = try wants(rows, rowCount, expected: model.rows.count, "rows")
    let n = model.designCount
    let wantsJacobian = try wants(jacobian, jacobianCount, expected: model.rows.count * n, "jacobian")
    try CancellationFlag.$current.withValue(open.cancellation) {
      let linearization = try model.linearize(x)
      if wantsRows { try write(DenseVector(linearization.evaluation.rows), to: rows, rowCount, "rows") }
      guard wantsJacobian, let jacobian else { return }
      for row in model.rows.indices {
        var weights = [Double](repeating: 0, count: model.rows.count)
        weights[row] = 1
        let gradient = try linearization.pullback(ResponseSeed(rows: weights))
        try write(gradient, to: jacobian + row * n, n, "jacobian")
      }
    }
  }
}

@_cdecl("backsolve_hessian_vector")
public func hessianVector(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ weights: UnsafePointer<Double>?,
  _ rowCount: Int, _ direction: UnsafePointer<Double>?, _ directionCount: Int, _ product: UnsafeMutablePointer<Double>?,
  _ productCount: Int, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  call(message, capacity) {
    let open = try Handles.all.scene(scene)
    let model = open.model
    let x = try vector(design, designCount, expected: model.designCount, "design")
    let rows = try vector(weights, rowCount, expected: model.rows.count, "weights")
    let d = try vector(direction, directionCount, expected: model.designCount, "direction")
    _ = try wants(product, productCount, expected: model.designCount, "product")
    let result = try CancellationFlag.$current.withValue(open.cancellation) {
      try model.hessianVector(x, seed: ResponseSeed(rows: rows.elements), direction: d)
    }
    try write(result, to: product, productCount, "product")
  }
}
