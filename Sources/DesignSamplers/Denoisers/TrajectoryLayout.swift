/// Where the numbers of several bodies over time lie in a design: `[steps, bodies, features]`, features fastest.
public struct TrajectoryLayout: Sendable, Hashable {
  public let steps: Int
  public let bodies: Int
  /// Numbers of a body at one time.
  public let features: Int

  public init(steps: Int, bodies: Int, features: Int) {
    precondition(
      steps > 0 && bodies > 0 && features > 0, "\(steps) steps of \(bodies) bodies, \(features) numbers each")
    self.steps = steps
    self.bodies = bodies
    self.features = features
  }

  public var count: Int { steps * bodies * features }

  public func number(step: Int, body: Int, feature: Int = 0) -> Int { (step * bodies + body) * features + feature }

  /// The numbers of some bodies in a part of the time, laid out as a trajectory of these alone.
  public func piece(bodies chosen: [Int], steps window: Range<Int>) -> [Int] {
    window.flatMap { step in
      chosen.flatMap { body in (0..<features).map { number(step: step, body: body, feature: $0) } }
    }
  }

  /// Windows of one length that cover the time: their beginnings as evenly spread as can be, so that neighbours have at
  /// least `overlap` steps in common.
  public func windows(length: Int, overlap: Int) -> [Range<Int>] {
    precondition((1...steps).contains(length) && (0..<length).contains(overlap), "windows of \(length) in \(steps)")
    let gaps = (steps - length + (length - overlap) - 1) / (length - overlap)
    guard gaps > 0 else { return [0..<length] }
    return (0...gaps).map { i in
      let start = (i * (steps - length) + gaps / 2) / gaps
      return start..<start + length
    }
  }
}

extension SummedDenoiser {
  /// Trajectories of more bodies and more steps than models were trained on: the energies of all pairs of bodies in
  /// overlapping windows of time (Wu et al. 2024, sec. 3.2 and 3.3). Where windows overlap they are averaged, and a mean
  /// varies less than each of them: samples of long times lie nearer to the middle than they should.
  ///
  /// - Parameters:
  ///   - layout: Of the whole design; at least two bodies.
  ///   - pair: Of trajectories of two bodies, `[window, 2, features]` as one vector. What it says must not depend on which
  ///     of the two comes first, nor on when a window begins.
  ///   - single: Of one body, `[window, 1, features]`: taken off as often as it was counted too often. Without it a body
  ///     feels each of the others by the (bodies - 1)th part only.
  ///   - window: Steps of the models.
  ///   - overlap: Steps that neighbouring windows have in common at least.
  public init(
    _ layout: TrajectoryLayout, pair: any Denoiser, single: (any Denoiser)? = nil, window: Int, overlap: Int
  ) {
    precondition(layout.bodies > 1, "one body is no pair")
    let windows = layout.windows(length: window, overlap: overlap)
    let bodies = 0..<layout.bodies
    var parts = [
      Part(
        pair,
        pieces: windows.flatMap { window in
          bodies.flatMap { j in (0..<j).map { layout.piece(bodies: [$0, j], steps: window) } }
        })
    ]
    if let single, layout.bodies > 2 {
      parts.append(
        Part(
          single, pieces: windows.flatMap { window in bodies.map { layout.piece(bodies: [$0], steps: window) } },
          weight: -Double(layout.bodies - 2)))
    }
    self.init(count: layout.count, parts)
  }
}
