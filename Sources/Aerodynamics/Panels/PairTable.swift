import CVectorLanes
import Foundation

/// Logarithms of the distances and directions from all nodes to all nodes and to the middles of all panels: what is dear
/// in the influences, once for a geometry. Entries stand by the node that sees, then by the node seen.
struct PairTable: Sendable {
  let count: Int
  let x: [Double], y: [Double]
  private var logarithms: [Double], directions: [Double]
  private var middleLogarithms: [Double] = [], middleDirections: [Double] = []

  /// A panel's ends, length and direction.
  struct Panel {
    let a: Int, b: Int
    let start: LaneVector, end: LaneVector, middle: LaneVector
    let tx: PanelLanes, ty: PanelLanes, length: PanelLanes, direction: PanelLanes

    init(_ surface: PanelSurface, _ a: Int, _ b: Int) {
      self.a = a
      self.b = b
      let p = surface.point(a), q = surface.point(b), difference = q - p
      start = LaneVector(p)
      end = LaneVector(q)
      middle = LaneVector(0.5 * (p + q))
      let length = (difference * difference).sum().squareRoot()
      self.length = PanelLanes(repeating: length)
      tx = PanelLanes(repeating: difference.x / length)
      ty = PanelLanes(repeating: difference.y / length)
      direction = PanelLanes(repeating: atan2(difference.y, difference.x))
    }
  }

  init(_ surface: PanelSurface, withMiddles: Bool) {
    let n = surface.nodeCount
    count = n
    x = surface.x
    y = surface.y
    logarithms = [Double](repeating: 0, count: n * n)
    directions = logarithms
    Self.fill(&logarithms, &directions, surface, (0..<n).map { surface.point($0) })
    if !withMiddles { return }
    middleLogarithms = [Double](repeating: 0, count: n * (n - 1))
    middleDirections = middleLogarithms
    Self.fill(
      &middleLogarithms, &middleDirections, surface,
      (0..<n - 1).map { 0.5 * (surface.point($0) + surface.point($0 + 1)) })
  }

  /// The nodes as they are seen from points. A point has no direction from itself; its entry is never used.
  private static func fill(
    _ logarithms: inout [Double], _ directions: inout [Double], _ surface: PanelSurface, _ points: [SIMD2<Double>]
  ) {
    let n = surface.nodeCount
    logarithms.withUnsafeMutableBufferPointer { logarithms in
      directions.withUnsafeMutableBufferPointer { directions in
        surface.withPointers { x, y in
          for (j, point) in points.enumerated() {
            let point = LaneVector(point)
            PanelLanes.forEachGroup(n) { i, _ in
              let dx = PanelLanes.load(x + i) - point.x, dy = PanelLanes.load(y + i) - point.y
              (0.5 * backsolve_doubles_log(dx * dx + dy * dy)).store(logarithms.baseAddress! + n * j + i)
              backsolve_doubles_atan2(dy, dx).store(directions.baseAddress! + n * j + i)
            }
          }
        }
      }
    }
  }

  /// Nodes seen from panels: the table as it is read in loops.
  struct View {
    fileprivate let count: Int
    fileprivate let x: UnsafePointer<Double>, y: UnsafePointer<Double>
    fileprivate let logarithms: UnsafePointer<Double>, directions: UnsafePointer<Double>
    fileprivate let middleLogarithms: UnsafePointer<Double>, middleDirections: UnsafePointer<Double>

    /// The angle from a panel's normal of a direction.
    @inline(__always)
    private func turned(_ directions: UnsafePointer<Double>, _ panel: Panel) -> PanelLanes {
      (0.5 * .pi - PanelLanes.load(directions) + panel.direction).wrapped
    }

    @inline(__always)
    private func node(_ i: Int) -> LaneVector { LaneVector(x: .load(x + i), y: .load(y + i)) }

    /// The nodes from `i` on, seen from a panel.
    @inline(__always)
    func frame(_ i: Int, _ panel: Panel) -> PanelFrame {
      let first = panel.a * count + i, second = panel.b * count + i
      let node = node(i)
      return PanelFrame(
        node + -panel.start, node + -panel.end, tx: panel.tx, ty: panel.ty, length: panel.length,
        logarithm1: .load(logarithms + first), logarithm2: .load(logarithms + second),
        angle1: turned(directions + first, panel), angle2: turned(directions + second, panel))
    }

    /// The nodes from `i` on, seen from the halves of a panel between neighbours.
    @inline(__always)
    func halves(_ i: Int, _ panel: Panel) -> (first: PanelFrame, second: PanelFrame) {
      let first = panel.a * count + i, second = panel.b * count + i
      let node = node(i), m = node + -panel.middle, half = 0.5 * panel.length
      let logarithm = PanelLanes.load(middleLogarithms + first), angle = turned(middleDirections + first, panel)
      return (
        PanelFrame(
          node + -panel.start, m, tx: panel.tx, ty: panel.ty, length: half,
          logarithm1: .load(logarithms + first), logarithm2: logarithm, angle1: turned(directions + first, panel),
          angle2: angle),
        PanelFrame(
          m, node + -panel.end, tx: panel.tx, ty: panel.ty, length: half, logarithm1: logarithm,
          logarithm2: .load(logarithms + second), angle1: angle, angle2: turned(directions + second, panel))
      )
    }
  }

  @inline(__always)
  func withView(_ body: (View) -> Void) {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        logarithms.withUnsafeBufferPointer { logarithms in
          directions.withUnsafeBufferPointer { directions in
            middleLogarithms.withUnsafeBufferPointer { middleLogarithms in
              middleDirections.withUnsafeBufferPointer { middleDirections in
                body(
                  View(
                    count: count, x: x.baseAddress!, y: y.baseAddress!, logarithms: logarithms.baseAddress!,
                    directions: directions.baseAddress!,
                    middleLogarithms: middleLogarithms.baseAddress ?? logarithms.baseAddress!,
                    middleDirections: middleDirections.baseAddress ?? directions.baseAddress!))
              }
            }
          }
        }
      }
    }
  }
}
