import DifferentiableCore
import Foundation
import InverseDesign
import SmoothedParticles

/// A part of a design of particles: some variables, and the parameters of the simulation that they change.
struct DesignPart: Sendable {
  enum Change: Sendable {
    /// Each variable is added to several parameters: a velocity to those of all particles of a group, say.
    case shared([StrideTo<Int>])
    /// The image of the variables is added to a range of parameters.
    case mapped(any Transform, into: Range<Int>)
  }

  let block: Block
  let bounds: Bounds
  let start: DenseVector
  let change: Change
  /// What costs of the design are computed from; nil where it has none of them.
  var costs = DesignCosts()
  /// Keeps fluids apart that are shifted; nil where nothing does.
  var separation: FluidSeparation?
}

/// Costs of a design that are no matter of the flow.
struct DesignCosts: Sendable {
  var roughness: (any FieldFunctional)?
  var toolLength: (any FieldFunctional)?
  var toolArea: (any FieldFunctional)?
  var actuationEnergy: (any FieldFunctional)?
  /// Along each axis of space that it moves along.
  var travel: [Int: TankTravel] = [:]
  var travelSpeed: [Int: TankTravel] = [:]
}

/// The parts of a design, one after the other, and the parameters that they make.
struct DesignParameters: ParameterMap {
  /// The parameters without the design.
  let base: DenseVector
  let parts: [DesignPart]
  /// Looks at the parameters before anything is simulated with them.
  let check: ToolCheck?

  /// The places of each part's variables in the design.
  var ranges: [Range<Int>] {
    var first = 0
    return parts.map { part in
      defer { first += part.block.count }
      return first..<first + part.block.count
    }
  }

  func parameters(of field: DenseVector) throws(SolveFailure) -> DenseVector {
    var parameters = base
    for (part, range) in zip(parts, ranges) {
      if let separation = part.separation { try separation.check(DenseVector(Array(field.elements[range]))) }
      switch part.change {
      case .shared(let targets):
        for (entry, target) in zip(range, targets) {
          for k in target { parameters[k] += field[entry] }
        }
      case .mapped(let map, let into):
        let image = try map.apply(DenseVector(Array(field.elements[range])))
        for (k, value) in zip(into, image.elements) { parameters[k] += value }
      }
    }
    try check?.check(parameters)
    return parameters
  }

  /// Whether anything keeps fluids apart.
  var separates: Bool { parts.contains { $0.separation != nil } }

  /// Whether all fluids are as far apart as asked.
  func areApart(_ field: DenseVector) -> Bool {
    zip(parts, ranges).allSatisfy { part, range in
      part.separation?.tooNear(DenseVector(Array(field.elements[range]))) == nil
    }
  }

  /// A design near a given one whose fluids are apart; the design itself where there is none.
  func separated(_ field: DenseVector) -> DenseVector {
    var result = field
    for (part, range) in zip(parts, ranges) {
      guard let separation = part.separation,
        let shift = try? separation.separated(DenseVector(Array(field.elements[range])))
      else { continue }
      result.elements.replaceSubrange(range, with: shift.elements)
    }
    return result
  }

  func pullback(_ seed: DenseVector, at field: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    var gradient = DenseVector.zero
    for (part, range) in zip(parts, ranges) {
      switch part.change {
      case .shared(let targets):
        gradient.elements += targets.map { target in target.reduce(0) { $0 + seed[$1] } }
      case .mapped(let map, let into):
        let at = DenseVector(Array(field.elements[range]))
        gradient.elements += try map.pullback(DenseVector(Array(seed.elements[into])), at: at).elements
      }
    }
    return gradient
  }
}

/// The entries of a map's argument that a design may change, the others held.
struct FreeEntries: Transform {
  let map: any Transform
  let held: DenseVector
  let free: [Int]

  private func full(_ x: DenseVector) -> DenseVector {
    var all = held
    for (entry, value) in zip(free, x.elements) { all[entry] = value }
    return all
  }

  func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector { try map.apply(full(x)) }

  func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    let gradient = try map.pullback(seed, at: full(x))
    return DenseVector(free.map { gradient[$0] })
  }
}

/// eˣ of a single number.
struct Exponential: Transform {
  func apply(_ x: DenseVector) -> DenseVector { DenseVector(x.elements.map { exp($0) }) }
  func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    seed.isEmpty ? seed : DenseVector(zip(seed.elements, x.elements).map { $0 * exp($1) })
  }
}

/// A weighted sum of functionals of parts of a design.
struct DesignSum: FieldFunctional {
  let terms: [(range: Range<Int>, functional: any FieldFunctional, weight: Double)]

  func value(_ field: DenseVector) -> Double {
    terms.reduce(0) { $0 + $1.weight * $1.functional.value(DenseVector(Array(field.elements[$1.range]))) }
  }

  func gradient(_ field: DenseVector) -> DenseVector {
    var gradient = DenseVector(zeros: field.count)
    for term in terms {
      let part = term.functional.gradient(DenseVector(Array(field.elements[term.range])))
      for (k, value) in zip(term.range, part.elements) { gradient[k] += term.weight * value }
    }
    return gradient
  }
}
