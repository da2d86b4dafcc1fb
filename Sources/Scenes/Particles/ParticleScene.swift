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
  /// Nil where the scene is only simulated.
  var design: ParticleDesign?
  /// The walls' particles that tools are made of.
  var tools: [Range<Int>] = []

  public var particleCount: Int { simulation.system.particleCount }
}

extension ParticleScene {
  /// The same scene with walls, tools among them, where the parameters of a design put them.
  func placed(_ parameters: DenseVector) -> ParticleScene {
    var system = simulation.system
    let blocks = system.parameterBlocks
    guard let places = blocks.range(of: "wall-position"), let speeds = blocks.range(of: "wall-velocity") else {
      return self
    }
    system.walls.positions = Array(parameters.elements[places])
    system.walls.velocities = Array(parameters.elements[speeds])
    var scene = self
    scene.simulation = ParticleSimulation(
      system, scheme: simulation.scheme, numerics: simulation.numerics, integration: simulation.integration,
      fixedTimeStep: simulation.fixedTimeStep)
    return scene
  }
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
