// airfoil-validation [inviscid] [exact] [viscous] [gradients] [elements] [speed]
// Flows about foils beside XFOIL's, beside exact solutions and beside differences. Ends with status 1 where a bar is missed.
import Foundation

let studies: [(name: String, run: () throws -> [Check])] = [
  ("inviscid", InviscidStudy.checks), ("exact", ExactStudy.checks), ("viscous", ViscousStudy.checks),
  ("gradients", GradientStudy.checks), ("elements", ElementStudy.checks), ("speed", SpeedStudy.checks),
]
let arguments = Array(CommandLine.arguments.dropFirst())
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
