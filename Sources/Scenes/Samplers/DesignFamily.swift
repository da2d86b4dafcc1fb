import DesignSamplers

/// Designs that a sampler learns from, each by its number: the same number gives the same design, whatever else is made.
protocol DesignFamily: Sendable {
  /// What a sampler is asked for.
  var conditions: [DesignCondition] { get }
  /// Members that a sampler learns from; those after are for comparison.
  var count: Int { get }
  /// Members made at a time, and written into one file.
  var shardSize: Int { get }
  /// Whether members cost next to nothing, so that they are made when needed.
  var isCheap: Bool { get }
  /// - Throws: `SolveFailure` where there is no such member; its number is then left out.
  func member(_ index: Int) throws(SolveFailure) -> FamilyMember
}

/// A number that a sampler is asked for.
struct DesignCondition: Sendable, Equatable {
  let name: String
  let range: ClosedRange<Double>
  /// Numbers of the scene that move by as much.
  var along: [String] = []

  /// From -1 to 1, as a network sees it.
  func scaled(_ value: Double) -> Double {
    2 * (value - range.lowerBound) / (range.upperBound - range.lowerBound) - 1
  }

  var words: String {
    "\(([name] + along).joined(separator: " with ")) of \(NumberFormat.significant(range.lowerBound, digits: 6)) to "
      + NumberFormat.significant(range.upperBound, digits: 6)
  }
}

struct FamilyMember: Sendable {
  let design: DenseVector
  /// One number for each condition.
  var conditions: [Double] = []
  /// Of an optimized member; NaN where there is none.
  var objective = Double.nan
}

extension FamilyMember {
  /// The numbers of the design, the conditions, the objective.
  var row: [Double] { design.elements + conditions + [objective] }

  init(row: [Double], designCount: Int) {
    self.init(
      design: DenseVector(Array(row.prefix(designCount))), conditions: Array(row.dropFirst(designCount).dropLast()),
      objective: row[row.count - 1])
  }
}

/// NACA foils and random changes of them.
struct RandomFoils: DesignFamily {
  let family: FoilFamily
  let count: Int
  let seed: UInt64
  var conditions: [DesignCondition] { [] }
  var shardSize: Int { 1024 }
  var isCheap: Bool { true }

  init(_ cst: CST, _ data: Scene.FoilData) {
    var family = FoilFamily(cst, stations: ChordStations())
    family.thickness = data.thickness
    self.family = family
    count = data.count
    seed = UInt64(data.seed)
  }

  func member(_ index: Int) throws(SolveFailure) -> FamilyMember {
    FamilyMember(design: try family.foil(index, seed: seed))
  }
}
