import DesignSamplers
import Foundation

/// Discs of equal mass in a square box, without friction or gravity: they bounce off the walls and each other and lose no
/// energy. A simulator of one's own: a step, and its transposed derivative by hand.
///
/// Between bounces discs fly straight, so a step looks for the times of its bounces and is exact: its length is only how
/// often one wants to see the state. The state after some time is a smooth function of the state before it as long as
/// the same discs bounce in the same order. `pullStep` is the exact derivative of that piece, the change of the moments
/// of the bounces included (without it the gradient would be wrong even for one wall: a disc that starts further away
/// comes back later). Where discs just touch, or two bounces fall together, the pieces meet: the function has a kink in
/// the first case (with a slope that grows without bound on the side of the bounce) and a jump in the second, and the
/// gradient is that of the piece that was simulated.
struct ElasticDiscs: TimeStepper {
  var count: Int
  /// Of the box, which begins at zero.
  var side = 200.0
  var radius = 20.0
  /// s
  var step = 1.0 / 60

  struct Workspace {
    var bounces: [Bounce] = []
  }

  /// What happened in a step: who met, when since the bounce before, and the state just before, there.
  struct Bounce {
    enum Kind: Equatable {
      case wall(entry: Int)
      case pair(Int, Int)
    }
    var kind: Kind
    var wait: Double
    /// Whether the moment was found as the time of contact; else two that overlapped were turned round at once.
    var isTimed: Bool
    var state: [Double]
  }

  /// `[positions | velocities]`, x and y of each disc in turn.
  var parameterBlocks: [Block] { stateBlocks }
  var stateBlocks: [Block] {
    [Block("position", shape: [count, 2], unit: "m"), Block("velocity", shape: [count, 2], unit: "m/s")]
  }
  func makeWorkspace() -> Workspace { Workspace() }
  func initialState(_ parameters: DenseVector) -> DenseVector { parameters }
  func pullInitialState(_ seed: DenseVector, _ parameters: DenseVector, into gradient: inout DenseVector) {
    gradient.add(seed, scaledBy: 1)
  }
  func timeStep(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) -> Double { step }

  func advance(
    _ state: inout DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) {
    state = DenseVector(try advanced(state.elements, by: context.timeStep) { _ in })
  }

  func pullStep(
    from state: DenseVector, to after: DenseVector, _ parameters: DenseVector, _ context: StepContext,
    seed: inout DenseVector, gradient: inout DenseVector, in workspace: inout Workspace
  ) throws(SolveFailure) {
    workspace.bounces.removeAll(keepingCapacity: true)
    var bounces = workspace.bounces
    let end = try advanced(state.elements, by: context.timeStep) { bounces.append($0) }
    var s = seed.elements
    let n = 2 * count
    // The last flight lasts what the waits before it left, so each wait takes from it.
    let flown = bounces.reduce(0) { $0 + $1.wait }
    let left = context.timeStep - flown
    let ofWaits = (0..<n).reduce(0.0) { $0 - s[$1] * end[n + $1] }
    for i in 0..<n { s[n + i] += left * s[i] }
    for bounce in bounces.reversed() {
      pull(bounce, &s, waitSeed: ofWaits)
    }
    seed = DenseVector(s)
    workspace.bounces = bounces
  }

  /// From the seed just after a bounce to that at the beginning of the flight before it.
  private func pull(_ bounce: Bounce, _ s: inout [Double], waitSeed: Double) {
    let n = 2 * count, x = bounce.state
    switch bounce.kind {
    case .wall(let entry): s[n + entry] = -s[n + entry]
    case .pair(let i, let j):
      let (d, w) = (difference(x, i, j, from: 0), difference(x, i, j, from: n))
      let distance = (d * d).sum().squareRoot()
      let normal = d / distance, speed = (w * normal).sum()
      let seeds = difference(s, j, i, from: n)
      let ofSpeed = (seeds * normal).sum()
      let ofNormal = seeds * speed + ofSpeed * w
      let ofOffset = (ofNormal - (ofNormal * normal).sum() * normal) / distance
      for axis in 0..<2 {
        s[2 * i + axis] += ofOffset[axis]
        s[2 * j + axis] -= ofOffset[axis]
        s[n + 2 * i + axis] += ofSpeed * normal[axis]
        s[n + 2 * j + axis] -= ofSpeed * normal[axis]
      }
    }
    let ofWait = waitSeed + (0..<n).reduce(0.0) { $0 + s[$1] * x[n + $1] }
    for i in 0..<n { s[n + i] += bounce.wait * s[i] }
    guard bounce.isTimed else { return }
    // The moment follows from the contact: its equation, differentiated.
    switch bounce.kind {
    case .wall(let entry):
      s[entry] -= ofWait / x[n + entry]
      s[n + entry] -= bounce.wait * ofWait / x[n + entry]
    case .pair(let i, let j):
      let (d, w) = (difference(x, i, j, from: 0), difference(x, i, j, from: n))
      let factor = -ofWait / (d * w).sum()
      for axis in 0..<2 {
        s[2 * i + axis] += factor * d[axis]
        s[2 * j + axis] -= factor * d[axis]
        s[n + 2 * i + axis] += bounce.wait * factor * d[axis]
        s[n + 2 * j + axis] -= bounce.wait * factor * d[axis]
      }
    }
  }

  private func difference(_ x: [Double], _ i: Int, _ j: Int, from start: Int) -> SIMD2<Double> {
    SIMD2(x[start + 2 * i] - x[start + 2 * j], x[start + 2 * i + 1] - x[start + 2 * j + 1])
  }

  /// Places in the box near given ones, where no discs overlap: those that do are pushed apart.
  func separated(_ places: [Double]) -> [Double] {
    var x = places
    let low = radius, high = side - radius
    let least = 2 * radius * (1 + 1e-9)
    for sweep in 0..<2000 {
      for i in 0..<2 * count { x[i] = min(high, max(low, x[i])) }
      var isFree = true
      for i in 0..<count {
        for j in 0..<i {
          var d = difference(x, i, j, from: 0)
          var length = (d * d).sum().squareRoot()
          guard length < least else { continue }
          isFree = false
          if length < 1e-9 { (d, length) = ([cos(Double(i + sweep)), sin(Double(i + sweep))], 1) }
          // A little more than half each, so that a finite number of sweeps ends it.
          let push = (0.5 * (least - min(length, least)) + 1e-3) / length * d
          for axis in 0..<2 {
            x[2 * i + axis] += push[axis]
            x[2 * j + axis] -= push[axis]
          }
        }
      }
      if isFree { break }
    }
    return x
  }

  /// The state some time later.
  private func advanced(_ state: [Double], by duration: Double, _ note: (Bounce) -> Void) throws(SolveFailure)
    -> [Double]
  {
    var x = state, left = duration
    let n = 2 * count
    guard x.allSatisfy(\.isFinite) else { throw SolveFailure(.nonFinite, "a disc is nowhere") }
    var bounces = 0
    while let (kind, wait, isTimed) = next(x, before: left) {
      bounces += 1
      guard bounces < 1000 else { throw SolveFailure(.diverged, "a thousand bounces in one step: discs are jammed") }
      for i in 0..<n { x[i] += wait * x[n + i] }
      left -= wait
      note(Bounce(kind: kind, wait: wait, isTimed: isTimed, state: x))
      switch kind {
      case .wall(let entry): x[n + entry] = -x[n + entry]
      case .pair(let i, let j):
        let (d, w) = (difference(x, i, j, from: 0), difference(x, i, j, from: n))
        // Equal masses exchange their velocities along the line between them.
        let impulse = (w * d).sum() / (d * d).sum() * d
        for axis in 0..<2 {
          x[n + 2 * i + axis] -= impulse[axis]
          x[n + 2 * j + axis] += impulse[axis]
        }
      }
    }
    for i in 0..<n { x[i] += left * x[n + i] }
    return x
  }

  /// The first bounce of a flight, if there is one before it ends.
  private func next(_ x: [Double], before end: Double) -> (kind: Bounce.Kind, wait: Double, isTimed: Bool)? {
    let n = 2 * count
    var found: (kind: Bounce.Kind, wait: Double, isTimed: Bool)?
    func offer(_ kind: Bounce.Kind, _ wait: Double) {
      if wait < found?.wait ?? end { found = (kind, max(0, wait), wait >= 0) }
    }
    for i in 0..<n where x[n + i] != 0 {
      let wall = x[n + i] > 0 ? side - radius : radius
      offer(.wall(entry: i), (wall - x[i]) / x[n + i])
    }
    for i in 0..<count {
      for j in 0..<i {
        let (d, w) = (difference(x, i, j, from: 0), difference(x, i, j, from: n))
        let approach = (d * w).sum()
        guard approach < 0 else { continue }
        let square = (w * w).sum()
        let gap = (d * d).sum() - 4 * radius * radius
        let discriminant = approach * approach - square * gap
        guard discriminant > 0 else { continue }
        // The stable form of the smaller root; negative where they overlap.
        offer(.pair(i, j), gap / (-approach + discriminant.squareRoot()))
      }
    }
    return found
  }
}

/// The mean distance of discs to the centre of their box, over its side.
struct DistanceToCentre: StateFunctional {
  let discs: ElasticDiscs

  func value(_ parameters: DenseVector, _ state: DenseVector) -> Double {
    (0..<discs.count).reduce(0.0) { $0 + offset(state, $1).length } / (Double(discs.count) * discs.side)
  }

  func partials(_ parameters: DenseVector, _ state: DenseVector) -> (state: DenseVector, parameters: DenseVector) {
    var seed = DenseVector(zeros: state.count)
    for i in 0..<discs.count {
      let (x, y, length) = offset(state, i)
      guard length > 0 else { continue }
      seed[2 * i] = x / (length * Double(discs.count) * discs.side)
      seed[2 * i + 1] = y / (length * Double(discs.count) * discs.side)
    }
    return (seed, .zero)
  }

  private func offset(_ state: DenseVector, _ i: Int) -> (x: Double, y: Double, length: Double) {
    let x = state[2 * i] - 0.5 * discs.side, y = state[2 * i + 1] - 0.5 * discs.side
    return (x, y, hypot(x, y))
  }
}
