import Foundation

/// Logarithms of the distances and directions from all nodes to all nodes and to the middles of all panels: what is dear
/// in the influences, once for a geometry. Entries stand by point seen, then by the node that sees.
struct PairTable: Sendable {
  let count: Int
  let x: [Double], y: [Double]
  private var logarithms: [Double], directions: [Double]
  private var middleLogarithms: [Double] = [], middleDirections: [Double] = []

  /// A panel's ends, length and direction.
  struct Panel {
    let a: Int, b: Int
    let ax: Double, ay: Double, bx: Double, by: Double
    let tx: Double, ty: Double, length: Double, direction: Double

    init(_ surface: PanelSurface, _ a: Int, _ b: Int) {
      self.a = a
      self.b = b
      ax = surface.x[a]
      ay = surface.y[a]
      bx = surface.x[b]
      by = surface.y[b]
      let dx = bx - ax, dy = by - ay
      length = (dx * dx + dy * dy).squareRoot()
      tx = dx / length
      ty = dy / length
      direction = atan2(dy, dx)
    }
  }

  init(_ surface: PanelSurface, withMiddles: Bool) {
    let n = surface.nodeCount
    count = n
    x = surface.x
    y = surface.y
    logarithms = [Double](repeating: 0, count: n * n)
    directions = logarithms
    for j in 0..<n {
      for i in 0..<j {
        let dx = x[i] - x[j], dy = y[i] - y[j], square = dx * dx + dy * dy
        if square == 0 { continue }
        let logarithm = 0.5 * log(square), direction = atan2(dy, dx)
        logarithms[j * n + i] = logarithm
        logarithms[i * n + j] = logarithm
        directions[j * n + i] = direction
        directions[i * n + j] = direction > 0 ? direction - .pi : direction + .pi
      }
    }
    if !withMiddles { return }
    middleLogarithms = [Double](repeating: 0, count: n * n)
    middleDirections = middleLogarithms
    for j in 0..<n - 1 {
      let mx = 0.5 * (x[j] + x[j + 1]), my = 0.5 * (y[j] + y[j + 1])
      for i in 0..<n {
        let dx = x[i] - mx, dy = y[i] - my
        middleLogarithms[j * n + i] = 0.5 * log(dx * dx + dy * dy)
        middleDirections[j * n + i] = atan2(dy, dx)
      }
    }
  }

  /// The angle from a panel's normal, in (-π, π], of a direction.
  @inline(__always)
  private func turned(_ direction: Double, _ panel: Panel) -> Double {
    let angle = 0.5 * .pi - direction + panel.direction
    return angle > .pi ? angle - 2 * .pi : angle <= -.pi ? angle + 2 * .pi : angle
  }

  /// A node seen from a panel.
  @inline(__always)
  func frame(_ i: Int, _ panel: Panel) -> PanelFrame {
    let first = panel.a * count + i, second = panel.b * count + i
    return PanelFrame(
      x[i] - panel.ax, y[i] - panel.ay, x[i] - panel.bx, y[i] - panel.by, tx: panel.tx, ty: panel.ty,
      length: panel.length, logarithm1: logarithms[first], logarithm2: logarithms[second],
      angle1: turned(directions[first], panel), angle2: turned(directions[second], panel))
  }

  /// A node seen from the halves of a panel between neighbours.
  @inline(__always)
  func halves(_ i: Int, _ panel: Panel) -> (first: PanelFrame, second: PanelFrame) {
    let first = panel.a * count + i, second = panel.b * count + i
    let mx = x[i] - 0.5 * (panel.ax + panel.bx), my = y[i] - 0.5 * (panel.ay + panel.by)
    let logarithm = middleLogarithms[first], angle = turned(middleDirections[first], panel)
    return (
      PanelFrame(
        x[i] - panel.ax, y[i] - panel.ay, mx, my, tx: panel.tx, ty: panel.ty, length: 0.5 * panel.length,
        logarithm1: logarithms[first], logarithm2: logarithm, angle1: turned(directions[first], panel), angle2: angle),
      PanelFrame(
        mx, my, x[i] - panel.bx, y[i] - panel.by, tx: panel.tx, ty: panel.ty, length: 0.5 * panel.length,
        logarithm1: logarithm, logarithm2: logarithms[second], angle1: angle,
        angle2: turned(directions[second], panel))
    )
  }
}
