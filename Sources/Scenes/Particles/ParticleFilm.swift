import DifferentiableCore
import Foundation
import Pictures
import SmoothedParticles

/// Gathers frames of a simulation for its film and its report, evenly spaced in time or in steps.
final class ParticleFilm {
  private let scene: ParticleScene
  private let parameters: DenseVector
  private let wanted: Int
  private var next = 0.0
  private(set) var frames: [ParticlePlayer.Frame] = []
  /// Where walls and bodies are in each frame, as pictures show them.
  private var solids: [[Float]] = []

  /// - Parameters:
  ///   - scene: what is shown.
  ///   - parameters: of the simulation; the system's own where nil.
  init(_ scene: ParticleScene, parameters: DenseVector? = nil) {
    self.scene = scene
    self.parameters = parameters ?? scene.simulation.system.parameters
    // All frames are held until the end, for a common range of colours: at most about 200 MB of them.
    let most = 200_000_000 / (4 * (scene.simulation.system.dimension + 1) * max(1, scene.particleCount))
    wanted = max(2, min(scene.output.film?.frames ?? Self.framesOfReport, most))
  }

  private static let framesOfReport = 60
  /// Particles times frames in a report.
  private static let mostDotsOfReport = 400_000

  func look(at frame: Frame) {
    let context = frame.context
    let isLast = context.timeStep == 0
    let progress: Double
    switch scene.stop {
    case .steps(let count): progress = Double(context.index) / Double(max(1, count))
    case .time(let end, _): progress = context.time / end
    case .replay(let steps): progress = Double(context.index) / Double(max(1, steps.count))
    }
    guard isLast || progress >= next - 1e-9 else { return }
    while next <= progress { next += 1 / Double(wanted - 1) }
    let fluid = scene.drawnFluid(frame.state)
    frames.append(
      ParticlePlayer.Frame(
        time: context.time, positions: fluid.positions.map { Float($0) }, values: fluid.speeds.map { Float($0) }))
    solids.append(scene.drawnSolids(frame.state, parameters, at: context.time).map { Float($0) })
  }

  /// A part of a report, thinned out for display.
  func player(_ caption: String) -> ParticlePlayer {
    let system = scene.simulation.system, dimension = max(2, system.dimension), count = system.particleCount
    let shown = frames.indices.filter { $0 % max(1, frames.count / Self.framesOfReport) == 0 }
    // Solids that move are shown with the particles, in the colour of rest.
    let drawn = scene.drawnSolidIndices, isMoving = system.isMovingSolid
    let moving = drawn.indices.filter { isMoving[drawn[$0]] }.flatMap { $0 * dimension..<($0 + 1) * dimension }
    let resting = drawn.indices.filter { !isMoving[drawn[$0]] }
    let each = max(1, (count * shown.count + Self.mostDotsOfReport - 1) / Self.mostDotsOfReport)
    let thinned = shown.map { number in
      let frame = frames[number], seen = moving.map { solids[number][$0] }
      return ParticlePlayer.Frame(
        time: frame.time,
        positions: stride(from: 0, to: frame.values.count, by: each).flatMap {
          frame.positions[$0 * dimension..<($0 + 1) * dimension]
        } + seen,
        values: stride(from: 0, to: frame.values.count, by: each).map { frame.values[$0] }
          + [Float](repeating: 0, count: seen.count / dimension))
    }
    let walls = stride(from: 0, to: resting.count, by: max(1, resting.count / 5000)).flatMap { index in
      (0..<dimension).map { Double(solids.first?[resting[index] * dimension + $0] ?? 0) }
    }
    return ParticlePlayer(
      caption, frames: thinned, walls: walls, box: scene.drawnBox,
      diameter: scene.spacing, view: scene.output.viewPoint)
  }

  /// Writes `<folder>/frame-0001.png` and so on, and `<name>.mp4` where the machine has `ffmpeg`.
  func write(_ name: String, into folder: RunDirectory) throws {
    guard let film = scene.output.film else { return }
    try folder.makeSubfolder(name)
    let fastest = Double(frames.lazy.flatMap(\.values).filter(\.isFinite).max() ?? 0)
    var picture = ParticlePicture(view: scene.output.viewPoint)
    picture.longerSide = 800
    for (number, frame) in frames.enumerated() {
      let solids = solids[number].map(Double.init)
      let raster = picture.render(
        positions: frame.positions.map(Double.init), box: scene.drawnBox,
        diameter: scene.spacing, values: frame.values.map(Double.init), walls: solids,
        range: 0...max(fastest, 1e-300))
      let digits = String(number + 1)
      let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      try folder.write(raster.png, to: "\(name)/frame-\(padded).png")
    }
    encode(name, rate: film.rate, folder)
  }

  /// Nothing depends on whether this works: the frames are there.
  private func encode(_ name: String, rate: Int, _ folder: RunDirectory) {
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/ffmpeg" }
    guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [
      "-y", "-loglevel", "quiet", "-framerate", "\(rate)", "-i", folder.file("\(name)/frame-%04d.png"), "-vf",
      "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", folder.file("\(name).mp4"),
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return }
    process.waitUntilExit()
  }
}

extension ParticleSystem {
  /// Of walls and bodies, whether they move.
  var isMovingSolid: [Bool] {
    var isMoving = [Bool](repeating: walls.motion == .travelling, count: solidCount)
    for motion in walls.motions { for k in motion.particles { isMoving[k] = true } }
    for k in walls.count..<solidCount { isMoving[k] = true }
    return isMoving
  }
}

extension ParticleScene {
  /// The particles of walls and bodies that pictures show: in space other walls than tools would hide the fluid.
  var drawnSolidIndices: [Int] {
    let system = simulation.system
    if system.dimension < 3 { return Array(0..<system.solidCount) }
    return tools.flatMap { $0 } + (system.walls.count..<system.solidCount)
  }

  /// Walls and bodies as pictures show them in a state.
  func drawnSolids(_ state: DenseVector, _ parameters: DenseVector, at time: Double) -> [Double] {
    let system = simulation.system
    let all = system.solidPositions(state, parameters, time: time)
    if system.dimension < 3 { return all }
    return drawnSolidIndices.flatMap { all[3 * $0..<3 * $0 + 3] }
  }
}

extension Scene.Output {
  var viewPoint: ViewPoint { ViewPoint(azimuth: view.azimuth, elevation: view.elevation) }
}
