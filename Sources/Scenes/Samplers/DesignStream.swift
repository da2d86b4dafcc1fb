import DesignSamplers
import FieldIO

/// Designs that are made while a sampler learns, without files of data: a reservoir holds some of them, the rest come in
/// pieces spread evenly over three quarters of training, each taking the place of another. What a step learns from
/// follows from its number and the seeds: the same for any number of threads and after an interruption.
struct DesignStream {
  /// A design with what the network is told of its problem.
  struct Lesson: Sendable {
    let member: FamilyMember
    let request: SamplerRequest
  }

  private let scene: SamplerScene
  private(set) var reservoir: Reservoir<Lesson>
  /// Of the first designs, for good: a network cannot follow a scale that moves.
  private(set) var scaling: DesignScaling
  /// Members of the family that were tried.
  private(set) var tried = 0
  private(set) var failures = 0
  /// Members that it took to fill the reservoir.
  private var first = 0

  private static let kind = "reservoir"

  /// Makes designs until the reservoir is full.
  ///
  /// - Parameters:
  ///   - scene: Whose sampler learns.
  ///   - size: Of the reservoir.
  ///   - stops: Asked between pieces.
  ///   - progress: Told how many of how many are made.
  init(_ scene: SamplerScene, size: Int, stops: () -> Bool, progress: (Int, Int) -> Void) throws {
    self.init(scene, size: size)
    while !reservoir.isFull, tried < scene.family.count {
      if stops() { throw CommandFailure(.interrupted, "interrupted: nothing is kept before training begins") }
      try makePiece()
      progress(min(reservoir.seen, size), size)
    }
    guard reservoir.kept.count >= 2 else {
      throw SolveFailure(.unsupported, "\(reservoir.kept.count) designs to learn from, of \(tried) that were tried")
    }
    first = tried
    scaling = scene.space.scaling(of: reservoir.kept.map(\.member.design))
  }

  private init(_ scene: SamplerScene, size: Int) {
    self.scene = scene
    reservoir = Reservoir(size: size, seed: UInt64(scene.sampler.training.seed))
    scaling = DesignScaling(
      mean: DenseVector(zeros: scene.space.count), deviation: DenseVector(zeros: scene.space.count))
  }

  private mutating func makePiece() throws {
    let end = min(scene.family.count, tried + scene.family.shardSize)
    let made = DesignDataSet.make(scene.family, tried..<end)
    let requests = try scene.requests(of: made.members)
    for (member, request) in zip(made.members, requests) { reservoir.add(Lesson(member: member, request: request)) }
    failures += made.failures
    tried = end
  }

  /// Makes what has to be there before a step, counted from 0.
  ///
  /// - Returns: Whether anything came.
  /// - Throws: `CommandFailure` where `stops` says so; what came until then stays.
  mutating func advance(toStep step: Int, of steps: Int, stops: () -> Bool) throws -> Bool {
    let rest = scene.family.count - first
    // The last are there after three quarters, so that they are learned too.
    let due = first + min(rest, rest * step * 4 / (3 * steps))
    let before = tried
    // A piece is made once all of it is due.
    while tried < scene.family.count, due - tried >= min(scene.family.shardSize, scene.family.count - tried), !stops() {
      try makePiece()
    }
    return tried > before
  }

  func write(to path: String) throws(FileFailure) {
    var arrays = NamedArrays()
    arrays[text: "kind"] = Self.kind
    arrays[text: "recipe"] = DataManifest.recipe(of: scene)
    arrays[integer: "counts"] = [reservoir.size, reservoir.seen, tried, failures, first].map(Int64.init)
    arrays[real: "mean"] = scaling.mean.elements
    arrays[real: "deviation"] = scaling.deviation.elements
    arrays[real: "members"] = reservoir.kept.flatMap { $0.member.row }
    try AtomicFile.write(arrays.encoded(), to: path)
  }

  /// Takes up what `write` left.
  ///
  /// - Throws: `FileFailure` where the file is damaged or of another scene.
  init(resuming path: String, _ scene: SamplerScene, size: Int) throws {
    func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }
    let arrays: NamedArrays
    do { arrays = try NamedArrays(decoding: AtomicFile.read(path)) } catch let failure as FileFailure {
      throw failure
    } catch { throw malformed("\(error)") }
    let width = scene.space.count + scene.family.conditions.count + 1
    guard arrays[text: "kind"] == Self.kind, let counts = arrays[integer: "counts"]?.map({ Int($0) }),
      counts.count == 5,
      let mean = arrays[vector: "mean"], let deviation = arrays[vector: "deviation"],
      let rows = arrays[real: "members"],
      counts.allSatisfy({ $0 >= 0 })
    else { throw malformed("no reservoir of designs") }
    guard arrays[text: "recipe"] == DataManifest.recipe(of: scene), counts[0] == size, mean.count == scene.space.count,
      deviation.count == mean.count, rows.count % width == 0, rows.count / width <= size
    else { throw malformed("a reservoir of another scene or recipe; train without `--resume`") }
    self.init(scene, size: size)
    let members = stride(from: 0, to: rows.count, by: width).map {
      FamilyMember(row: Array(rows[$0..<$0 + width]), designCount: scene.space.count)
    }
    let lessons = zip(members, try scene.requests(of: members)).map { Lesson(member: $0, request: $1) }
    reservoir = Reservoir(size: size, seed: reservoir.seed, kept: lessons, seen: counts[1])
    (tried, failures, first) = (counts[2], counts[3], counts[4])
    scaling = DesignScaling(mean: mean, deviation: deviation)
  }
}
