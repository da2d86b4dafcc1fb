import Foundation

/// One task of a JSON file of structural topology-optimization tasks: `{ "tasks": [...], "physics": {...} }`.
///
/// Axes as in the file: x to the right, y downward; rectangles are inclusive index ranges [x0, x1, y0, y1]; degrees of
/// freedom are positive downward. The runner turns them over.
/// Format: the task collection of Hoyer, Sohl-Dickstein, Greydanus (2019), arXiv:1909.04240, as data.
public struct StructuralTask: Decodable, Sendable {
  public let name: String
  public let width: Int
  public let height: Int
  /// Filled fraction of the designable area.
  public let density: Double
  public let fixedX: [[Int]]
  public let fixedY: [[Int]]
  /// Rows [x, y, fx, fy].
  public let forces: [[Double]]
  public let passiveVoidElements: [[Int]]

  enum CodingKeys: String, CodingKey {
    case name, width, height, density, forces
    case fixedX = "fixed_x"
    case fixedY = "fixed_y"
    case passiveVoidElements = "passive_void_elements"
  }

  private struct File: Decodable { let tasks: [StructuralTask] }

  /// Reads a file of tasks.
  public static func read(_ path: String) throws -> [StructuralTask] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.usage, "\(path): error: cannot be read")
    }
    let tasks: [StructuralTask]
    do {
      tasks = try JSONDecoder().decode(File.self, from: data).tasks
    } catch {
      throw CommandFailure(.usage, "\(path): error: is not a file of structural tasks: \(error)")
    }
    for task in tasks { try task.check(path) }
    return tasks
  }

  private func check(_ path: String) throws {
    func refuse(_ what: String) -> CommandFailure { CommandFailure(.usage, "\(path): error: task '\(name)': \(what)") }
    guard (1...100_000).contains(width), (1...100_000).contains(height), width * height <= 100_000_000 else {
      throw refuse("a grid of \(width) x \(height) cells is not sensible")
    }
    guard density > 0, density <= 1 else { throw refuse("density \(density) is not in (0, 1]") }
    func inside(_ r: [Int], _ x: Int, _ y: Int) -> Bool {
      r.count == 4 && 0 <= r[0] && r[0] <= r[1] && r[1] <= x && 0 <= r[2] && r[2] <= r[3] && r[3] <= y
    }
    guard (fixedX + fixedY).allSatisfy({ inside($0, width, height) }) else {
      throw refuse("a support is outside the grid")
    }
    guard passiveVoidElements.allSatisfy({ inside($0, width - 1, height - 1) }) else {
      throw refuse("a void region is outside the grid")
    }
    guard
      forces.allSatisfy({ f in
        f.count == 4 && f.allSatisfy(\.isFinite) && (0...Double(width)).contains(f[0]) && f[0] == f[0].rounded()
          && (0...Double(height)).contains(f[1]) && f[1] == f[1].rounded()
      })
    else { throw refuse("a force is outside the grid or not finite") }
  }
}
