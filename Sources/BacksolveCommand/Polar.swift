import Aerodynamics
import ArgumentParser
import Scenes

struct Polar: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lift, drag and moment of an airfoil over angles or lifts.",
    discussion: """
      FOIL is a .dat file (Selig or Lednicer) or a name such as naca4412. The angle counts from the x axis of its \
      coordinates; the moment is about the quarter chord. Points that did not converge are in the table as such; in \
      JSON what they lack is null.
      """)

  @Argument(help: "A .dat file, or a NACA name of four or five digits.")
  var foil: String

  @Option(help: "The Reynolds number of the chord.")
  var reynolds: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Angles of attack in degrees, first to last: -4:12:0.5, or one.", valueName: "A:B:STEP"))
  var alpha: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Lift coefficients, first to last: 0:1.2:0.1, or one.", valueName: "A:B:STEP"))
  var lift: String?

  @Option(help: "The Mach number.")
  var mach = 0.0

  @Option(help: "The amplification at which the flow turns turbulent.")
  var ncrit = 9.0

  @Option(
    help: ArgumentHelp("Where both sides are tripped, in chords: 0.05,0.05; 1 for not at all.", valueName: "TOP,BOTTOM")
  )
  var trip: String?

  @Option(help: "Nodes of the surface.")
  var panels = 160

  @Flag(help: "Without a boundary layer.")
  var inviscid = false

  @Option(help: "Threads to use; every processor when left out.")
  var threads: Int?

  @Flag(help: "Print JSON: a list of { alpha, cl, cd, cm, xtrTop, xtrBottom, converged }; null where not found.")
  var json = false

  func run() throws {
    if let threads {
      guard (1...1024).contains(threads) else { throw usage("--threads \(threads): expected a number from 1 to 1024") }
      Threads.limit(to: threads)
    }
    var request = PolarRequest(foil: foil, reynolds: try reynoldsNumber(), loadings: try loadings())
    guard mach >= 0, mach <= 0.8 else { throw usage("--mach \(mach): expected a number from 0 to 0.8") }
    guard ncrit >= 1, ncrit <= 20 else { throw usage("--ncrit \(ncrit): expected a number from 1 to 20") }
    guard (20...800).contains(panels) else { throw usage("--panels \(panels): expected a number from 20 to 800") }
    request.mach = mach
    request.criticalAmplification = ncrit
    request.panels = panels
    (request.upperTrip, request.lowerTrip) = try trips()
    let rows = try request.run()
    if json {
      print(try PolarRequest.json(rows), terminator: "")
    } else {
      print(PolarRequest.table(rows))
    }
    if !rows.contains(where: \.converged) {
      throw CommandFailure(.numerical, "error: no point converged: \(rows.first?.reason ?? "")")
    }
  }

  private func usage(_ words: String) -> CommandFailure { CommandFailure(.usage, "error: " + words) }

  private func reynoldsNumber() throws -> Double? {
    if inviscid {
      if trip != nil { throw usage("--trip needs a boundary layer; leave --inviscid out") }
      return nil
    }
    guard let reynolds else { throw usage("--reynolds is missing: give it, or --inviscid") }
    guard reynolds >= 1e3, reynolds <= 1e9 else {
      throw usage("--reynolds \(reynolds): expected a number from 1e3 to 1e9")
    }
    return reynolds
  }

  private func loadings() throws -> [FlowCondition.Loading] {
    switch (alpha, lift) {
    case (nil, nil): throw usage("--alpha or --lift is missing, as in --alpha -4:12:0.5")
    case (.some, .some): throw usage("--alpha and --lift exclude each other")
    case (let text?, nil): return try range(text, "--alpha", -40...40).map { .angle($0 * .pi / 180) }
    case (nil, let text?): return try range(text, "--lift", -5...5).map { .lift($0) }
    }
  }

  private func range(_ text: String, _ option: String, _ allowed: ClosedRange<Double>) throws -> [Double] {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Double($0) }
    guard numbers.count == words.count, numbers.count == 1 || numbers.count == 3, numbers.allSatisfy(\.isFinite) else {
      throw usage("\(option) \(text): expected a number, or first:last:step")
    }
    guard numbers.prefix(2).allSatisfy({ allowed.contains($0) }) else {
      throw usage("\(option) \(text): expected numbers from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    if numbers.count == 1 { return numbers }
    let (first, last) = (numbers[0], numbers[1])
    let step = last < first ? -abs(numbers[2]) : abs(numbers[2])
    guard step != 0 else { throw usage("\(option) \(text): the step is zero") }
    let count = ((last - first) / step + 1e-9).rounded(.down)
    guard count < 10_000 else { throw usage("\(option) \(text): more than 10000 points") }
    return (0...Int(count)).map { first + Double($0) * step }
  }

  private func trips() throws -> (Double?, Double?) {
    guard let trip else { return (nil, nil) }
    let words = trip.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Double($0) }
    guard words.count == 2, numbers.count == 2, numbers.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
      throw usage("--trip \(trip): expected two numbers above 0, at most 1, as in 0.05,0.05")
    }
    return (numbers[0] < 1 ? numbers[0] : nil, numbers[1] < 1 ? numbers[1] : nil)
  }
}
