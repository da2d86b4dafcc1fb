/// The primary variables of all stations: the nodes, then the points of the wake.
struct LayerState: Sendable {
  /// The amplification N where the layer is laminar, the root of the shear stress coefficient elsewhere.
  var shear: [Double]
  var theta: [Double]
  /// With the gap of the dead air in the wake.
  var delta: [Double]
  /// Positive downstream.
  var velocity: [Double]
  /// The upper side is the nodes up to this one.
  var stagnation: Int
  /// Of each side, upper and lower: the place along the side, from the stagnation point, of the first turbulent station.
  var firstTurbulent: [Int]

  init(stations: Int) {
    shear = [Double](repeating: 0, count: stations)
    theta = shear
    delta = shear
    velocity = shear
    stagnation = 0
    firstTurbulent = [0, 0]
  }
}
