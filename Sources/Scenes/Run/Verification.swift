import Foundation
import InverseDesign

/// The thresholded design of a run beside the optimized one.
public struct Verification: Codable, Sendable {
  /// Weighted like the scene's objective where there are several load cases; J, or W K.
  public var optimizedCompliance: Double
  public var thresholdedCompliance: Double
  /// Relative to the optimized value.
  public var difference: Double
  public var threshold: Double
  public var volumeFraction: Double
  /// The same for the thresholded body.
  public var thresholdedVolumeFraction: Double
  /// Solid cells that hang on no support; they are left out.
  public var floatingCells: Int
  /// The share of the loads that acts on removed material. Where it is not zero, the two values are of different loads.
  public var lostLoad: Double
  public var relativeResidual: Double

  /// - Parameter directory: a folder that `optimize` wrote.
  public static func run(_ directory: String) throws -> Verification {
    let (_, scene) = try RunFolder.load(directory)
    let domain = scene.domain.domain
    let field = try DensityFile.read(directory + "/design.npy", cells: domain.cellCount)
    let before = try scene.analysis.analyse(field)
    let after: ThresholdedResult
    do {
      after = try scene.analysis.analyseThresholded(field)
    } catch let failure as SolveFailure {
      throw SolveFailure(
        failure.kind,
        "the thresholded body cannot be analysed: parts of it hang together by single nodes or not at all (\(failure.message)); "
          + "a projection or a larger filter radius gives cleaner designs", attempts: failure.attempts)
    }
    let volumes = domain.cellVolumes
    let a = before.compliances.reduce(0, +), b = after.compliances.reduce(0, +)
    return Verification(
      optimizedCompliance: a, thresholdedCompliance: b, difference: b / a - 1, threshold: after.threshold,
      volumeFraction: field.dot(volumes) / volumes.sum, thresholdedVolumeFraction: after.volumeFraction,
      floatingCells: after.floatingCells, lostLoad: after.lostLoad,
      relativeResidual: after.report.relativeResidual)
  }

  public var words: String {
    func n(_ value: Double, _ digits: Int = 7) -> String { NumberFormat.significant(value, digits: digits) }
    var lines = [
      "compliance as optimized    \(n(optimizedCompliance))  (volume fraction \(n(volumeFraction, 4)))",
      "compliance thresholded     \(n(thresholdedCompliance))  (volume fraction \(n(thresholdedVolumeFraction, 4)), cut at density \(n(threshold, 4)))",
      "difference                 \(n(100 * difference, 4)) %",
    ]
    if floatingCells > 0 { lines.append("left out                   \(floatingCells) cells that hang on no support") }
    if lostLoad > 0 {
      lines.append(
        "not carried                \(n(100 * lostLoad, 3)) % of the loads act on removed material: the difference does not compare "
          + "like with like")
    }
    return lines.joined(separator: "\n")
  }

  public func json() throws -> String {
    let encoder = JSONEncoder.forResults
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
