import Aerodynamics
import DifferentiableCore

/// A foil at many operating points: sequences that start each solve from the one before, several at the same time.
public struct AirfoilPolar: Sendable {
  /// One operating point of a polar; what was not found is not a number here, and `null` in JSON.
  public struct Row: Sendable, Equatable {
    /// Degrees.
    public var alpha: Double
    public var cl: Double
    public var cd: Double
    public var cm: Double
    public var xtrTop: Double
    public var xtrBottom: Double
    public var converged: Bool
    /// Why it did not converge.
    public var reason: String?
  }

  public let surface: DenseVector

  /// - Parameter surface: `[nodeCount, 2]`, as the panels have it.
  public init(surface: DenseVector) { self.surface = surface }

  /// - Parameters:
  ///   - conditions: The operating points, in the order of a sweep.
  ///   - chainLength: Points of a chain start from each other, so that a chain is also the unit of parallel work.
  public func rows(_ conditions: [FlowCondition], chainLength: Int = 20) -> [Row] {
    var rows = [Row?](repeating: nil, count: conditions.count)
    let surface = surface
    // Where the surface cannot be prepared, every row says so.
    var prepared: AirfoilFlow.Workspace?
    if let condition = conditions.first {
      let flow = AirfoilFlow(nodeCount: surface.count / 2, condition: condition)
      var workspace = flow.makeWorkspace()
      if (try? flow.prepare(surface: surface, in: &workspace)) != nil { prepared = workspace }
    }
    let common = prepared
    rows.withUnsafeMutableBufferPointer { rows in
      let shared = UncheckedShared(rows)
      let chains = (conditions.count + chainLength - 1) / chainLength
      concurrentlyForEach(piece: chains) { chain in
        let range = chain * chainLength..<min((chain + 1) * chainLength, conditions.count)
        var workspace = common
        for index in range {
          let flow = AirfoilFlow(nodeCount: surface.count / 2, condition: conditions[index])
          var current = workspace ?? flow.makeWorkspace()
          shared.value[index] = Self.row(flow, surface, &current)
          workspace = current
        }
      }
    }
    return rows.compactMap { $0 }
  }

  private static func row(_ flow: AirfoilFlow, _ surface: DenseVector, _ workspace: inout AirfoilFlow.Workspace) -> Row
  {
    func degrees(_ angle: Double) -> Double { angle * 180 / .pi }
    do throws(SolveFailure) {
      let solution = try flow.solve(surface: surface, in: &workspace)
      return Row(
        alpha: degrees(solution.angle), cl: solution.lift, cd: solution.drag, cm: solution.moment,
        xtrTop: solution.upperTransition, xtrBottom: solution.lowerTransition, converged: true, reason: nil)
    } catch {
      var row = Row(
        alpha: .nan, cl: .nan, cd: .nan, cm: .nan, xtrTop: .nan, xtrBottom: .nan, converged: false, reason: "\(error)")
      switch flow.condition.loading {
      case .angle(let angle): row.alpha = degrees(angle)
      case .lift(let lift): row.cl = lift
      }
      return row
    }
  }
}

extension AirfoilPolar.Row: Codable {
  private enum Key: String, CodingKey { case alpha, cl, cd, cm, xtrTop, xtrBottom, converged, reason }

  private static let numbers: [(Key, WritableKeyPath<Self, Double> & Sendable)] = [
    (.alpha, \.alpha), (.cl, \.cl), (.cd, \.cd), (.cm, \.cm), (.xtrTop, \.xtrTop), (.xtrBottom, \.xtrBottom),
  ]

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(
      alpha: .nan, cl: .nan, cd: .nan, cm: .nan, xtrTop: .nan, xtrBottom: .nan,
      converged: try values.decode(Bool.self, forKey: .converged),
      reason: try values.decodeIfPresent(String.self, forKey: .reason))
    for (key, path) in Self.numbers {
      self[keyPath: path] = try values.decodeIfPresent(Double.self, forKey: key) ?? .nan
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    for (key, path) in Self.numbers {
      let number = self[keyPath: path]
      if number.isFinite { try values.encode(number, forKey: key) } else { try values.encodeNil(forKey: key) }
    }
    try values.encode(converged, forKey: .converged)
    try values.encodeIfPresent(reason, forKey: .reason)
  }
}
