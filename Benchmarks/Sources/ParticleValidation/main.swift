// particle-validation [--smoke] [--fine] [--fast-flows] [--mirror-points] [taylor-green] [channels] [tank] [cavity] [dam-break]
//   [floating] [incompressible]
// Flows of particles beside what is known of them. Ends with status 1 where a bar is missed.
import Backsolve
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
let isSmoke = arguments.contains("--smoke")
let cases: [any ValidationCase.Type] = [
  TaylorGreenDecay.self, ChannelFlow.self, HydrostaticTank.self, LidDrivenCavity.self, DamBreakFront.self,
  FloatingBlock.self, IncompressibleDamBreak.self,
]
let chosen = cases.filter { arguments.contains($0.name) }
var isMissed = false
if !isSmoke { print("| case | bar | found | |\n|---|---|---|---|") }
for validation in chosen.isEmpty ? cases : chosen {
  do {
    for check in try validation.run(smoke: isSmoke) {
      // A tiny run shows that the case runs, not that it is right.
      print(isSmoke ? "\(check.name): \(check.found)" : check.row)
      if isSmoke ? !check.found.isFinite : !check.isMet { isMissed = true }
    }
  } catch {
    print("| \(validation.name) | | \(error) | MISSED |")
    isMissed = true
  }
}
if isMissed { exit(1) }
