import Foundation
import InverseDesign

/// The largest resident memory since a moment; of the whole process where the system cannot restart its count.
enum PeakMemory {
  static func restart() {
    guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? handle.write(contentsOf: Data("5".utf8))
    try? handle.close()
  }

  static var bytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(separator: " ").compactMap { Int($0) }.first
    return kilobytes.map { $0 * 1024 } ?? ProcessUsage.peakMemoryBytes
  }
}
