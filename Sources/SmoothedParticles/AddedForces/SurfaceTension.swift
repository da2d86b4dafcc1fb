/// Surface tension by forces between particles, as a fluid's constants. Akinci, Akinci, Teschner, ACM Trans. Graph. 32 (2013).
///
/// Particles of fluid pull each other beyond half the support's radius and push within it (cohesion), differences of the
/// surface's normals are evened out (area), and particles of walls pull those of fluid (adhesion). See `CohesionForce`
/// for the terms, which are those of the paper with factors that make them independent of the resolution.
public struct SurfaceTension: Sendable, Equatable {
  /// N/m (N in the plane). The tension of an evenly filled continuum with a sharp surface whose particles pull each other so;
  /// what a flow of particles shows is of that size, and is measured, not set: see `Scenes/Fluids/oscillating-drop.yaml`.
  public var cohesion: Double
  /// N/m (N in the plane): how strongly area is minimized.
  public var area: Double
  /// N/m (N in the plane): cohesion between fluid and walls.
  public var adhesion: Double

  public init(cohesion: Double, area: Double = 0, adhesion: Double = 0) {
    self.cohesion = cohesion
    self.area = area
    self.adhesion = adhesion
  }

  /// In the order of their block.
  var parameters: [Double] { [cohesion, area, adhesion] }
}
