/// Arrays by name: what a checkpoint is made of. Order is kept, so that the same contents give the same bytes.
public struct NamedArrays: Sendable, Equatable {
  public enum Values: Sendable, Equatable {
    case real([Double])
    case integer([Int64])
    case text(String)
  }

  public private(set) var names: [String] = []
  private var values: [String: Values] = [:]

  public init() {}

  public subscript(name: String) -> Values? {
    get { values[name] }
    set {
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if values[name] == nil {
        names.append(name)
      }
      values[name] = newValue
    }
  }

  public subscript(real name: String) -> [Double]? {
    get { if case .real(let v)? = values[name] { v } else { nil } }
    set { self[name] = newValue.map(Values.real) }
  }

  public subscript(integer name: String) -> [Int64]? {
    get { if case .integer(let v)? = values[name] { v } else { nil } }
    set { self[name] = newValue.map(Values.integer) }
  }

  public subscript(text name: String) -> String? {
    get { if case .text(let v)? = values[name] { v } else { nil } }
    set { self[name] = newValue.map(Values.text) }
  }

  public subscript(vector name: String) -> DenseVector? {
    get { self[real: name].map { DenseVector($0) } }
    set { self[real: name] = newValue?.elements }
  }

  /// Adds every array of `other` under `prefix` + name.
  public mutating func merge(_ other: NamedArrays, prefix: String) {
    for name in other.names { self[prefix + name] = other[name] }
  }

  /// The arrays whose names begin with `prefix`, without it.
  public func withPrefix(_ prefix: String) -> NamedArrays {
    var result = NamedArrays()
    for name in names where name.hasPrefix(prefix) { result[String(name.dropFirst(prefix.count))] = self[name] }
    return result
  }
}
