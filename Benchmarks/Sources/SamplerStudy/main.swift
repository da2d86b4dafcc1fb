// Samplers beside other ways to the same designs. `sampler-study foils [seeds]` prints one row a method and seed at equal
// cost, `structures [problems [scene]]` one row a problem that the sampler did not learn, and then the medians and means,
// `coarse [problems]` samples of a coarse grid carried on to one twice as fine, `steps [picture.svg]` quality by answers of
// the network, `circle [seeds]` and `darcy [cells [steps [rows]]]` one row a way of physics-informed training. Run from the
// folder of the repository.

import Backsolve
import Foundation

let arguments = CommandLine.arguments
let number = arguments.count > 2 ? Int(arguments[2]) : nil
switch arguments.count > 1 ? arguments[1] : "" {
case "foils": try FoilStudy(budget: 640).run(seeds: number ?? 5)
case "structures":
  let study = arguments.count > 3 ? try StructureStudy(arguments[3]) : try StructureStudy()
  try study.run(problems: number ?? 24)
case "coarse": try CoarseStudy().run(problems: number ?? 24)
case "steps": try FewStepStudy().run(picture: arguments.count > 2 ? arguments[2] : nil)
case "circle": try CircleStudy().run(seeds: number ?? 3)
case "darcy":
  var study = DarcyStudy()
  if let number { study.cells = number }
  if let steps = arguments.count > 3 ? Int(arguments[3]) : nil { study.steps = steps }
  if arguments.count > 4 { study.only = arguments[4].split(separator: ",").map { Int($0) ?? 0 } }
  guard study.cells > 7, study.cells % 2 == 0, study.cells <= 64, study.steps > 0 else {
    print("darcy needs an even number of cells from 8 to 64 and at least one step")
    exit(2)
  }
  guard study.only?.allSatisfy({ $0 > 0 && $0 <= study.rows }) ?? true else {
    print("darcy has the rows 1 to \(study.rows), as in darcy 16 800 3,4")
    exit(2)
  }
  try study.run()
default:
  print(
    "usage: sampler-study foils [seeds] | structures [problems [scene]] | coarse [problems]"
      + " | steps [picture.svg] | circle [seeds] | darcy [cells [steps [rows]]]")
}
