// particle-validation [--smoke] [--fine] [--fast-flows] [taylor-green] [channels] [tank] [cavity] [dam-break]
// Flows of particles beside what is known of them. Ends with status 1 where a bar is missed.
import Backsolve
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
let isSmoke = arguments.contains("--smoke")
let cases: [any ValidationCase.Type] = [
  TaylorGreenDecay.self, ChannelFlow.self, HydrostaticTank.self, LidDrivenCavity.self, DamBreakFront.self,
]
let chosen = cases.filter { arguments.contains($0.name) }
var isMissed = false
if !isSmoke { print("| case | bar | found | |\n|---|---|---|---|") }
do {
  for validation in chosen.isEmpty ? cases : chosen {
    for check in try validation.run(smoke: isSmoke) {
      // A tiny run shows that the case runs, not that it is right.
      print(isSmoke ? "\(check.name): \(check.found)" : check.row)
      if isSmoke ? !check.found.isFinite : !check.isMet { isMissed = true }
    }
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(2)
}
if isMissed { exit(1) }
