import Foundation

/// The contents of `result.json` of a simulation of particles.
public struct ParticleResult: Codable, Sendable {
  public var title: String
  public var particles: Int
  public var steps: Int
  /// s
  public var endTime: Double
  /// s
  public var shortestStep: Double
  /// s
  public var longestStep: Double
  /// Of the sums over pairs: `single` or `double`.
  public var precision: String
  /// Kinetic energy at the end, in J (J/m in the plane).
  public var energy: Double
  /// Kinetic energy at the start.
  public var firstEnergy: Double
  /// m/s, at the end.
  public var greatestSpeed: Double
  /// Particles times steps over the CPU time of the steps alone.
  public var particleUpdatesPerCPUSecond: Double
  public var particleUpdatesPerWallSecond: Double
  /// The norm of the gradient of the final kinetic energy by the initial velocities; only where it was asked for.
  public var gradientNorm: Double?
  /// CPU time of value and gradient over that of the value alone, medians.
  public var gradientOverForward: Double?
  /// The most bytes of states that the gradient kept in memory.
  public var checkpointBytes: Int?
  /// The most bytes of states that the gradient kept on disk.
  public var checkpointDiskBytes: Int?
  /// Steps that the gradient repeated.
  public var recomputedSteps: Int?
  public var wallSeconds: Double
  public var cpuSeconds: Double
  public var peakMemoryBytes: Int
  public var threads: Int
  public var versions: RunResult.Versions

  public func json() throws -> String {
    String(decoding: try JSONEncoder.forResults.encode(self), as: UTF8.self) + "\n"
  }
}
