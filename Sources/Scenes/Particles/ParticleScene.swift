import DifferentiableCore
import SmoothedParticles

/// A scene of particles made ready to run.
public struct ParticleScene: Sendable {
  public var title: String
  public var simulation: ParticleSimulation
  public var stop: StopRule
  public var checkpoints: CheckpointPolicy
  /// m
  public var spacing: Double
  public var output: Scene.Output
  /// Named solids and bodies, by their particles among those of walls and bodies.
  var solids: [(name: String, particles: Range<Int>)] = []
  /// Nil where the scene is only simulated.
  var design: ParticleDesign?
  /// The walls' particles that tools are made of.
  var tools: [Range<Int>] = []

  public var particleCount: Int { simulation.system.particleCount }
}

/// A scene of any sort made ready to run.
public enum RunnableScene: Sendable {
  /// Cells or elements with a state at their nodes.
  case field(BuiltScene)
  case particles(ParticleScene)
  case airfoil(AirfoilScene)

  /// - Throws: `SceneErrors` with every mistake found.
  public static func build(_ file: SceneFile) throws -> RunnableScene {
    switch file.scene.physics.value {
    case let physics as Scene.SmoothedParticles: .particles(try ParticleSceneBuilder(file, physics).build())
    case let physics as Scene.Airfoil: .airfoil(try AirfoilSceneBuilder(file, physics).build())
    default: .field(try SceneBuilder.build(file))
    }
  }

  public var title: String {
    switch self {
    case .field(let scene): scene.title
    case .particles(let scene): scene.title
    case .airfoil(let scene): scene.title
    }
  }
}
