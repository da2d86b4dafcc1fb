/// Scenes of every sort at the size of a test, as texts.
public enum SmallModels {
  public static let beam = """
    title: a small beam
    domain: { grid: { size: [3 m, 1 m], cells: [12, 4] } }
    physics:
      linear-elasticity:
        material: { youngs-modulus: 1 Pa, poissons-ratio: 0.3, assumption: plane-stress, thickness: 1 m }
        supports:
          - { at: { x: min }, fix: [x] }
          - { at: { point: [max, min] }, fix: [y] }
        load-cases:
          - { name: middle, forces: [{ at: { point: [min, max] }, force: [0 N, -1 N] }] }
    design:
      density:
        filter: { cone: { radius: 40 cm } }
        projection: { heaviside: { beta: 2 } }
        interpolation: { simp: { penalty: 3 } }
    objective: { minimize: compliance }
    constraints: [{ volume-fraction: { at-most: 0.5 } }]
    optimizer: { mma: { iterations: 5 } }
    """

  public static let drop = """
    title: a small drop
    domain: { box: { size: [1 m, 1 m] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - name: drop
            rest-density: 1000 kg/m^3
            viscosity: 1e-3 m^2/s
            region: { ball: { center: [30 cm, 50 cm], radius: 12 cm } }
        gravity: [0, -9.81 m/s^2]
        scheme: { weakly-compressible: { sound-speed: 10 m/s } }
        kernel: wendland-c4
        precision: double
        time: { end: 0.02 s }
    design: { initial-velocity: { each: fluid, limit: 3 m/s } }
    objective: { minimize: { mean-squared-distance: { fluid: drop, point: [50 cm, 50 cm] } } }
    optimizer: { l-bfgs-b: { iterations: 3 } }
    """

  public static let foil = """
    title: a small foil
    physics:
      airfoil:
        foil: naca2412
        panels: 40
        conditions: [ { lift: 0.4, reynolds: 3e6 } ]
    design: naca-4-digit
    objective: { minimize: drag-coefficient }
    constraints: [ { thickness: { at-least: 0.11 } } ]
    optimizer: { sqp: { iterations: 3 } }
    """
}
