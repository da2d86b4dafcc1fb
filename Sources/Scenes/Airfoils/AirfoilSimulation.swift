import Aerodynamics
import FieldIO
import Foundation
import InverseDesign
import Pictures

/// The flow about a scene's foil at its operating points, with its files written.
public struct AirfoilSimulation {
  /// The contents of `result.json`.
  public struct Result: Codable, Sendable {
    public struct Point: Codable, Sendable {
      public var name: String
      public var coefficients: AirfoilPolar.Row
    }

    public var title: String
    public var foil: String
    public var points: [Point]
    /// Objective and constraint rows by name, where the scene has a design.
    public var responses: [String: Double]
    public var notes: [String]
    public var wallSeconds: Double
    public var cpuSeconds: Double
    public var peakMemoryBytes: Int
    public var threads: Int

    public func json() throws -> String {
      String(decoding: try JSONEncoder.forResults.encode(self), as: UTF8.self) + "\n"
    }
  }

  private let file: SceneFile
  private let scene: AirfoilScene

  public init(file: SceneFile, scene: AirfoilScene) {
    self.file = file
    self.scene = scene
  }

  /// - Parameters:
  ///   - designFile: variables of the scene's design as an `.npy` file; its start when nil.
  ///   - directory: the folder of the run.
  /// - Throws: `SolveFailure` where no operating point has a solution.
  public func run(designFile: String?, into directory: String) throws -> Result {
    let wall = ProcessUsage.wallSeconds
    var surface = scene.foil
    var responses: [String: Double] = [:]
    if let design = scene.design {
      let variables = try designFile.map { try Self.variables($0, design) } ?? design.problem.start
      surface = try design.surface(variables)
      let values = try design.problem.responses.makeSession().evaluate(variables, gradientsOf: [])
      for (name, value) in zip(design.problem.responses.names, values.values) { responses[name] = value }
    } else if let designFile {
      throw CommandFailure(.usage, "\(designFile): error: the scene has no design, so there is nothing to evaluate")
    }
    let nodes = Repanelling(nodeCount: scene.panels).apply(surface)
    let rows = AirfoilPolar(surface: nodes).rows(scene.flowConditions)
    if !rows.contains(where: \.converged) {
      throw SolveFailure(.stalled, "no operating point has a solution: \(rows.first?.reason ?? "")")
    }
    let folder = try RunDirectory(directory)
    folder.remove("result.json")
    try folder.write(file.resolvedText, to: "scene.yaml")
    let written = try AirfoilFiles(file: file, scene: scene, folder: folder).write(start: nil, found: nodes)
    let result = Result(
      title: scene.title, foil: scene.foilName,
      points: zip(scene.conditions, rows).map { .init(name: $0.name, coefficients: $1) }, responses: responses,
      notes: scene.notes, wallSeconds: ProcessUsage.wallSeconds - wall, cpuSeconds: ProcessUsage.cpuSeconds,
      peakMemoryBytes: ProcessUsage.peakMemoryBytes, threads: Threads.count)
    let json = try result.json()
    if scene.output.report {
      let page = ReportPage(
        title: scene.title, subtitle: file.scene.description ?? "", summary: result.points.map(Self.summary),
        pictures: written.pictures, sceneText: file.resolvedText, resultJSON: json,
        footer: "Backsolve \(Version.backsolve)")
      try folder.write(page.html, to: "report.html")
    }
    try folder.write(json, to: "result.json")
    return result
  }

  private static func summary(_ point: Result.Point) -> ReportPage.Row {
    func number(_ value: Double) -> String { NumberFormat.significant(value, digits: 4) }
    let row = point.coefficients
    guard row.converged else { return .init(point.name, "not converged") }
    return .init(
      point.name,
      "α \(number(row.alpha))°, Cl \(number(row.cl)), Cd \(number(row.cd)), Cm \(number(row.cm)), "
        + "transition \(number(row.xtrTop)) and \(number(row.xtrBottom))")
  }

  private static func variables(_ path: String, _ design: AirfoilDesign) throws -> DenseVector {
    let array: NPYFile
    do {
      array = try NPYFile(bytes: try AtomicFile.read(path), path: path)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    guard array.values.count == design.problem.start.count else {
      throw CommandFailure(
        .usage,
        "\(path): error: found \(array.values.count) entries, expected \(design.problem.start.count) variables")
    }
    guard array.values.allSatisfy(\.isFinite) else {
      throw CommandFailure(.usage, "\(path): error: an entry is not finite")
    }
    return DenseVector(array.values)
  }
}
