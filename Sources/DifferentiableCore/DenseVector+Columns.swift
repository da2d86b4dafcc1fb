extension DenseVector {
  /// The vector cut into `count` columns of equal length.
  public func columns(_ count: Int) -> [DenseVector] {
    if count == 1 { return [self] }
    let length = self.count / count
    return (0..<count).map { DenseVector(elements[$0 * length..<($0 + 1) * length]) }
  }

  /// The vectors one after the other.
  public static func joining(_ columns: [DenseVector]) -> DenseVector {
    columns.count == 1 ? columns[0] : DenseVector(columns.flatMap(\.elements))
  }
}
