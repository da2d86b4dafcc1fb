import DifferentiableCore

/// The numbers at the front of the state of an ``AirfoilFlow``, in order.
public enum AirfoilCoefficient: Int, CaseIterable, Sendable {
  case lift, drag
  /// About the quarter chord, positive nose up.
  case moment
  /// The part of the drag that is friction, and the rest.
  case frictionDrag, pressureDrag
  /// Where the flow turns turbulent, x in chords; 1 where it stays laminar to the trailing edge.
  case upperTransition, lowerTransition
  /// The angle of attack, in radians.
  case angle
}

/// Where in the state of an ``AirfoilFlow`` everything is.
///
/// `[coefficients | pressure | edge velocity | momentum thickness | displacement thickness | amplification or shear]`:
/// the pressure has an entry for each node, what follows one for each station, which are the nodes and then the points
/// of the wake. Without viscosity the state ends after the pressures.
public struct AirfoilStateLayout: Sendable, Hashable {
  public let nodeCount: Int
  /// Points of the wake; zero without viscosity.
  public let wakeCount: Int

  public init(nodeCount: Int, viscous: Bool) {
    self.nodeCount = nodeCount
    wakeCount = viscous ? Self.wakeCount(nodeCount) : 0
  }

  /// A wake of one chord has about a tenth of the stations of the surface.
  static func wakeCount(_ nodeCount: Int) -> Int { nodeCount / 12 + 10 }

  public var stationCount: Int { nodeCount + wakeCount }
  public var pressure: Range<Int> { block(AirfoilCoefficient.allCases.count, nodeCount) }
  public var edgeVelocity: Range<Int> { block(pressure.upperBound, profileCount) }
  public var momentumThickness: Range<Int> { block(edgeVelocity.upperBound, profileCount) }
  public var displacementThickness: Range<Int> { block(momentumThickness.upperBound, profileCount) }
  public var amplificationOrShear: Range<Int> { block(displacementThickness.upperBound, profileCount) }
  public var count: Int { amplificationOrShear.upperBound }

  private var profileCount: Int { wakeCount == 0 ? 0 : stationCount }
  private func block(_ start: Int, _ count: Int) -> Range<Int> { start..<start + count }

  public var blocks: [Block] {
    var blocks = [
      Block("coefficients", shape: [AirfoilCoefficient.allCases.count]), Block("pressure", shape: [nodeCount]),
    ]
    if wakeCount > 0 {
      blocks += ["edge-velocity", "momentum-thickness", "displacement-thickness", "amplification-or-shear"].map {
        Block($0, shape: [stationCount])
      }
    }
    return blocks
  }
}

/// The flow about a foil, and how it was found.
public struct AirfoilSolution: Sendable {
  public let layout: AirfoilStateLayout
  /// All of it in one vector, as ``AirfoilStateLayout`` describes.
  public let state: DenseVector
  /// How the solve went: Newton's steps and the largest residual of the equations.
  public let report: SolveReport
  /// Points of the wake, `[wakeCount, 2]` row-major, in chords.
  public let wake: DenseVector
  /// The skin friction coefficient of each station, by the dynamic pressure of the free stream; empty without viscosity.
  public let skinFriction: [Double]
  /// The kinematic shape factor of each station; empty without viscosity.
  public let shapeFactor: [Double]
  /// The distance along the surface from the stagnation point to each station; empty without viscosity.
  public let stationDistance: [Double]
  /// The last node of the upper side: the stagnation point lies between it and the next.
  public let stagnationNode: Int

  public subscript(coefficient: AirfoilCoefficient) -> Double { state[coefficient.rawValue] }

  public var lift: Double { self[.lift] }
  public var drag: Double { self[.drag] }
  public var moment: Double { self[.moment] }
  public var frictionDrag: Double { self[.frictionDrag] }
  public var pressureDrag: Double { self[.pressureDrag] }
  public var upperTransition: Double { self[.upperTransition] }
  public var lowerTransition: Double { self[.lowerTransition] }
  /// The angle of attack, in radians.
  public var angle: Double { self[.angle] }
  /// The pressure coefficient of each node.
  public var pressure: [Double] { Array(state.elements[layout.pressure]) }
  /// The velocity at the edge of the boundary layer of each station, relative to the free stream, positive downstream.
  public var edgeVelocity: [Double] { Array(state.elements[layout.edgeVelocity]) }
  /// In chords, for each station.
  public var momentumThickness: [Double] { Array(state.elements[layout.momentumThickness]) }
  /// In chords, for each station; in the wake with the gap of a blunt edge.
  public var displacementThickness: [Double] { Array(state.elements[layout.displacementThickness]) }
  /// For each station the amplification N where the layer is laminar, the root of the shear stress coefficient where it
  /// is turbulent.
  public var amplificationOrShear: [Double] { Array(state.elements[layout.amplificationOrShear]) }
}

/// The derivatives of a functional of the flow.
public struct AirfoilGradient: Sendable {
  /// By the nodes, `[nodeCount, 2]` row-major.
  public var surface: DenseVector
  /// By the angle (per radian) or the lift, whichever is given.
  public var loading = 0.0
  public var reynolds = 0.0
  public var mach = 0.0
  public var criticalAmplification = 0.0
}

/// A flow with its derivative there.
public struct AirfoilLinearization {
  public let solution: AirfoilSolution
  /// A seed on the state to the gradient. May be called many times; a call costs about one linear solve.
  public let pullback: (DenseVector) throws(SolveFailure) -> AirfoilGradient

  /// The gradient of one coefficient.
  public func gradient(of coefficient: AirfoilCoefficient) throws(SolveFailure) -> AirfoilGradient {
    var seed = DenseVector(zeros: solution.layout.count)
    seed[coefficient.rawValue] = 1
    return try pullback(seed)
  }
}
