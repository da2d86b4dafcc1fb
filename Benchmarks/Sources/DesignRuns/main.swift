// Whole topology optimizations in 3D with the plain multigrid cycle and with learned ones, in turn:
// `design-runs 48 --steps 40 --threads 1 plain cycle.safetensors` prints one row a body and cycle. `widths:2,1,1,1` is the
// plain cycle with smoothing intervals widened by level, `degrees:2,8,24` one with other degrees, and
// `degrees:2,8,24+cycle.safetensors` is both; `recycle:4` starts every solve from the best combination of the last four solutions.

import Backsolve
import LearnedPreconditioners

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func option(_ name: String, _ standard: Int) -> Int {
  let arguments = CommandLine.arguments
  guard let at = arguments.firstIndex(of: name), at + 1 < arguments.count else { return standard }
  return Int(arguments[at + 1]) ?? standard
}

/// Intervals widened by level.
struct Widened: CycleRule {
  let widths: [Double]
  func factors(level: Int, fine: GridCells, coarse: GridCells) -> [Float] {
    [Float](repeating: 1, count: coarse.count)
  }
  func widthFactor(level: Int) -> Double { widths[min(level, widths.count - 1)] }
}

/// A body of n x n/2 x n/2 cells with its supports and its load; none of them is like those of training.
struct Body: Sendable {
  let name: String
  let held: @Sendable ([Int], Int) -> [Int]?
  let loaded: @Sendable ([Int], Int) -> Bool
  let force: [Double]

  static let all = [
    Body(
      name: "cantilever", held: { node, _ in node[0] == 0 ? [0, 1, 2] : nil },
      loaded: { node, n in node[0] == n && node[1] == 0 }, force: [0, -1, 0]),
    Body(
      name: "bridge",
      held: { node, n in node[1] == 0 && (node[0] <= n / 16 || node[0] >= n - n / 16) ? [0, 1, 2] : nil },
      loaded: { node, n in node[1] == n / 2 }, force: [0, -1, 0]),
    Body(
      name: "torsion", held: { node, _ in node[0] == 0 ? [0, 1, 2] : nil },
      loaded: { node, n in node[0] == n && node[2] == 0 }, force: [0, 1, 0.5]),
  ]
}

func measure(_ body: Body, _ n: Int, steps: Int, _ name: String) throws {
  let cells = [n, n / 2, n / 2]
  let grid = StructuredGrid(size: cells.map(Double.init), cells: cells)
  let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
  let held = (0..<grid.nodeCount).filter { body.held(grid.position(ofNode: $0), n) != nil }
  let loaded = (0..<grid.nodeCount).filter { body.loaded(grid.position(ofNode: $0), n) }
  let load = CellwiseLoad(
    given: ConsistentLoads.nodal(body.force.map { $0 / Double(loaded.count) }, at: loaded, of: grid))
  let equations = CellwiseEquations(
    stiffness: stiffness, constrained: ConstrainedUnknowns(of: stiffness, holding: [(held, [0, 1, 2])]), loads: [load],
    stateName: ("displacement", "m"))
  var options = MultigridOptions(relativeTolerance: 1e-6, maxIterations: 2000)
  var rule: (any CycleRule)?
  var kept = 0
  func numbers(_ text: Substring) -> [Double] { text.split(separator: ",").compactMap { Double($0) } }
  for part in name.split(separator: "+") {
    if part.hasPrefix("widths:") { rule = Widened(widths: numbers(part.dropFirst(7))) }
    if part.hasPrefix("degrees:") { options.smoothing = Smoothing(degrees: numbers(part.dropFirst(8)).map { Int($0) }) }
    if part.hasPrefix("recycle:") { kept = Int(part.dropFirst(8)) ?? 0 }
    if part.hasSuffix(".safetensors") { rule = try LearnedCycle.read(String(part), dimension: 3, components: 3) }
  }
  let cycle = MultigridCG(options, rule: rule)
  let model =
    kept > 0
    ? ImplicitModel(equations, solver: RecycledStarts(inner: cycle, kept: kept))
    : ImplicitModel(equations, solver: cycle)
  let chain = DesignChain(
    field: ConeFilter(over: grid, radius: 1.5), parameters: CellMaterial(SIMP(penalty: 3)),
    model: model,
    rows: [
      .state(name: "compliance", Compliance(loads: [load])),
      .field(name: "volume", LinearFieldFunctional.volumeFraction(grid.cellVolumes)),
    ])
  let problem = DesignProblem(
    density: 0.12, over: grid, responses: chain, objective: .row(0, .minimize),
    constraints: [.init(row: 1, .atMost(0.12))])
  let (wall, cpu) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
  let outcome = try DesignLoop(
    problem: problem, optimizer: OptimalityCriteria(), stopping: StoppingCriteria(iterations: steps)
  ).run()
  let iterations = outcome.history.rows.reduce(0) { $0 + $1.solverIterations }
  func short(_ x: Double) -> Double { (1000 * x).rounded() / 1000 }
  print(
    "| \(body.name) | \(stiffness.unknownCount) | \(name) | \(iterations) | "
      + "\(short(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu)) | \(short(seconds(CLOCK_MONOTONIC) - wall)) | "
      + "\(outcome.values[0]) |")
  fflush(nil)
}

BLASThreads.pinToOne()
Threads.limit(to: option("--threads", 1))
let arguments = Array(CommandLine.arguments.dropFirst())
let cycles = arguments.dropFirst().filter { $0 == "plain" || $0.contains(":") || $0.hasSuffix(".safetensors") }
guard let n = arguments.first.flatMap({ Int($0) }), n >= 16, !cycles.isEmpty else {
  print("usage: design-runs CELLS [--steps N] [--threads N] plain|FILE.safetensors|widths:W,…|degrees:D,…|recycle:K …")
  exit(2)
}
print("| body | unknowns | cycle | iterations | CPU s | wall s | compliance |")
print("|---|---|---|---|---|---|---|")
for body in Body.all {
  for cycle in cycles { try measure(body, n, steps: option("--steps", 40), cycle) }
}
