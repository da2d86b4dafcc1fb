/// A decoded value with the place it was written at, so that errors found later still name file, line and column.
@dynamicMemberLookup
public struct Located<Value: Sendable>: Sendable {
  public let value: Value
  public let mark: SourceMark

  public init(_ value: Value, at mark: SourceMark) {
    self.value = value
    self.mark = mark
  }

  public subscript<Member>(dynamicMember path: KeyPath<Value, Member>) -> Member { value[keyPath: path] }

  /// An error about this value.
  public func error(_ problem: String, found: String? = nil, expected: String? = nil, remedy: String? = nil)
    -> SceneDiagnostic
  {
    SceneDiagnostic(mark: mark, problem: problem, found: found, expected: expected, remedy: remedy)
  }
}

extension Located: Equatable where Value: Equatable {}
