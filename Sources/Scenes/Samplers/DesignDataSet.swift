import DesignSamplers

/// Designs to learn from, in memory.
public struct DesignDataSet: Sendable {
  var members: [FamilyMember]
  /// Members that could not be made.
  public internal(set) var failures: Int

  public var count: Int { members.count }
  var designs: [DenseVector] { members.map(\.design) }

  /// Makes some members of a family on all threads.
  static func make(_ family: any DesignFamily, _ range: Range<Int>) -> DesignDataSet {
    let made = concurrentMap(range.count) { try? family.member(range.lowerBound + $0) }
    let members = made.compactMap { $0 }
    return DesignDataSet(members: members, failures: range.count - members.count)
  }

  /// Makes all that are learned from, a piece at a time.
  private static func make(
    _ family: any DesignFamily, stops: () -> Bool, progress: (Int, Int) -> Void
  ) throws -> DesignDataSet {
    var data = DesignDataSet(members: [], failures: 0)
    for first in stride(from: 0, to: family.count, by: family.shardSize) {
      if stops() {
        throw CommandFailure(
          .interrupted, "interrupted: nothing is kept; `backsolve generate` makes designs that can be gone on with")
      }
      let end = min(family.count, first + family.shardSize)
      let piece = make(family, first..<end)
      data.members += piece.members
      data.failures += piece.failures
      progress(end, family.count)
    }
    return data
  }

  /// What a scene's sampler learns from: read from a folder that `backsolve generate` made, or made now.
  ///
  /// - Parameters:
  ///   - scene: Whose sampler learns.
  ///   - folder: Of designs; nil to make them.
  ///   - stops: Asked between pieces of what is made.
  ///   - progress: Told how many of how many are made.
  /// - Throws: `CommandFailure` where the folder is of another recipe, incomplete or damaged, and where `stops` says so.
  public static func load(
    for scene: SamplerScene, from folder: String?, stops: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> DesignDataSet {
    guard let folder else { return try make(scene.family, stops: stops, progress: progress) }
    let manifest = try DataManifest.read(folder)
    try manifest.check(scene, folder: folder)
    guard manifest.isComplete else {
      throw CommandFailure(
        .usage,
        "\(folder): error: holds \(manifest.made) of \(manifest.count) designs; go on with "
          + "`backsolve generate \(scene.file.path) --output \(folder)`")
    }
    var data = DesignDataSet(members: [], failures: 0)
    for shard in manifest.shards {
      data.members += try shard.read(from: folder, scene)
      data.failures += shard.failures
    }
    return data
  }
}
