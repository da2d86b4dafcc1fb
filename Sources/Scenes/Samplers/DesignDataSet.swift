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

  /// What a scene's sampler learns from: read from a folder that `backsolve generate` made, or made now.
  ///
  /// - Throws: `CommandFailure` where the folder is of another recipe, incomplete or damaged.
  public static func load(for scene: SamplerScene, from folder: String?) throws -> DesignDataSet {
    guard let folder else { return make(scene.family, 0..<scene.family.count) }
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
