/// Small good scenes that together use most of the scene language.
public enum SampleScenes {
  public static let all = [beam, bracket, sink, basin, tank, tools, wing, drop, tube, weir, flock, posts]

  /// A flat beam, by optimality criteria.
  public static let beam = """
    # yaml-language-server: $schema=../scene.schema.json
    title: MBB beam, half model
    domain: { grid: { size: [3 m, 1 m], cells: [12, 4] } }
    physics:
      linear-elasticity:
        material: { youngs-modulus: 1 Pa, poissons-ratio: 0.3, assumption: plane-stress, thickness: 1 m }
        supports: [ { at: { x: 0 }, fix: [x] }, { at: { point: [3, 0] }, fix: [y] } ]
        load-cases: [ { name: tip, forces: [ { at: { point: [0, 1] }, force: [0 N, -1 N] } ] } ]
    design:
      density: { start: 0.5, filter: { cone: { radius: 0.4 m } }, interpolation: { simp: { penalty: 3, minimum-modulus-ratio: 1e-9 } } }
    objective: { minimize: compliance }
    constraints: [ { volume-fraction: { at-most: 0.5 } } ]
    optimizer: { optimality-criteria: { move-limit: 0.2, iterations: 2 } }

    """

  /// A solid bracket with regions, several loads and most options.
  public static let bracket = """
    title: "Bracket: bolts, two loads and its own weight"
    description: |
      A block with two bolts that stay solid,
      loaded from two sides.
    domain:
      grid:
        size: [80 mm, 40 mm, 40 mm]
        cells: [8, 4, 4]
        origin: [0, 0, -20 mm]
    regions:
      bolts:
        - cylinder: { from: [10 mm, 10 mm, -20 mm], to: [10 mm, 10 mm, 20 mm], radius: 8 mm }
        - ball: { center: [10 mm, 30 mm, 0], radius: 8 mm }
      tip: { x: max, y: [min, 20 mm] }
    physics:
      linear-elasticity:
        material:
          youngs-modulus: 210 GPa
          poissons-ratio: 0.3
          density: 7850 kg/m^3
        supports:
          - { at: { x: 0 }, fix: all }
          - { at: { x: max, not: { y: max } }, fix: [z], displacement: 0.1 mm }
        load-cases:
          - name: pull
            weight: 2
            forces:
              - { at: tip, force: [0, -1 kN, 0], distribute: total }
          - name: push
            tractions:
              - { at: { y: max }, pressure: 0.1 MPa }
            self-weight: { gravity: [0, -9.81 m/s^2, 0] }
    design:
      density:
        start: 0.4
        solid: bolts
        void: { box: { from: [70 mm, 35 mm, min], to: [max, max, max] } }
        filter: { helmholtz: { radius: 2 cells } }
        projection: { heaviside: { beta: 2, continuation: { every: 5, maximum: 16 } } }
        symmetry: [z]
        interpolation: { ramp: { penalty: 4 } }
    objective: { minimize: { sum: { terms: [ { weight: 0.5, functional: compliance }, { functional: mass } ] } } }
    constraints:
      - volume-fraction: { at-most: 40 % }
      - displacement: { at: tip, direction: [0, -1, 0], load-case: pull, at-most: 1 mm, name: sag }
    optimizer: { mma: { iterations: 2, stop: { change: 0.01, kkt: 1e-3 } } }
    solver: { multigrid-cg: { tolerance: 1e-6, smoothing: [3, 5] } }
    output: { series: { every: 5 }, view: { azimuth: 40, elevation: 20 } }
    threads: 2
    seed: 7

    """

  /// A heat sink that draws heat to a point.
  public static let sink = """
    title: Heat sink
    domain: { grid: { size: [0.1 m, 0.1 m], cells: [8, 8] } }
    physics:
      steady-diffusion:
        conductivity: 400 W/(m K)
        thickness: 1 mm
        fixed-values: [ { at: { x: 0, y: [40 mm, 60 mm] }, value: 293 K } ]
        sources: [ { source: 10 kW/m^3 } ]
        fluxes:
          - at:
              polygon: [[0, 0], [0.1, 0], [0.1, 0.1]]
              y: min
            flux: 5 W/m²
    design:
      density: { filter: { cone: { radius: 1.5 cells } }, extrusion: x, interpolation: simp }
    objective: { minimize: { maximum-temperature: { sharpness: 12 } } }
    constraints: [ { volume-fraction: { at-most: 0.4, at-least: 0.1 } }, { thermal-compliance: { at-most: 1e6 } } ]
    optimizer: gcmma
    solver: cholmod

    """

  /// Two bodies of fluid, simulated only.
  public static let basin = """
    title: A drop above a basin
    domain: { box: { size: [1 m, 50 cm], origin: [0, -25 cm], periodic: [x] } }
    regions: { air: { not: { y: [min, 0] } } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - name: basin
            rest-density: 1000 kg/m^3
            viscosity: 1e-6 m^2/s
            region: { y: [min, 0] }
            velocity: { taylor-green: { speed: 0.5 m/s } }
            jitter: { amplitude: 0.1, seed: 3 }
          - rest-density: 1000 kg/m^3
            viscosity: 1e-6 m^2/s
            region: { region: air, ball: { center: [50 cm, 10 cm], radius: 12 cm } }
            velocity: [0, -1 m/s]
        gravity: [0, -9.81 m/s^2]
        scheme: { summation: { sound-speed: 20 m/s, equation-of-state: { tait: { exponent: 7 } } } }
        kernel: wendland-c4
        smoothing-length: 1.5
        precision: double
        time: { steps: 3, time-step: 0.5 ms, integration: verlet, checkpoints: { budget: 0.05 MB } }
    output: { series: { every: 2 } }

    """

  /// Water between walls and around a post, shaken along a spline.
  public static let tank = """
    title: A tank that is shaken
    domain: { box: { size: [60 cm, 50 cm] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - name: water
            rest-density: 1000 kg/m^3
            viscosity: 1e-3 m^2/s
            region: { y: [min, 20 cm], not: { region: post } }
            surface: 20 cm
        gravity: [0, -9.81 m/s^2]
        boundaries: [left, { side: right }, bottom, { side: top, velocity: [1 m/s, 0] }]
        solids: [ { name: post, region: { region: post } } ]
        wall-friction: free-slip
        scheme: { weakly-compressible: { sound-speed: 20 m/s, artificial-viscosity: 0.1, density-diffusion: dynamic, diffusion-strength: 0.1 } }
        kernel: wendland-c2
        smoothing-length: 1.2
        time: { end: 2 ms, integration: verlet }
    regions: { post: { box: { from: [30 cm, 0], to: [35 cm, 10 cm] } } }
    design: { control-history: { axes: [x, y], knots: 4, limit: 5 m/s^2, duration: 2 ms } }
    objective: { maximize: { mass-in-box: { fluid: water, from: [20 cm, min], to: [max, 20 cm], edge: 5 cm, at: 1 ms } } }
    constraints:
      - mean-position: { direction: y, at-most: 0.2 m }
      - sum: { terms: [ { weight: 2, functional: { kinetic-energy: { at: 1 ms } } }, { functional: { mean-squared-distance: { point: [0.3, 0.1] } } } ], at-most: 40 }
    optimizer: { mma: { iterations: 3, stop: { change: 0 } } }
    output: { series: { every: 1 } }

    """

  /// Two fluids between tools of every shape in the plane; nearly every functional of a flow.
  public static let tools = """
    title: Tools of every shape
    domain: { box: { size: [1.2 m, 60 cm] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - name: dyed
            rest-density: 1000 kg/m^3
            viscosity: 0.01 m^2/s
            region: { box: { from: [0.4 m, 0.4 m], to: [0.5 m, 0.55 m] } }
          - name: clear
            rest-density: 1000 kg/m^3
            viscosity: 0.01 m^2/s
            region: { box: { from: [0.5 m, 0.4 m], to: [0.6 m, 0.55 m] } }
            velocity: [0.5 m/s, -1 m/s]
        gravity: [0, -9.81 m/s^2]
        boundaries: [bottom]
        scheme: { weakly-compressible: { sound-speed: 20 m/s, artificial-viscosity: 0.1, tension: true } }
        kernel: wendland-c2
        smoothing-length: 1.2
        precision: double
        time: { end: 2 ms, time-step: 0.5 ms }
    design:
      several:
        designs:
          - tool: { name: chain, layers: 2, shape: { joint-chain: { root: [0.3 m, 0.35 m], direction: -5 deg, length: 40 cm, joints: 4, limit: 20 deg, start: [-0.1, 0.1, 0.1, 0.1] } } }
          - tool: { name: lip, shape: { spline: { points: [[0.8, 0.3], [0.9, 0.35], [1, 0.35], [1.1, 0.3]], limit: 2 cm } } }
          - tool: { name: wedge, shape: { polygon: { points: [[0.05, 0.1], [0.2, 0.1], [0.1, 0.25]], axes: y, limit: 2 cm } } }
          - tool: { name: bed, shape: { height-field: { from: 0.4 m, to: 0.7 m, nodes: 4, base: 0.15 m, amplitude: 3 cm, start: 0.2 } } }
          - initial-shape: { fluid: dyed, shift: 1 cm, stretch: 0.05, turn: 2 deg }
          - initial-velocity: { limit: 2 m/s, fluids: clear }
          - material: { viscosity: [1e-3 m^2/s, 0.1 m^2/s] }
          - control-history: { axes: x, knots: 4, limit: 5 m/s^2 }
    objective:
      minimize:
        sum:
          terms:
            - { functional: { mixing: { dye: dyed, resolution: 10 cm } } }
            - { weight: 3, functional: { transport-distance: { fluid: clear, target: { box: { from: [0.5 m, 0.2 m], to: [0.6 m, 0.3 m] } }, blur: 10 cm } } }
            - { weight: 0.1, functional: roughness }
            - { weight: 0.01, functional: actuation-energy }
            - { weight: 0.5, functional: { momentum: { direction: [1, 1], at: 1 ms } } }
    constraints:
      - tool-length: { at-most: 1 m }
      - tool-area: { at-most: 0.1 m^2, name: area }
      - travel: { at-least: -1 m }
      - travel-speed: { axis: x, at-most: 1 m/s }
      - splash-height: { width: 5 cm, over-time: true, at-most: 1 m }
      - landed-mean: { direction: x, below: 0.45 m, at-most: 1 m }
      - landed-spread: { direction: x, below: 0.45 m, edge: 5 cm, at-most: 1 m, at-least: 0 }
    optimizer: { mma: { iterations: 2, stop: { change: 0 } } }

    """

  /// A drop of a thinning liquid with surface tension, incompressible.
  public static let drop = """
    title: A drop that is let go
    domain: { box: { size: [60 cm, 60 cm] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - name: paint
            rest-density: 1000 kg/m^3
            region: { ball: { center: [30 cm, 30 cm], radius: 15 cm } }
            velocity: { stretching: { rate: 1 Hz } }
        boundaries: [bottom]
        surface-tension: { cohesion: 5 N/m, area: 2 N/m, adhesion: 1 N/m }
        rheology: { power-law: { consistency: 5, exponent: 0.6, least-shear-rate: 0.1 Hz } }
        scheme: { incompressible: { extent: free-surface, solves: density, iteration: { relaxed-jacobi: { weight: 0.5 } }, longest-time-step: 2 ms, density-tolerance: 1e-6, iterations: 5000 } }
        kernel: wendland-c2
        smoothing-length: 1.2
        time: { steps: 2 }

    """

  /// Gas of two densities on a line.
  public static let tube = """
    title: A tube of gas
    domain: { box: { size: [2 m], origin: [-1 m], periodic: [x] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - { name: dense, rest-density: 1 kg/m^3, pressure: 1 Pa, region: { x: [-0.5, 0.5] }, velocity: { wave: { speed: 0.1 m/s, periods: 2 } } }
          - { name: thin, rest-density: 0.125 kg/m^3, pressure: 0.1 Pa, region: { not: { x: [-0.5, 0.5] } }, velocity: [0.1 m/s] }
        gravity: [0.1 m/s^2]
        scheme: { compressible: { heat-capacity-ratio: 1.4, artificial-viscosity: 1, quadratic-viscosity: 2, conductivity: 0.5 } }
        kernel: wendland-c4
        smoothing-length: 2
        time: { steps: 3, integration: runge-kutta-2 }
    output: { series: { every: 1 } }

    """

  /// An airfoil at two operating points, by sequential quadratic programming.
  public static let wing = """
    title: A wing section
    physics:
      airfoil:
        foil: naca2412
        panels: 60
        conditions:
          - { name: cruise, lift: 0.5, mach: 0.1, weight: 2 }
          - { angle: 5 deg }
    design: { cst: { weights: 3, leading-edge: false, trailing-edge-thickness: 0.002, lower-range: [-0.4, 0.2] } }
    objective: { maximize: { lift-coefficient: { over: mean } } }
    constraints:
      - moment-coefficient: { condition: cruise, at-least: -0.08 }
      - thickness: { at: [0.3, 0.7], at-least: 0.07, name: spar }
      - area: { equals: 0.08 }
      - trailing-edge-angle: { at-least: 8 deg }
    optimizer: { sqp: { iterations: 3, move-limit: 0.1 } }

    """

  /// Airfoils drawn by a small sampler, led by the flow and polished.
  public static let flock = """
    title: Small foils, many
    physics:
      airfoil: { foil: naca2412, panels: 60, conditions: [ { name: cruise, lift: 0.4 } ] }
    design: { cst: { weights: 3, leading-edge: false, trailing-edge-thickness: 0 } }
    objective: { minimize: { thickness: { at: 0.3 } } }
    constraints: [ { moment-coefficient: { at-least: -0.1 } } ]
    optimizer: { sqp: { iterations: 2 } }
    sampler:
      data: { foils: { count: 64, seed: 3, thickness: [0.08, 0.2] } }
      model: { perceptron: { width: 16, blocks: 1 } }
      training: { steps: 40, batch: 32, rate: 5e-3, seed: 1, dropped-conditions: 0.2 }
      schedule: karras
      prediction: sample
      method: heun
      steps: 3
      count: 4
      seed: 1
      weights: foils.safetensors
    guidance:
      scale: 0.5
      gradients: 3
      longest-move: 0.5
      method: ddim
      objective-scale: 0.1
      constraint-weight: 10
      recurrences: 1
      selection: { temperature: 0.5, effective-part: 0.9, seed: 2 }
      polish: 1
      reference: false

    """

  /// Densities of a family of columns, drawn by a small U-Net.
  public static let posts = """
    title: Small posts, many
    domain: { grid: { size: [1 m, 1 m], cells: [4, 4] } }
    physics:
      linear-elasticity:
        material: { youngs-modulus: 1 Pa, poissons-ratio: 0.3, assumption: plane-stress, thickness: 1 m }
        supports: [ { at: { y: min }, fix: all } ]
        load-cases: [ { forces: [ { at: { point: [0.5, 1] }, force: [0 N, -1 N] } ] } ]
    design: { density: { filter: { cone: { radius: 0.3 m } } } }
    objective: { minimize: compliance }
    constraints: [ { volume-fraction: { at-most: 0.5 } } ]
    optimizer: { optimality-criteria: { iterations: 5 } }
    sampler:
      data:
        optimized:
          count: 18
          seed: 1
          vary:
            - { path: physics.linear-elasticity.load-cases.0.forces.0.at.point.0, between: [0.3, 0.7] }
            - { path: constraints.0.volume-fraction.at-most, between: [0.4, 0.6] }
      model: { u-net: { channels: [8] } }
      training: { steps: 60, batch: 8, rate: 1e-2 }
      weights: posts.safetensors
      steps: 4
      count: 4
      drawn-on: { cells: [4, 4] }
    guidance: { scale: 1, gradients: 2, condition-weight: 0.5, polish: 1 }

    """

  /// Water that enters and leaves, with a raft on it and a gate that turns.
  public static let weir = """
    title: A raft before a gate
    domain: { box: { size: [80 cm, 50 cm] } }
    regions:
      raft: { box: { from: [20 cm, 15 cm], to: [40 cm, 25 cm] } }
      gate: { box: { from: [60 cm, 0], to: [65 cm, 15 cm] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids:
          - name: water
            rest-density: 1000 kg/m^3
            region: { y: [min, 20 cm], not: { any: [ { region: raft }, { region: gate } ] } }
            velocity: [0.5 m/s, 0]
            surface: 20 cm
        solids:
          - { name: gate, region: gate, motion: { pivot: [62.5 cm, 0], turn: [0, 0, 0, 5 deg, 10 deg], duration: 20 ms } }
        bodies:
          - { name: raft, region: raft, density: 500 kg/m^3, velocity: [0.5 m/s, 0], angular-velocity: 0.2 rad/s }
        inlets: [ { name: river, side: left, speed: 0.5 m/s, opening: { y: [min, 20 cm] } } ]
        outlets: [ { side: right } ]
        reserve: 12
        gravity: [0, -9.81 m/s^2]
        boundaries: [bottom]
        wall-friction: free-slip
        scheme: { weakly-compressible: { sound-speed: 20 m/s, artificial-viscosity: 0.1 } }
        kernel: wendland-c2
        smoothing-length: 1.2
        time: { steps: 3, time-step: 0.5 ms, integration: verlet }
    design: { body: { body: raft, change: velocity, limit: 1 } }
    objective: { maximize: { body-position: { body: raft, direction: [0.6, 0.8], at: 1 ms } } }
    constraints:
      - { kinetic-energy: { fluid: water, at-most: 1000 } }
      - { force-on: { solid: gate, direction: x, at: 1 ms, at-most: 10 kN } }
      - { force-on: { solid: raft, direction: y, at: 0.5 ms, at-least: -10 kN } }
    optimizer: { mma: { iterations: 2 } }

    """
}
