import CVectorLanes
import Foundation

/// A broken line of points and the panels between them, for loops over the panels as one field point sees them.
struct PanelLine: Sendable {
  let count: Int
  /// Of all points x, then y; of the panel from each the unit tangent's x, then y, the length, and the tangent's angle.
  private var numbers: [Double]

  init(x: [Double], y: [Double]) {
    let n = x.count
    count = n
    numbers = x + y + [Double](repeating: 0, count: 4 * n)
    for k in 0..<n - 1 {
      let dx = x[k + 1] - x[k], dy = y[k + 1] - y[k]
      let length = (dx * dx + dy * dy).squareRoot()
      numbers[2 * n + k] = dx / length
      numbers[3 * n + k] = dy / length
      numbers[4 * n + k] = length
    }
    numbers.withUnsafeMutableBufferPointer { numbers in
      let tx = numbers.baseAddress! + 2 * n
      PanelLanes.forEachGroup(n - 1) { k, _ in
        backsolve_doubles_atan2(.load(tx + n + k), .load(tx + k)).store(tx + 3 * n + k)
      }
    }
  }

  /// The logarithms of the distances from the points to a field point, then the directions from the points to it: what
  /// is dear in the influences, shared by the panels that meet at a point and by all loops with the same field point.
  struct Sight: Sendable {
    let field: SIMD2<Double>
    fileprivate let numbers: [Double]

    /// Of the first point, the third and so on.
    var ofEverySecond: Sight {
      let n = numbers.count / 2, half = (n + 1) / 2
      return Sight(
        field: field,
        numbers: [Double](unsafeUninitializedCapacity: 2 * half) { out, count in
          for i in 0..<half {
            out[i] = numbers[2 * i]
            out[half + i] = numbers[n + 2 * i]
          }
          count = 2 * half
        })
    }
  }

  /// A point has no direction from itself; its entry is never used.
  func sight(from field: SIMD2<Double>) -> Sight {
    let n = count, lanes = LaneVector(field)
    return Sight(
      field: field,
      numbers: [Double](unsafeUninitializedCapacity: 2 * n) { out, count in
        let logarithms = out.baseAddress!, directions = logarithms + n
        numbers.withUnsafeBufferPointer { numbers in
          let x = numbers.baseAddress!, y = x + n
          PanelLanes.forEachGroup(n) { i, _ in
            let dx = lanes.x - .load(x + i), dy = lanes.y - .load(y + i)
            (0.5 * backsolve_doubles_log(dx * dx + dy * dy)).store(logarithms + i)
            backsolve_doubles_atan2(dy, dx).store(directions + i)
          }
        }
        count = 2 * n
      })
  }

  /// Visits the panels that begin at some of the points in groups.
  @inline(__always)
  func forEachGroup(
    _ panels: Range<Int>, _ sight: Sight, _ body: (_ start: Int, _ weight: PanelLanes, PanelFrame) -> Void
  ) {
    let n = count, field = LaneVector(sight.field)
    numbers.withUnsafeBufferPointer { numbers in
      sight.numbers.withUnsafeBufferPointer { seen in
        let x = numbers.baseAddress! + panels.lowerBound, y = x + n
        let logarithms = seen.baseAddress! + panels.lowerBound, directions = logarithms + n
        PanelLanes.forEachGroup(panels.count) { k, weight in
          let normal = 0.5 * .pi + PanelLanes.load(x + 5 * n + k)
          body(
            panels.lowerBound + k, weight,
            PanelFrame(
              LaneVector(x: field.x - .load(x + k), y: field.y - .load(y + k)),
              LaneVector(x: field.x - .load(x + k + 1), y: field.y - .load(y + k + 1)), tx: .load(x + 2 * n + k),
              ty: .load(x + 3 * n + k), length: .load(x + 4 * n + k), logarithm1: .load(logarithms + k),
              logarithm2: .load(logarithms + k + 1), angle1: (normal - .load(directions + k)).wrapped,
              angle2: (normal - .load(directions + k + 1)).wrapped))
        }
      }
    }
  }

  /// Visits the points in groups as field points of the panel from `a` to `b`, both of which have them in sight.
  ///
  /// The angles have their cut along the panel and ahead of it: for the sources of a wake, whose stream function must not
  /// jump between the nodes of a foil, not even where a blunt edge is cut so obliquely that a corner stands beside the
  /// wake.
  @inline(__always)
  func forEachGroup(
    seenBy a: Sight, _ b: Sight, _ body: (_ start: Int, _ weight: PanelLanes, PanelFrame) -> Void
  ) {
    let n = count, from = LaneVector(a.field), to = LaneVector(b.field), d = b.field - a.field
    let length = (d * d).sum().squareRoot()
    let tx = PanelLanes(repeating: d.x / length), ty = PanelLanes(repeating: d.y / length)
    // The sights look from the points to the panel, the panel's angles the other way.
    let normal = PanelLanes(repeating: 0.5 * .pi + atan2(-d.y, -d.x))
    func angle(_ direction: UnsafePointer<Double>) -> PanelLanes {
      let angle = (normal - .load(direction)).wrapped
      return backsolve_doubles_where_above(angle, 0.5 * .pi, angle - 2 * .pi, angle)
    }
    numbers.withUnsafeBufferPointer { numbers in
      a.numbers.withUnsafeBufferPointer { first in
        b.numbers.withUnsafeBufferPointer { second in
          let x = numbers.baseAddress!, y = x + n, one = first.baseAddress!, two = second.baseAddress!
          PanelLanes.forEachGroup(n) { i, weight in
            let point = LaneVector(x: .load(x + i), y: .load(y + i))
            body(
              i, weight,
              PanelFrame(
                point + -from, point + -to, tx: tx, ty: ty, length: PanelLanes(repeating: length),
                logarithm1: .load(one + i), logarithm2: .load(two + i), angle1: angle(one + n + i),
                angle2: angle(two + n + i)))
          }
        }
      }
    }
  }
}
