extension Evaluation {
  /// The evaluation as arrays, for methods whose state keeps one.
  func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[real: "values"] = [objective] + constraints
    arrays[vector: "gradient"] = objectiveGradient
    for (row, gradient) in constraintGradients.enumerated() { arrays[vector: "gradient-\(row)"] = gradient }
    return arrays
  }

  init?(restoring arrays: NamedArrays, count: Int) {
    guard let values = arrays[real: "values"], !values.isEmpty, let gradient = arrays.vector("gradient", count) else {
      return nil
    }
    var rows: [DenseVector] = []
    for row in 0..<(values.count - 1) {
      guard let gradient = arrays.vector("gradient-\(row)", count) else { return nil }
      rows.append(gradient)
    }
    self.init(
      objective: values[0], objectiveGradient: gradient, constraints: Array(values.dropFirst()),
      constraintGradients: rows)
  }
}

extension NamedArrays {
  /// The vector of this name, if it has this many entries.
  func vector(_ name: String, _ count: Int) -> DenseVector? {
    guard let vector = self[vector: name], vector.count == count else { return nil }
    return vector
  }
}
