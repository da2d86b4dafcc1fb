import DesignSamplers
import FieldIO

/// Makes the designs that a sampler learns from, into a folder: files of some designs each, and a list of them.
public struct DataGeneration {
  public let scene: SamplerScene
  public let directory: String

  public init(_ scene: SamplerScene, into directory: String) {
    self.scene = scene
    self.directory = directory
  }

  public struct Progress: Sendable {
    /// Members made or found, of those wanted.
    public let made: Int
    public let count: Int
    public let failures: Int
    public let seconds: Double
  }

  /// Goes on where an earlier run ended: a file that is there and whole stays.
  ///
  /// - Parameters:
  ///   - overwrites: Whether what the folder holds is thrown away.
  ///   - stops: Asked between files.
  ///   - progress: Called after each file.
  /// - Returns: Whether all are made.
  public func run(overwrites: Bool, stops: () -> Bool, progress: (Progress) -> Void) throws -> Bool {
    let start = ProcessUsage.wallSeconds
    let folder = try RunDirectory(directory)
    var manifest = DataManifest(scene)
    if folder.contains(DataManifest.fileName), !overwrites {
      let earlier = try DataManifest.read(directory)
      try earlier.check(scene, folder: directory)
      manifest.shards = earlier.shards.filter { (try? $0.read(from: directory, scene)) != nil }
    }
    let size = scene.family.shardSize
    for first in stride(from: 0, to: manifest.count, by: size) {
      if !manifest.shards.contains(where: { $0.first == first }) {
        if stops() { return false }
        let data = DesignDataSet.make(scene.family, first..<min(manifest.count, first + size))
        let bytes = DataManifest.Shard.bytes(
          of: data.members, columns: scene.space.count + scene.family.conditions.count + 1)
        let number = String(first / size)
        let name = "designs-" + String(repeating: "0", count: max(0, 4 - number.count)) + number + ".npy"
        try folder.write(bytes, to: name)
        manifest.shards.append(
          .init(
            file: name, first: first, rows: data.count, failures: data.failures,
            checksum: FNVHash.digits(of: bytes)))
        manifest.shards.sort { $0.first < $1.first }
        try folder.write(try manifest.json(), to: DataManifest.fileName)
      }
      let failures = manifest.shards.reduce(0) { $0 + $1.failures }
      progress(
        Progress(
          made: manifest.made, count: manifest.count, failures: failures, seconds: ProcessUsage.wallSeconds - start))
    }
    return true
  }
}
