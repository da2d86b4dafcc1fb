// Linear solvers on the matrices of the table in Benchmarks/README.md.
//
//   solver-comparison [--case NAME[,NAME…]] [--solvers a,b,c] [--write DIR] [--designs DIR] [--weights FILE] [--threads N]
//
// prints one line of JSON per case and solver. `--write` also writes the matrices, for `peers/solvers.py`; `--designs` keeps
// optimized designs as .npy files, so that the next process need not make them again; `--weights` adds a learned factor to the planes.

import Backsolve

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

let arguments = Array(CommandLine.arguments.dropFirst())

func value(_ option: String) -> String? {
  arguments.firstIndex(of: option).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
}

func list(_ option: String) -> [String]? { value(option)?.split(separator: ",").map(String.init) }

Threads.limit(to: value("--threads").flatMap { Int($0) } ?? 1)
let wanted = list("--case") ?? BenchmarkCase.standard.map(\.name)
for name in wanted {
  guard let known = BenchmarkCase.all.first(where: { $0.name == name }) else {
    print("error: there is no case \(name); there are \(BenchmarkCase.all.map(\.name).joined(separator: ", "))")
    exit(2)
  }
  try known.run(
    BenchmarkOptions(
      solvers: list("--solvers"), folder: value("--write"), designs: value("--designs"),
      weights: value("--weights")))
}
