// airfoil-validation [inviscid] [exact] [viscous] [gradients] [elements] [speed]
// airfoil-validation robustness FILE     where FILE is written by peers/xfoil/foils.py
// Flows about foils beside XFOIL's, beside exact solutions and beside differences. Ends with status 1 where a bar is missed.
import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())
var studies: [(name: String, run: () throws -> [Check])] = [
  ("inviscid", InviscidStudy.checks), ("exact", ExactStudy.checks), ("viscous", ViscousStudy.checks),
  ("gradients", GradientStudy.checks), ("elements", ElementStudy.checks), ("speed", SpeedStudy.checks),
]
if arguments.count == 2, arguments[0] == "robustness" {
  let file = arguments.removeLast()
  studies.append(("robustness", { try RobustnessStudy.checks(file) }))
}
let known = studies.map(\.name)
if let unknown = arguments.first(where: { !known.contains($0) }) {
  print("there is no study `\(unknown)`; there are \(known.joined(separator: ", "))")
  exit(2)
}
var isMissed = false
print("| number | asked | measured | |\n|---|---|---|---|")
for study in studies where arguments.isEmpty || arguments.contains(study.name) {
  do {
    for check in try study.run() {
      print(check.row)
      if !check.isMet { isMissed = true }
    }
  } catch {
    print("| \(study.name) | | \(error) | MISSED |")
    isMissed = true
  }
}
if isMissed { exit(1) }
