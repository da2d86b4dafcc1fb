import Backsolve
@_spi(Benchmarks) import FiniteElements

// kernel-benchmarks [--smoke] [--threads N] [kernels] [solves] [particles] [large]
let arguments = Array(CommandLine.arguments.dropFirst())
let isSmoke = arguments.contains("--smoke")
if let index = arguments.firstIndex(of: "--threads"), index + 1 < arguments.count, let count = Int(arguments[index + 1])
{
  Threads.limit(to: count)
}
/// Smoothing to try instead of the automatic one: `--degrees 2,12,32`, `--width 2`.
var smoothing: Smoothing?
if let degrees = value("--degrees")?.split(separator: ",").compactMap({ Int($0) }), !degrees.isEmpty {
  smoothing = Smoothing(degrees: degrees, width: value("--width").flatMap(Double.init) ?? 2)
}
let tolerance = value("--tolerance").flatMap(Double.init) ?? 1e-5
let solver = MultigridCG(MultigridOptions(relativeTolerance: tolerance, smoothing: smoothing))
let parts = ["kernels", "solves", "particles", "large", "study"].filter(arguments.contains)
let chosen = parts.isEmpty ? ["kernels", "solves", "particles"] : parts

if chosen.contains("kernels") { measureKernels() }
if chosen.contains("solves") { try measureSolves() }
if chosen.contains("particles") { try measureParticles() }
if chosen.contains("study") { try study() }
if chosen.contains("large") { try measureLarge() }
print("peak memory \(Seconds.peakMemory / 1_000_000) MB")

func value(_ option: String) -> String? {
  arguments.firstIndex(of: option).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
}

func measureKernels() {
  let limits = MachineLimits.measure(isSmoke: isSmoke)
  print(
    "limits of one thread: triad \(fixed(limits.triad / 1e9, 1)) GB/s, multiply-add \(fixed(limits.singleFlops / 1e9, 0)) "
      + "GF/s single, \(fixed(limits.doubleFlops / 1e9, 0)) double")
  let solids = isSmoke ? [[8, 4, 4]] : [[48, 24, 24], [96, 48, 48], [128, 64, 64]]
  let planes = isSmoke ? [[20, 10]] : [[300, 100], [1200, 400]]
  for cells in solids + planes {
    let grid = StructuredGrid(size: cells.map(Double.init), cells: cells)
    let operations = cells.count == 3 ? [255.0, 60] : [70.0, 25]
    for (index, stiffness) in [GridStiffness.elasticity(grid, poissonRatio: 0.3), .diffusion(grid)].enumerated() {
      measure(
        stiffness, index == 0 ? "elasticity" : "diffusion", limits,
        flops: operations[index] * Double(grid.cellCount))
    }
  }
}

func measure(_ stiffness: GridStiffness, _ name: String, _ limits: MachineLimits, flops: Double) {
  let probe = GridKernelProbe(
    stiffness, coefficients: DenseVector((0..<stiffness.grid.cellCount).map { 0.5 + Double($0 % 5) }))
  let repeats = isSmoke ? 1 : max(1, 20_000_000 / stiffness.unknownCount)
  let kernels: [(String, Double, Double, () -> Void)] = [
    ("product f64", probe.doubleProductBytes, limits.doubleFlops, probe.doubleProduct),
    ("product f32", probe.singleProductBytes, limits.singleFlops, probe.singleProduct),
    ("smoothing f32", probe.smoothingBytes, limits.singleFlops, probe.smoothing),
  ]
  for (kernel, bytes, peak, work) in kernels {
    let time = Seconds.median(of: isSmoke ? 1 : 7, repeats: repeats, work)
    print(
      "\(name) \(stiffness.grid.cells) \(kernel): \(fixed(time.wall * 1e3, 3)) ms, "
        + "\(fixed(Double(stiffness.unknownCount) / time.wall / 1e6, 0)) Mdof/s, "
        + "\(fixed(100 * bytes / time.wall / limits.triad, 0)) % of triad, "
        + "\(fixed(100 * flops / time.wall / peak, 0)) % of multiply-add peak")
  }
}

func measureSolves() throws {
  let passes: [(String, CompliancePass, Int)] =
    isSmoke
    ? [("cantilever 8x4x4", .cantilever(8, 4, 4, volume: 0.3), 2), ("beam 20x10", .beam(20, 10), 2)]
    : [
      ("cantilever 48x24x24", .cantilever(48, 24, 24, volume: 0.3), 10),
      ("cantilever 96x48x48", .cantilever(96, 48, 48, volume: 0.3), 3), ("beam 300x100", .beam(300, 100), 50),
    ]
  for (name, pass, count) in passes {
    var records: [CompliancePass.Record] = []
    _ = try pass.run(count, solver: solver) { records.append($0) }
    let times = records.map(\.solve.processor).sorted()
    print(
      "\(name): compliance \(records[0].compliance) first, \(records[count - 1].compliance) at \(count); "
        + "CPU s a solve \(fixed(times[count / 2], 4)), iterations \(records.map(\.iterations))")
  }
}

func measureLarge() throws {
  var records: [CompliancePass.Record] = []
  let pass: CompliancePass = isSmoke ? .cantilever(16, 8, 8, volume: 0.3) : .cantilever(192, 96, 96, volume: 0.3)
  _ = try pass.run(isSmoke ? 2 : 4, solver: solver) {
    records.append($0)
    print(
      "cantilever \(pass.grid.cells): \($0.compliance), \($0.iterations) iterations, CPU s \(fixed($0.solve.processor, 3))"
    )
  }
}

/// One cold solve at the start and one on an optimized design.
func study() throws {
  let passes: [(String, CompliancePass, Int)] = [
    ("cantilever 48x24x24", .cantilever(48, 24, 24, volume: 0.12), 20),
    ("cantilever 96x48x48", .cantilever(96, 48, 48, volume: 0.12), isSmoke ? 1 : 12),
    ("beam 300x100", .beam(300, 100), 30),
  ]
  for (name, pass, count) in passes {
    let uniform = pass.moduli(DenseVector(repeating: pass.volume, count: pass.grid.cellCount))
    let optimized = try pass.run(count, solver: MultigridCG())
    for (kind, moduli) in [("uniform", uniform), ("optimized", optimized)] {
      for (label, smoothing) in candidates() {
        let solver = MultigridCG(MultigridOptions(relativeTolerance: tolerance, smoothing: smoothing))
        var report = SolveReport()
        let matrix = try pass.stiffness.makeOperator(coefficients: moduli, constrained: pass.constrained)
        var prepared: MultigridCG.Prepared?
        let setup = try Seconds.measure { prepared = try solver.prepare(matrix, reusing: nil) }
        let again = try Seconds.measure { prepared = try solver.prepare(matrix, reusing: prepared) }
        let time = try Seconds.measure { report = try solver.solve(prepared!, columns: [pass.load], from: nil).report }
        print(
          "\(name) \(kind) \(label): \(report.iterations) iterations, CPU s \(fixed(time.processor, 4)), "
            + "prepare \(fixed(setup.processor, 4)), again \(fixed(again.processor, 4))")
      }
    }
  }
}

func candidates() -> [(String, Smoothing)] {
  var all: [(String, Smoothing)] = []
  for degrees in [[2, 4, 8, 12], [2, 6, 12, 24], [2, 12, 32, 48], [3, 12, 32, 48]] {
    for width in [0.8, 2] { all.append(("\(degrees) \(width)", Smoothing(degrees: degrees, width: width))) }
  }
  return all
}
