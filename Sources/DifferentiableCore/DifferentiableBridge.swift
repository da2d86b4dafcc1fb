import _Differentiation

// The one bridge between hand-written adjoints and Swift's differentiation. `throws` in a differentiated composition
// crashes this compiler at -O, so failures travel through the current `FailureTrap` instead.
extension ForwardModel {
  /// The state at `parameters`. Inside differentiated code its derivative is the model's own adjoint.
  ///
  /// A failed solve is recorded in the current `FailureTrap` and yields the empty (zero) state; outside any trap it is
  /// a precondition failure that prints the failure.
  public func callAsFunction(_ parameters: Parameters) -> State {
    guard let trap = FailureTrap.current else { return solvedOrStop(parameters) }
    var workspace = trap.takeWorkspace(of: self)
    defer { trap.keepWorkspace(workspace, of: self) }
    do throws(SolveFailure) {
      return try solve(parameters, in: &workspace)
    } catch {
      trap.record(error)
      return .zero
    }
  }

  @derivative(of: callAsFunction, wrt: parameters)
  public func vjpCallAsFunction(_ parameters: Parameters) -> (
    value: State, pullback: (State) -> Parameters.TangentVector
  ) {
    let trap = FailureTrap.current
    var workspace = trap?.takeWorkspace(of: self) ?? makeWorkspace()
    defer { trap?.keepWorkspace(workspace, of: self) }
    do throws(SolveFailure) {
      let linearization = try linearize(at: parameters, in: &workspace)
      trap?.record(linearization.report)
      return (
        linearization.state,
        { seed in
          do throws(SolveFailure) {
            return try linearization.pullback(seed)
          } catch {
            Self.stop(on: error, trap)
            return .zero
          }
        }
      )
    } catch {
      Self.stop(on: error, trap)
      return (.zero, { _ in .zero })
    }
  }

  private func solvedOrStop(_ parameters: Parameters) -> State {
    var workspace = makeWorkspace()
    do throws(SolveFailure) {
      return try solve(parameters, in: &workspace)
    } catch {
      preconditionFailure("a solve failed outside any FailureTrap: \(error)")
    }
  }

  private static func stop(on failure: SolveFailure, _ trap: FailureTrap?) {
    guard let trap else { preconditionFailure("a solve failed outside any FailureTrap: \(failure)") }
    trap.record(failure)
  }
}
