/// The elimination of modified incomplete Cholesky: what falls outside the pattern goes to the diagonal.
///
/// An entry v that would fill in at (i, m) is dropped, and the diagonal entries of i and m change so that the product
/// of the factors with one vector w, of entries 1 / weights, stays that of the matrix. With w the image of the constant
/// vector this keeps the row sums (Gustafsson 1978). The part of v that is kept there is `compensation`: a little below
/// one, the factorization breaks down less (Axelsson and Lindskog 1986). Fill of either sign counts: where triangles
/// are obtuse, leaving out what would raise a diagonal entry takes so much from the others that pivots break down.
struct ModifiedElimination {
  let compensation: Double
  let weights: [Double]
  /// For each row the place of its entry in the column at hand, or -1.
  private var places: [Int]

  init(compensation: Double, weights: [Double], _ count: Int) {
    self.compensation = compensation
    self.weights = weights
    places = [Int](repeating: -1, count: count)
  }

  /// Eliminates in place; false when a pivot is at most `smallestPivot`.
  mutating func eliminate(
    _ l: UnsafeMutablePointer<Double>, _ starts: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>,
    inverseDiagonal: inout [Double], smallestPivot: Double
  ) -> Bool {
    for j in 0..<weights.count {
      let first = Int(starts[j]), end = Int(starts[j + 1])
      let pivot = l[first]
      // Also refuses what is not a number.
      guard pivot > smallestPivot else { return false }
      let inverse = 1 / pivot.squareRoot()
      inverseDiagonal[j] = inverse
      for k in first + 1..<max(end, first + 1) { l[k] *= inverse }
      for k in first + 1..<max(end, first + 1) {
        let i = Int(rows[k]), factor = l[k]
        let theirFirst = Int(starts[i]), theirEnd = Int(starts[i + 1])
        for p in theirFirst..<theirEnd { places[Int(rows[p])] = p }
        for mine in k..<end {
          let m = Int(rows[mine])
          let place = places[m]
          let change = factor * l[mine]
          if place >= theirFirst {
            l[place] -= change
          } else {
            l[theirFirst] -= compensation * change * weights[i] / weights[m]
            l[Int(starts[m])] -= compensation * change * weights[m] / weights[i]
          }
        }
        for p in theirFirst..<theirEnd { places[Int(rows[p])] = -1 }
      }
    }
    return true
  }
}
