// Samplers beside other ways to the same designs. `sampler-study foils [seeds]` prints one row a method and seed at equal
// cost, `structures [problems [scene]]` one row a problem that the sampler did not learn, and then the medians and means,
// `budget PROBLEMS FIRST FAMILY SCENE...` ways to spend ten gradients on problems of a family, `coarse [problems]` samples of a coarse grid carried on to one twice as fine, `steps [picture.svg]` quality by answers of
// the network for foils and `tool-steps [picture.svg]` for tools, `circle [seeds [rows]]` and `darcy [cells [steps [rows
// [seed]]]]` one row a way of physics-informed training. Run from the folder of the repository.

import Backsolve
import Foundation

/// What the command line asks for; false where it is not understood.
func run(_ arguments: [String]) throws -> Bool {
  let number = arguments.count > 2 ? Int(arguments[2]) : nil
  func rows(_ place: Int) -> [Int]? {
    arguments.count > place ? arguments[place].split(separator: ",").map { Int($0) ?? 0 } : nil
  }
  func areRows(_ numbers: [Int]?, _ study: String, of count: Int) -> Bool {
    if numbers?.allSatisfy({ $0 > 0 && $0 <= count }) ?? true { return true }
    print("\(study) has the rows 1 to \(count), to be given as 3,4")
    return false
  }
  switch arguments.count > 1 ? arguments[1] : "" {
  case "foils": try FoilStudy(budget: 640).run(seeds: number ?? 5)
  case "structures":
    let study = arguments.count > 3 ? try StructureStudy(arguments[3]) : try StructureStudy()
    try study.run(problems: number ?? 24)
  case "budget":
    guard arguments.count > 5, let number, let first = Int(arguments[3]) else { return false }
    for path in arguments[5...] {
      try BudgetStudy(path, family: arguments[4], firstProblem: first).run(problems: number)
    }
  case "coarse": try CoarseStudy().run(problems: number ?? 24)
  case "steps": try FewStepStudy().run(picture: arguments.count > 2 ? arguments[2] : nil)
  case "tool-steps": try ToolStepStudy.run(picture: arguments.count > 2 ? arguments[2] : nil)
  case "circle":
    var study = CircleStudy()
    study.only = rows(3)
    guard areRows(study.only, "circle", of: study.rows) else { return false }
    try study.run(seeds: number ?? 3)
  case "darcy":
    var study = DarcyStudy()
    if let number { study.cells = number }
    if let steps = arguments.count > 3 ? Int(arguments[3]) : nil { study.steps = steps }
    study.only = rows(4)
    if let seed = arguments.count > 5 ? UInt64(arguments[5]) : nil { study.seed = seed }
    guard study.cells > 7, study.cells % 2 == 0, study.cells <= 64, study.steps > 0 else {
      print("darcy needs an even number of cells from 8 to 64 and at least one step")
      return false
    }
    guard areRows(study.only, "darcy", of: study.rows) else { return false }
    try study.run()
  default:
    print(
      "usage: sampler-study foils [seeds] | structures [problems [scene]] | budget problems first family scene..."
        + " | coarse [problems] | steps [picture.svg]"
        + " | tool-steps [picture.svg] | circle [seeds [rows]] | darcy [cells [steps [rows [seed]]]]")
    return false
  }
  return true
}

do {
  if !(try run(CommandLine.arguments)) { exit(2) }
} catch {
  FileHandle.standardError.write(Data("sampler-study: \(error)\n".utf8))
  exit(2)
}
