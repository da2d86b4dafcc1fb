import FieldIO
import Foundation

/// What a folder of designs holds: `manifest.json`.
struct DataManifest: Codable, Equatable {
  struct Shard: Codable, Equatable {
    var file: String
    /// The number of its first member.
    var first: Int
    /// Members that it holds, one a row.
    var rows: Int
    /// Members that could not be made.
    var failures: Int
    /// FNV-1a of the file's bytes.
    var checksum: String
  }

  var title: String
  /// The designs, in words.
  var designs: String
  /// Of scene and data: what was made by another recipe does not belong here.
  var recipe: String
  /// Members wanted.
  var count: Int
  /// What the columns of a shard are: numbers of the design, conditions by name, the objective.
  var columns: [String]
  var shards: [Shard]

  static let fileName = "manifest.json"

  init(_ scene: SamplerScene) {
    title = scene.scene.title
    designs = scene.words
    recipe = Self.recipe(of: scene)
    count = scene.family.count
    columns =
      ["design[\(scene.space.count)]"] + scene.family.conditions.map(\.name) + [scene.scene.problem.objectiveName]
    shards = []
  }

  var made: Int { shards.reduce(0) { $0 + $1.rows + $1.failures } }
  var isComplete: Bool { made >= count }

  static func recipe(of scene: SamplerScene) -> String {
    FNVHash.digits(of: (scene.file.runText + "\n\(scene.sampler.data.value)").utf8)
  }

  func json() throws -> String {
    String(decoding: try JSONEncoder.forResults.encode(self), as: UTF8.self) + "\n"
  }

  static func read(_ folder: String) throws -> DataManifest {
    let path = folder + "/" + fileName
    do {
      return try JSONDecoder().decode(DataManifest.self, from: Data(try AtomicFile.read(path)))
    } catch let failure as FileFailure {
      throw CommandFailure(.usage, "error: \(failure); make the data by `backsolve generate`")
    } catch {
      throw CommandFailure(.usage, "\(path): error: no list of designs: \(error)")
    }
  }

  func check(_ scene: SamplerScene, folder: String) throws {
    guard recipe == Self.recipe(of: scene) else {
      throw CommandFailure(
        .usage,
        "\(folder): error: holds \(designs) of another scene or recipe (`\(title)`); choose another folder, or make "
          + "them anew with `backsolve generate --overwrite`")
    }
  }
}

extension DataManifest.Shard {
  /// The members as a file, one a row.
  static func bytes(of members: [FamilyMember], columns: Int) -> [UInt8] {
    NPYFile(shape: [members.count, columns], values: members.flatMap(\.row)).bytes
  }

  func read(from folder: String, _ scene: SamplerScene) throws -> [FamilyMember] {
    let path = folder + "/" + file
    do {
      let bytes = try AtomicFile.read(path)
      guard FNVHash.digits(of: bytes) == checksum else {
        throw FileFailure(.read, path: path, reason: .malformed("damaged: its checksum does not hold"))
      }
      let array = try NPYFile(bytes: bytes, path: path)
      let size = scene.space.count, conditions = scene.family.conditions.count
      let width = size + conditions + 1
      guard array.shape == [rows, width] else {
        throw FileFailure(
          .read, path: path, reason: .malformed("the shape \(array.shape), expected [\(rows), \(width)]"))
      }
      return (0..<rows).map { FamilyMember(row: Array(array.values[$0 * width..<($0 + 1) * width]), designCount: size) }
    } catch let failure as FileFailure {
      throw CommandFailure(.usage, "error: \(failure); make it anew with `backsolve generate`")
    }
  }
}
