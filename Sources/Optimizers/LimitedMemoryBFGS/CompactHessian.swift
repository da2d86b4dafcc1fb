/// The limited-memory BFGS matrix in compact form: B = theta I - W M W', W = [Y theta S].
///
/// Byrd, Lu, Nocedal & Zhu, SIAM J. Sci. Comput. 16 (1995) 1190, eq. (3.2)-(3.4).
struct CompactHessian: Sendable, Equatable {
  /// Differences of designs and of gradients, oldest first.
  private(set) var steps: [DenseVector] = []
  private(set) var changes: [DenseVector] = []
  private(set) var theta = 1.0
  /// s_i . s_j and s_i . y_j, row-major with `steps.count` columns.
  private var stepProducts: [Double] = []
  private var mixedProducts: [Double] = []
  /// M, `width` by `width`.
  private(set) var middle: [Double] = []

  var pairs: Int { steps.count }
  var width: Int { 2 * steps.count }

  /// Takes a pair; one without positive curvature is left out.
  mutating func append(step: DenseVector, change: DenseVector, memory: Int) {
    let curvature = step.dot(change)
    let square = change.dot(change)
    guard curvature > 2.2e-16 * square, square > 0 else { return }
    if steps.count == memory {
      steps.removeFirst()
      changes.removeFirst()
      stepProducts = Self.withoutFirst(stepProducts, memory)
      mixedProducts = Self.withoutFirst(mixedProducts, memory)
    }
    let k = steps.count
    steps.append(step)
    changes.append(change)
    theta = square / curvature
    stepProducts = Self.bordered(stepProducts, k, column: steps.map { $0.dot(step) }, row: steps.map { $0.dot(step) })
    mixedProducts = Self.bordered(
      mixedProducts, k, column: steps.map { $0.dot(change) }, row: changes.map { $0.dot(step) })
    computeMiddle()
  }

  mutating func forget() { self = CompactHessian() }

  private mutating func computeMiddle() {
    let k = pairs
    let n = width
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<k {
      matrix[i * n + i] = -mixedProducts[i * k + i]
      for j in 0..<k {
        matrix[(k + i) * n + k + j] = theta * stepProducts[i * k + j]
        if i > j {
          matrix[(k + i) * n + j] = mixedProducts[i * k + j]
          matrix[j * n + k + i] = mixedProducts[i * k + j]
        }
      }
    }
    guard let inverse = invertedSmall(matrix, n) else { return forget() }
    middle = inverse
  }

  /// Row j of W.
  func row(_ j: Int, into row: inout [Double]) {
    let k = pairs
    for i in 0..<k {
      row[i] = changes[i].elements[j]
      row[k + i] = theta * steps[i].elements[j]
    }
  }

  /// W' v.
  func transposed(_ v: DenseVector) -> [Double] {
    changes.map { $0.dot(v) } + steps.map { theta * $0.dot(v) }
  }

  /// y += scale W c.
  func add(_ c: [Double], scaledBy scale: Double, to y: inout DenseVector) {
    for i in 0..<pairs {
      y.add(changes[i], scaledBy: scale * c[i])
      y.add(steps[i], scaledBy: scale * theta * c[pairs + i])
    }
  }

  /// W' Z Z' W over the entries that are free (one in `free`, zero elsewhere). Row-major.
  func restrictedProducts(_ free: DenseVector) -> [Double] {
    let n = width
    var products = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      let scale = i < pairs ? 1 : theta
      let column = (i < pairs ? changes[i] : steps[i - pairs]).multipliedEntrywise(by: free)
      for j in 0...i {
        let other = j < pairs ? changes[j] : steps[j - pairs]
        products[i * n + j] = scale * (j < pairs ? 1 : theta) * column.dot(other)
        products[j * n + i] = products[i * n + j]
      }
    }
    return products
  }

  private static func withoutFirst(_ matrix: [Double], _ n: Int) -> [Double] {
    (1..<n).flatMap { i in (1..<n).map { matrix[i * n + $0] } }
  }

  private static func bordered(_ matrix: [Double], _ n: Int, column: [Double], row: [Double]) -> [Double] {
    (0..<n).flatMap { i in Array(matrix[(i * n)..<((i + 1) * n)]) + [column[i]] } + row
  }

  func save() -> NamedArrays {
    var arrays = NamedArrays()
    for i in 0..<pairs {
      arrays[vector: "step-\(i)"] = steps[i]
      arrays[vector: "change-\(i)"] = changes[i]
    }
    arrays[integer: "pairs"] = [Int64(pairs)]
    arrays[real: "theta"] = [theta]
    arrays[real: "step-products"] = stepProducts
    arrays[real: "mixed-products"] = mixedProducts
    return arrays
  }

  init() {}

  init?(restoring arrays: NamedArrays, count: Int) {
    guard let pairs = arrays[integer: "pairs"]?.first, (0...1000).contains(pairs),
      let theta = arrays[real: "theta"]?.first, let stepProducts = arrays[real: "step-products"],
      let mixedProducts = arrays[real: "mixed-products"], stepProducts.count == Int(pairs * pairs),
      mixedProducts.count == Int(pairs * pairs)
    else { return nil }
    for i in 0..<Int(pairs) {
      guard let step = arrays.vector("step-\(i)", count), let change = arrays.vector("change-\(i)", count) else {
        return nil
      }
      steps.append(step)
      changes.append(change)
    }
    self.theta = theta
    self.stepProducts = stepProducts
    self.mixedProducts = mixedProducts
    if pairs > 0 { computeMiddle() }
  }
}
