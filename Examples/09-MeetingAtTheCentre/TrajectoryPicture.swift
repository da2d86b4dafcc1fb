import DesignSamplers
import Foundation
import Pictures

/// Trajectories as pictures: a way for each disc, pale at the start, and the disc where it begins (outline) and ends (filled).
struct TrajectoryPicture {
  private static let colors: [Color] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x7F3C8D, 0x5A6875]
    .map { Color(hex: $0) }

  static func render(_ task: MeetingTask, _ design: DenseVector, pixels: Int = 300) -> Raster {
    let states = task.trajectory(design)
    let n = task.discs.count, scale = Double(pixels) / task.discs.side
    var canvas = Canvas(width: pixels, height: pixels)
    func place(_ state: [Double], _ i: Int) -> SIMD2<Double> {
      [scale * state[2 * i], scale * (task.discs.side - state[2 * i + 1])]
    }
    func circle(_ center: SIMD2<Double>) -> [SIMD2<Double>] {
      (0..<48).map { k in
        let angle = 2 * Double.pi * Double(k) / 48
        return center + scale * task.discs.radius * SIMD2(cos(angle), sin(angle))
      }
    }
    for i in 0..<n {
      canvas.fill(circle(place(states[states.count - 1], i)), colors[i % colors.count].mixed(with: .white, 0.6))
    }
    for i in 0..<n {
      let color = colors[i % colors.count], outline = circle(place(states[0], i))
      for k in outline.indices {
        canvas.line(from: outline[k], to: outline[(k + 1) % outline.count], width: 1, color.mixed(with: .white, 0.5))
      }
      for (step, (a, b)) in zip(states, states.dropFirst()).enumerated() {
        let age = Float(step) / Float(states.count)
        canvas.line(from: place(a, i), to: place(b, i), width: 2, color.mixed(with: .white, 0.6 * (1 - age)))
      }
    }
    let centre = 0.5 * Double(pixels)
    canvas.line(from: [centre - 5, centre], to: [centre + 5, centre], width: 1.5, .ink)
    canvas.line(from: [centre, centre - 5], to: [centre, centre + 5], width: 1.5, .ink)
    return canvas.raster
  }
}
