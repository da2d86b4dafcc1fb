import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

@Suite("Flow with viscosity")
struct ViscousTests {
  /// Without optimization an analysis takes seconds, so only some of the points are compared then.
  #if DEBUG
    static let every = 90
  #else
    static let every = 1
  #endif

  struct Point: Sendable, CustomStringConvertible {
    let foil: String, reynolds: Double, trip: Double?
    /// Angle in degrees, lift, drag, moment, upper and lower transition.
    let row: [Double]
    var description: String { "\(foil) at \(row[0]) degrees, Re \(reynolds), trip \(trip ?? 1)" }
  }

  static let points: [Point] = {
    guard let reference = XFOILReference.naca else { return [] }
    var points: [Point] = []
    for (name, foil) in reference.foils.sorted(by: { $0.key < $1.key }) {
      for polar in foil.viscous {
        points += polar.polar.map { Point(foil: name, reynolds: polar.reynolds, trip: nil, row: $0) }
      }
    }
    for polar in reference.tripped {
      points += polar.polar.map { Point(foil: polar.foil, reynolds: polar.reynolds, trip: polar.trip, row: $0) }
    }
    return points
  }()

  @Test("a cold start converges to the coefficients of XFOIL")
  func againstXFOIL() throws {
    let reference = try #require(XFOILReference.naca)
    #expect(Self.points.count == 161)
    var converged = 0, asked = 0
    var errors: [[Double]] = [[], [], [], []]
    for point in stride(from: 0, to: Self.points.count, by: Self.every).map({ Self.points[$0] }) {
      let foil = try #require(reference.foils[point.foil])
      let condition = FlowCondition(
        .angle(point.row[0] * .pi / 180), reynolds: point.reynolds, upperTrip: point.trip, lowerTrip: point.trip)
      let flow = AirfoilFlow(nodeCount: 160, condition: condition)
      var workspace = flow.makeWorkspace()
      asked += 1
      guard let solution = try? flow.solve(surface: DenseVector(foil.nodes), in: &workspace) else { continue }
      #expect(solution.report.relativeResidual < 1e-8, "\(point)")
      converged += 1
      if !(-2...8).contains(point.row[0]) { continue }
      let lift = abs(solution.lift - point.row[1]), drag = abs(solution.drag / point.row[2] - 1)
      let moment = abs(solution.moment - point.row[3])
      let transition = max(
        abs(solution.upperTransition - point.row[4]), abs(solution.lowerTransition - point.row[5]))
      #expect(lift < max(0.005, 0.01 * abs(point.row[1])), "\(point)")
      #expect(drag < 0.03, "\(point)")
      #expect(moment < 0.002, "\(point)")
      #expect(transition < 0.02, "\(point)")
      for (k, error) in [lift, drag, moment, transition].enumerated() { errors[k].append(error) }
    }
    #expect(Double(converged) >= 0.98 * Double(asked), "\(converged) of \(asked)")
    let medians = errors.map { $0.sorted()[$0.count / 2] }
    #expect(medians[0] < 0.005 / 3 && medians[1] < 0.01 && medians[2] < 0.002 / 3 && medians[3] < 0.02 / 3)
  }

  @Test("the layer is that of XFOIL, station by station")
  func layerAgainstXFOIL() throws {
    let reference = try #require(XFOILReference.naca)
    let layer = reference.layer
    let foil = try #require(reference.foils[layer.foil])
    let condition = FlowCondition(.angle(layer.alpha * .pi / 180), reynolds: layer.reynolds)
    let flow = AirfoilFlow(nodeCount: 160, condition: condition)
    var workspace = flow.makeWorkspace()
    let solution = try flow.solve(surface: DenseVector(foil.nodes), in: &workspace)
    #expect(layer.rows.count == solution.layout.stationCount)
    let velocity = solution.edgeVelocity, theta = solution.momentumThickness, delta = solution.displacementThickness
    for (i, row) in layer.rows.enumerated() {
      // Printed to 5 and 6 digits after the point.
      #expect(abs(velocity[i] - abs(row[3])) < 0.002, "station \(i)")
      #expect(abs(delta[i] - row[4]) < 2e-6 + 0.01 * row[4], "station \(i)")
      #expect(abs(theta[i] - row[5]) < 2e-6 + 0.01 * row[5], "station \(i)")
      #expect(abs(solution.skinFriction[i] - row[6]) < 2e-5 + 0.02 * abs(row[6]), "station \(i)")
    }
  }

  /// The base is vertical and the camber line is not: a corner of it stands beside the wake. XFOIL 6.99 on 160 panels of
  /// its own finds these numbers.
  @Test("a cambered foil with a blunt edge has the lift that XFOIL finds")
  func obliqueEdge() throws {
    let count = 120
    // NACA 4421 as XFOIL makes it, the thickness laid off along y.
    let surface = DenseVector(
      (0..<count).flatMap { i -> [Double] in
        let x = 0.5 * (1 + cos(2 * .pi * Double(i) / Double(count - 1))), side = i < count / 2 ? 1.0 : -1.0
        let shape = 0.2969 * x.squareRoot() - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1015 * x * x * x * x
        let camber = x < 0.4 ? (0.8 * x - x * x) / 0.16 : (0.2 + 0.8 * x - x * x) / 0.36
        return [x, 0.04 * camber + side * 5 * 0.21 * shape]
      })
    let flow = AirfoilFlow(nodeCount: count, condition: FlowCondition(.angle(4 * .pi / 180), reynolds: 3e6))
    var workspace = flow.makeWorkspace()
    let solution = try flow.solve(surface: surface, in: &workspace)
    #expect(abs(solution.lift - 0.9040) < 0.003, "\(solution.lift)")
    #expect(abs(solution.drag / 0.00732 - 1) < 0.01, "\(solution.drag)")
    #expect(abs(solution.moment + 0.0959) < 0.001, "\(solution.moment)")
  }

  @Test("a given lift is reached, and what cannot be solved says where")
  func loadings() throws {
    let reference = try #require(XFOILReference.naca)
    // Every fourth node: coarse, and quick without optimization.
    let all = try #require(reference.foils["naca2412"]).nodes
    var coarse: [Double] = []
    for i in 0..<160 where i % 4 == 0 || i == 159 { coarse += [all[2 * i], all[2 * i + 1]] }
    let surface = DenseVector(coarse)
    let count = surface.count / 2
    let flow = AirfoilFlow(nodeCount: count, condition: FlowCondition(.lift(0.5), reynolds: 1e6))
    var workspace = flow.makeWorkspace()
    let solution = try flow.solve(surface: surface, in: &workspace)
    #expect(abs(solution.lift - 0.5) < 1e-9)
    #expect(abs(solution.angle * 180 / .pi - 2.3) < 0.4)

    #if !DEBUG
      let impossible = AirfoilFlow(nodeCount: count, condition: FlowCondition(.lift(6), reynolds: 1e6))
      #expect(throws: SolveFailure.self) { try impossible.solve(surface: surface, in: &workspace) }
    #endif
    var turned: [Double] = []
    for i in (0..<count).reversed() { turned += [coarse[2 * i], coarse[2 * i + 1]] }
    let clockwise = DenseVector(turned)
    #expect(throws: SolveFailure.self) { try flow.solve(surface: clockwise, in: &workspace) }
  }
}
