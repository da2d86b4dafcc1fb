// The training step of one network, timed: `network-training unet-32 --threads 1 --steps 20` prints one line of JSON.
// `Benchmarks/compare_networks.py` runs it and PyTorch in turn.

import NeuralNetworks

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

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Takes the steps and prints the medians.
func time(_ layout: ParameterLayout, loss: Trainer.Loss) throws {
  let trainer = Trainer(layout, AdamW())
  var state = trainer.start(seed: 1)
  var (wall, cpu): ([Double], [Double]) = ([], [])
  for step in 0..<(3 + option("--steps", 20)) {
    let (wallStart, cpuStart) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
    try trainer.advance(&state, loss)
    if step >= 3 {
      wall.append(seconds(CLOCK_MONOTONIC) - wallStart)
      cpu.append(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpuStart)
    }
  }
  var usage = rusage()
  #if os(Linux)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let memory = usage.ru_maxrss * 1024
  #else
    getrusage(RUSAGE_SELF, &usage)
    let memory = usage.ru_maxrss
  #endif
  let loss = state.losses.last ?? .nan
  print(
    "{\"wall\": \(median(wall)), \"cpu\": \(median(cpu)), \"peakMemoryBytes\": \(memory), "
      + "\"parameters\": \(layout.count), \"loss\": \(loss)}")
}

func uNet(cells: Int) throws {
  let network = UNet()
  var generator = SeededGenerator(seed: 3)
  let shape = [16, cells, cells, 1]
  let (x, y) = (Tensor<Float>(normal: shape, using: &generator), Tensor<Float>(normal: shape, using: &generator))
  let times = (0..<16).map { 10 * Double($0) }
  try time(network.layout) { p, _ in
    (network(p.tape.constant(x), times: times, p) - p.tape.constant(y)).meanSquare()
  }
}

func perceptron() throws {
  var layout = ParameterLayout()
  let network = MultilayerPerceptron("network", widths: [18, 256, 256, 256, 256, 18], in: &layout)
  var generator = SeededGenerator(seed: 3)
  let (x, y) = (
    Tensor<Float>(normal: [256, 18], using: &generator), Tensor<Float>(normal: [256, 18], using: &generator)
  )
  try time(layout) { p, _ in (network(p.tape.constant(x), p) - p.tape.constant(y)).meanSquare() }
}

/// The U-Net's first parameters as a weight file.
func writeWeights(to path: String) throws {
  let layout = UNet().layout
  try NetworkWeights.write(layout.initialParameters(seed: 1), layout, metadata: ["purpose": "a check"], to: path)
}

/// Whether two weight files of the U-Net hold the same numbers, to half precision.
func agree(_ paths: [String]) throws -> Bool {
  let layout = UNet().layout
  let (a, b) = (
    try NetworkWeights.read(paths[0], layout).parameters, try NetworkWeights.read(paths[1], layout).parameters
  )
  return zip(a.elements, b.elements).allSatisfy { abs($0 - $1) <= 1e-3 * abs($0) + 1e-6 }
}

let arguments = Array(CommandLine.arguments.dropFirst())
Threads.limit(to: option("--threads", 1))
switch arguments.first {
case "unet-32": try uNet(cells: 32)
case "unet-64": try uNet(cells: 64)
case "mlp": try perceptron()
case "write-weights" where arguments.count == 2: try writeWeights(to: arguments[1])
case "compare-weights" where arguments.count == 3: exit(try agree(Array(arguments.dropFirst())) ? 0 : 1)
default:
  print("usage: network-training unet-32|unet-64|mlp [--threads N] [--steps N]")
  print("       network-training write-weights FILE | compare-weights FILE FILE")
  exit(2)
}
