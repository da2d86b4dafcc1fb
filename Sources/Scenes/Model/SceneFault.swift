/// Why a model of a scene gave no answer: a value, so that it can cross threads, languages and processes.
public enum SceneFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The caller's mistake: a size, a number that is not finite or outside its bounds, a name that is not there.
  case invalidInput(String)
  /// The solve failed at an input that is in order.
  case failed(SolveFailure)

  public var description: String {
    switch self {
    case .invalidInput(let message): message
    case .failed(let failure): failure.description
    }
  }
}
