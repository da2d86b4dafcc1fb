import DesignSamplers
import Foundation

/// Flow through ground of random permeability: div(K grad p) + f = 0 on the unit square, no flow through its sides, a well in
/// one corner that the opposite corner drains, ln K normal with the covariance exp(-r / 0.1). A finite-volume scheme with the
/// geometric mean of K at faces; the mean of p is zero.
///
/// The wells, the sides and the covariance are those of Bastek et al. (2025), as their published code has them. That keeps the
/// first 64 terms of ln K's Karhunen-Loève expansion, which makes K smoother, learns K itself on 64x64 points of which the
/// outer ones lie on the sides, and takes second-order differences with the sides' conditions as residuals of their own.
struct DarcyFields {
  let cells: Int
  /// f, `[cells, cells]`.
  let source: [Double]
  /// Rows of the lower factor of the covariance.
  private let factor: [[Double]]

  init(cells n: Int) {
    cells = n
    let width = 0.125, rate = 10.0
    source = (0..<n * n).map { i in
      let x = (Double(i % n) + 0.5) / Double(n), y = (Double(i / n) + 0.5) / Double(n)
      if x < width && y < width { return rate }
      return x > 1 - width && y > 1 - width ? -rate : 0
    }
    var rows: [[Double]] = []
    for i in 0..<n * n {
      var row = [Double](repeating: 0, count: i + 1)
      for j in 0...i {
        let (dx, dy) = (Double(i % n - j % n) / Double(n), Double(i / n - j / n) / Double(n))
        let covariance = exp(-(dx * dx + dy * dy).squareRoot() / 0.1)
        if i == j {
          row[i] = (covariance - Self.product(row, row, i)).squareRoot()
        } else {
          row[j] = (covariance - Self.product(row, rows[j], j)) / rows[j][j]
        }
      }
      rows.append(row)
    }
    factor = rows
  }

  private static func product(_ a: [Double], _ b: [Double], _ count: Int) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = SIMD8<Double>.zero, i = 0
        while i + 8 <= count {
          for lane in 0..<8 { sum[lane] += a[i + lane] * b[i + lane] }
          i += 8
        }
        var total = sum.sum()
        while i < count {
          total += a[i] * b[i]
          i += 1
        }
        return total
      }
    }
  }

  /// ln K, `[cells * cells]`.
  func permeability(_ generator: inout SeededGenerator) -> [Double] {
    let noise = (0..<cells * cells).map { _ in generator.normal() }
    return factor.map { Self.product($0, noise, $0.count) }
  }

  /// div(K grad p), `[cells * cells]`.
  func divergence(_ logK: [Double], _ p: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: cells * cells)
    forEachFace(logK) { i, j, k in
      let flow = k * (p[j] - p[i])
      result[i] += flow
      result[j] -= flow
    }
    return result
  }

  /// What a cell's p takes from the cell's own div(K grad p), `[cells * cells]`.
  func diagonal(_ logK: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: cells * cells)
    forEachFace(logK) { i, j, k in
      result[i] += k
      result[j] += k
    }
    return result
  }

  /// The cells at both sides of every inner face and what flows through it at a difference of one.
  private func forEachFace(_ logK: [Double], _ body: (Int, Int, Double) -> Void) {
    let n = cells
    for (stride, isInner) in [(1, { (i: Int) in i % n < n - 1 }), (n, { (i: Int) in i < n * (n - 1) })] {
      for i in 0..<n * n where isInner(i) {
        body(i, i + stride, exp(0.5 * (logK[i] + logK[i + stride])) * Double(n * n))
      }
    }
  }

  /// p by conjugate gradients, `[cells * cells]`.
  func pressure(_ logK: [Double]) -> [Double] {
    var p = [Double](repeating: 0, count: cells * cells)
    var r = source, d = source
    var square = Self.product(r, r, r.count)
    let goal = 1e-20 * square
    for _ in 0..<20 * cells where square > goal {
      let q = divergence(logK, d).map { -$0 }
      let step = square / Self.product(d, q, d.count)
      for i in p.indices {
        p[i] += step * d[i]
        r[i] -= step * q[i]
      }
      let next = Self.product(r, r, r.count)
      for i in d.indices { d[i] = r[i] + next / square * d[i] }
      square = next
    }
    let mean = p.reduce(0, +) / Double(p.count)
    return p.map { $0 - mean }
  }

  /// The equation's residual on the tape.
  ///
  /// - Parameters:
  ///   - logK: ln K, `[batch, cells, cells]`.
  ///   - p: Pressures, as logK.
  /// - Returns: `[batch, cells * cells]`.
  func residual(_ logK: Variable<Float>, _ p: Variable<Float>) -> Variable<Float> {
    let n = cells, batch = logK.shape[0]
    func across(_ logK: Variable<Float>, _ p: Variable<Float>) -> Variable<Float> {
      let (g, h) = (logK.reshaped(to: [batch * n, n]), p.reshaped(to: [batch * n, n]))
      let k = (g.columns(1..<n) + g.columns(0..<n - 1)).scaled(by: 0.5).exp()
      let flow = k * (h.columns(1..<n) - h.columns(0..<n - 1))
      let closed = p.tape.constant(Tensor([Float](repeating: 0, count: batch * n), shape: [batch * n, 1]))
      return (.joined([flow, closed]) - .joined([closed, flow])).reshaped(to: [batch, n, n])
    }
    let along = across(logK, p)
    let up = across(logK.permuted([0, 2, 1]), p.permuted([0, 2, 1])).permuted([0, 2, 1])
    let wells = Tensor((0..<batch).flatMap { _ in source.map { Float($0) } }, shape: [batch, n, n])
    return ((along + up).scaled(by: Float(n * n)) + p.tape.constant(wells)).reshaped(to: [batch, n * n])
  }

  /// A residual's waves divided by the Laplacian's eigenvalues to a power, those of the shortest wave being one.
  ///
  /// - Parameters:
  ///   - residual: `[batch, cells * cells]`.
  ///   - power: 1/2 makes of a residual the root of the energy of the pressure's error where K is one, 1 the error.
  /// - Returns: Coefficients of cosines, `[batch, cells * cells]`; the mean's is zero.
  func smoothed(_ residual: Variable<Float>, _ power: Double) -> Variable<Float> {
    let n = cells, batch = residual.shape[0]
    let waves = Tensor(
      (0..<n * n).map { index in
        let (i, k) = (index / n, index % n)
        let size = (k == 0 ? 1 / Double(n) : 2 / Double(n)).squareRoot()
        return Float(size * cos(Double.pi * Double(k) * (Double(i) + 0.5) / Double(n)))
      }, shape: [n, n])
    let matrix = residual.tape.constant(waves)
    let along = residual.reshaped(to: [batch * n, n]).times(matrix).reshaped(to: [batch, n, n]).permuted([0, 2, 1])
    let both = along.reshaped(to: [batch * n, n]).times(matrix).reshaped(to: [batch, n * n])
    let values = (0..<n).map { 0.5 - 0.5 * cos(Double.pi * Double($0) / Double(n)) }
    let factors = (0..<n * n).map { index in
      index == 0 ? 0 : Float(pow(0.5 * (values[index / n] + values[index % n]), -power))
    }
    let all = Tensor((0..<batch).flatMap { _ in factors }, shape: [batch, n * n])
    return both * residual.tape.constant(all)
  }
}
