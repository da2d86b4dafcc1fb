import InverseDesign
import Scenes

@c(backsolve_evaluate)
public func evaluate(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ rows: UnsafeMutablePointer<Double>?, _ rowCount: Int, _ state: UnsafeMutablePointer<Double>?, _ stateCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  callAtDesign(scene, design, designCount, message, capacity) { open, x in
    let model = open.model
    let rows = try Output(rows, rowCount, expected: model.rows.count, "rows")
    let state = try Output(state, stateCount, expected: model.stateOutputCount, "state")
    let result = try model.evaluate(x)
    objective?.pointee = result.objective
    rows.write(DenseVector(result.rows))
    state.write(model.stateVector(field: result.field, state: result.state))
  }
}

@c(backsolve_value_and_gradient)
public func valueAndGradient(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ objective: UnsafeMutablePointer<Double>?,
  _ gradient: UnsafeMutablePointer<Double>?, _ gradientCount: Int, _ rows: UnsafeMutablePointer<Double>?,
  _ rowCount: Int, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  callAtDesign(scene, design, designCount, message, capacity) { open, x in
    let gradient = try Output(gradient, gradientCount, expected: x.count, "gradient")
    let rows = try Output(rows, rowCount, expected: open.model.rows.count, "rows")
    let (result, slope) = try open.model.valueAndGradient(x)
    objective?.pointee = result.objective
    gradient.write(slope)
    rows.write(DenseVector(result.rows))
  }
}

/// The rows with their Jacobian, row after row.
@c(backsolve_jacobian)
public func jacobian(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ rows: UnsafeMutablePointer<Double>?,
  _ rowCount: Int, _ jacobian: UnsafeMutablePointer<Double>?, _ jacobianCount: Int,
  _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  callAtDesign(scene, design, designCount, message, capacity) { open, x in
    let model = open.model
    let rows = try Output(rows, rowCount, expected: model.rows.count, "rows")
    let jacobian = try Output(jacobian, jacobianCount, expected: model.rows.count * x.count, "jacobian")
    let linearization = try model.linearize(x)
    rows.write(DenseVector(linearization.evaluation.rows))
    guard jacobian.isWanted else { return }
    for row in model.rows.indices {
      var weights = [Double](repeating: 0, count: model.rows.count)
      weights[row] = 1
      let gradient = try linearization.pullback(ResponseSeed(rows: weights))
      jacobian.write(gradient, at: row * x.count)
    }
  }
}

@c(backsolve_hessian_vector)
public func hessianVector(
  _ scene: UInt64, _ design: UnsafePointer<Double>?, _ designCount: Int, _ weights: UnsafePointer<Double>?,
  _ rowCount: Int, _ direction: UnsafePointer<Double>?, _ directionCount: Int, _ product: UnsafeMutablePointer<Double>?,
  _ productCount: Int, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int32 {
  callAtDesign(scene, design, designCount, message, capacity) { open, x in
    let rows = try vector(weights, rowCount, expected: open.model.rows.count, "weights")
    let direction = try vector(direction, directionCount, expected: x.count, "direction")
    let product = try Output(product, productCount, expected: x.count, "product", isRequired: true)
    let result = try open.model.hessianVector(x, seed: ResponseSeed(rows: rows.elements), direction: direction)
    product.write(result)
  }
}
