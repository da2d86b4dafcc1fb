import FieldIO
import Foundation
import InverseDesign

/// One solve of a scene, with its fields written.
public struct Simulation {
  public struct Result: Codable, Sendable {
    public var title: String
    /// Objective and constraint rows by name.
    public var responses: [String: Double]
    public var solver: RunResult.Solver
    public var wallSeconds: Double
    public var cpuSeconds: Double
    public var peakMemoryBytes: Int
    public var threads: Int

    public func json() throws -> String {
      let encoder = JSONEncoder.forResults
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  private let file: SceneFile
  private let scene: BuiltScene

  public init(file: SceneFile, scene: BuiltScene) {
    self.file = file
    self.scene = scene
  }

  /// - Parameters:
  ///   - designFile: densities as a physical field; the scene's start when nil.
  ///   - directory: where the results go.
  public func run(designFile: String?, into directory: String) throws -> Result {
    let wall = ProcessUsage.wallSeconds
    var state: DenseVector
    var field: DenseVector
    var report: SolveReport
    var responses: [String: Double] = [:]
    if let designFile {
      field = try DensityFile.read(designFile, cells: scene.domain.domain.cellCount)
      let result = try scene.analysis.analyse(field)
      (state, report) = (result.state, result.report)
      for (index, value) in result.compliances.enumerated() { responses["compliance.\(index + 1)"] = value }
    } else {
      let session = scene.problem.responses.makeSession()
      let result = try session.evaluate(scene.problem.bounds.project(scene.problem.start), gradientsOf: [])
      (state, field, report) = (result.state, result.field, result.report)
      for (name, value) in zip(scene.problem.responses.names, result.values) { responses[name] = value }
    }
    let folder = try RunDirectory(directory)
    let writer = RunWriter(scene: scene, file: file, folder: folder)
    let result = Result(
      title: scene.title, responses: responses,
      solver: .init(
        name: report.solver, reason: scene.solver.reason, iterations: report.iterations,
        relativeResidual: report.relativeResidual, unknowns: scene.solver.unknowns),
      wallSeconds: ProcessUsage.wallSeconds - wall, cpuSeconds: ProcessUsage.cpuSeconds,
      peakMemoryBytes: ProcessUsage.peakMemoryBytes, threads: Threads.count)
    try folder.write(file.resolvedText, to: "scene.yaml")
    try writer.writeSimulation(field: field, state: state, responses: responses, result: result)
    return result
  }
}

/// A density per cell from an `.npy` file.
enum DensityFile {
  static func read(_ path: String, cells: Int) throws -> DenseVector {
    let array: NPYFile
    do {
      array = try NPYFile(bytes: try AtomicFile.read(path), path: path)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    guard array.values.count == cells else {
      throw CommandFailure(
        .usage, "\(path): error: found \(array.values.count) entries, expected \(cells), one per cell")
    }
    // A filter keeps bounds to the accuracy of its solver, and what a run wrote must read back.
    guard array.values.allSatisfy({ $0 >= -1e-6 && $0 <= 1 + 1e-6 }) else {
      throw CommandFailure(.usage, "\(path): error: a density is not between 0 and 1")
    }
    return DenseVector(array.values)
  }
}
