import DifferentiableCore
import Foundation

/// A weighted sum of numbers that a rollout's observers returned, some of them through a function.
struct ObservedSum: StateFunctional {
  struct Term: Sendable {
    /// The place in the rollout's state.
    var index: Int
    var weight = 1.0
    var function = Function.identity
  }

  enum Function: Sendable, Hashable {
    case identity
    /// reference + width ln(x/duration): a smooth maximum of which the integral over time of an exponential was observed.
    case smoothMaximum(reference: Double, width: Double, duration: Double)

    func value(_ x: Double) -> Double {
      switch self {
      case .identity: x
      case .smoothMaximum(let reference, let width, let duration): reference + width * log(x / duration)
      }
    }

    func slope(_ x: Double) -> Double {
      switch self {
      case .identity: 1
      case .smoothMaximum(_, let width, _): width / x
      }
    }
  }

  let terms: [Term]

  func value(_ parameters: DenseVector, _ state: DenseVector) -> Double {
    terms.reduce(0) { $0 + $1.weight * $1.function.value(state[$1.index]) }
  }

  func partials(_ parameters: DenseVector, _ state: DenseVector) -> (state: DenseVector, parameters: DenseVector) {
    var seed = DenseVector(zeros: state.count)
    for term in terms { seed[term.index] += term.weight * term.function.slope(state[term.index]) }
    return (seed, .zero)
  }
}
