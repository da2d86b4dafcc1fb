/// Where fluid enters and leaves the box, and the particles kept for it.
///
/// A state has one size: particles that have left are parked, without a part in the flow, until they enter again. Beyond
/// the plane of an inlet particles move on with the velocity that they have, as those behind them did, and feel the
/// pressure of the fluid; where one crosses the plane, a parked one takes the place `depth` behind it, with the velocity
/// it had there. So the inflow is what the velocities of the particles beyond the plane are at the start, or what the
/// inlet's `history` makes them. Beyond the plane of an outlet particles keep the velocity they leave with, and lose their
/// pressure, or take that of water at rest under the boundary's `surface`; `depth` further they are parked.
/// After Lastiwka, Basa, Quinlan, Int. J. Numer. Methods Fluids 61 (2009), and Federico et al., Eur. J. Mech. B 34 (2012).
///
/// That particles enter and leave at steps is not differentiated: the gradient is that with these events held.
public struct OpenFlow: Sendable, Equatable {
  public var boundaries: [OpenBoundary]
  /// The last particles of the system, so many, are parked at the start.
  public var parked: Int

  /// Which of the boundaries are inlets with a history.
  var driven: [Int] { boundaries.indices.filter { boundaries[$0].kind == .inlet && boundaries[$0].history != nil } }

  public init(boundaries: [OpenBoundary], parked: Int) {
    self.boundaries = boundaries
    self.parked = parked
  }
}

/// A plane across one axis, fluid on one side of it and particles that enter or leave on the other.
public struct OpenBoundary: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case inlet, outlet
  }

  public var name: String
  public var kind: Kind
  public var axis: Int
  /// True where the fluid lies below the plane.
  public var isUpper: Bool
  /// m
  public var plane: Double
  /// How far particles reach beyond the plane, m: the kernel's support at least.
  public var depth: Double
  /// The height y of the surface beyond an outlet, m: below it the pressure there is that of the fluid at rest. Nil without
  /// pressure.
  public var surface: Double?
  /// How fast fluid enters over time, for an inlet; nil where what is beyond its plane keeps the velocities it begins with.
  public var history: InflowHistory?
  /// Corners of what is open of the plane, m, one entry an axis; the boundary's own axis does not count. Beyond the plane,
  /// but beside the opening, there is fluid as everywhere. Nil: all of the plane.
  public var opening: (lower: [Double], upper: [Double])? {
    get { lower.isEmpty ? nil : (lower, upper) }
    set {
      lower = newValue?.lower ?? []
      upper = newValue?.upper ?? []
    }
  }
  private var lower: [Double] = []
  private var upper: [Double] = []

  public init(_ name: String, _ kind: Kind, axis: Int, isUpper: Bool, plane: Double, depth: Double) {
    self.name = name
    self.kind = kind
    self.axis = axis
    self.isUpper = isUpper
    self.plane = plane
    self.depth = depth
  }

  /// How far a place is beyond the plane, m; negative in the fluid.
  func beyond(_ place: UnsafePointer<Double>) -> Double { isUpper ? place[axis] - plane : plane - place[axis] }

  /// Whether a place is beyond the opening, by more than a distance, m.
  func holds(_ place: UnsafePointer<Double>, deeperThan distance: Double = 0) -> Bool {
    if beyond(place) <= distance { return false }
    return lower.indices.allSatisfy { $0 == axis || (lower[$0]...upper[$0]).contains(place[$0]) }
  }
}

/// What a particle of the fluid is to a scheme.
enum FluidRole: UInt8 {
  case inside, entering, leaving, parked
}

extension OpenFlow {
  /// - Parameters:
  ///   - place: its position, m.
  ///   - density: kg/m³, zero where it is parked.
  func role(_ place: UnsafePointer<Double>, density: Double) -> FluidRole {
    if density == 0 { return .parked }
    for boundary in boundaries where boundary.holds(place) {
      return boundary.kind == .inlet ? .entering : .leaving
    }
    return .inside
  }

  /// The height of the surface over a particle that leaves, m; nil where there is no pressure.
  func surface(over place: UnsafePointer<Double>) -> Double? {
    boundaries.first { $0.holds(place) }?.surface
  }
}
